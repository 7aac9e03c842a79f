"""Grading without episodes: one source, or a batch of them."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from codearena import models
from codearena.errors import CodeArenaError
from codearena.task import Task
from codearena.v1 import executor_pb2
from gateway import answers, curriculum, metrics, problems
from gateway.pipeline import Pipeline
from gateway.settings import Settings

log = logging.getLogger(__name__)


class Grading:
    """Grades against the tasks given, as the first step of an episode would be."""

    def __init__(self, settings: Settings, pipeline: Pipeline, tasks: Mapping[str, Task]) -> None:
        self._parallel = settings.batch_parallel
        self._pipeline = pipeline
        self._tasks = tasks

    async def grade(self, request: models.GradeRequest) -> models.Verdict:
        """Raises UnknownTaskError, or ServiceError where we failed."""
        task = curriculum.find_task(self._tasks, request.task_id)
        source = request.source.encode("utf-8", "surrogatepass")
        return answers.attempt_verdict(await self._pipeline.attempt(task, source))

    async def batch(self, items: Sequence[Any]) -> list[models.GradeItem]:
        """One answer for each item, in order: a verdict, or the problem that this item alone has.

        items: parsed JSON, each to be the body of a GradeRequest.
        """
        places = asyncio.Semaphore(self._parallel)

        async def graded(item: object) -> models.Verdict:
            request = models.GradeRequest.model_validate(item)
            async with places:
                return await self.grade(request)

        outcomes = await asyncio.gather(*(graded(item) for item in items), return_exceptions=True)
        return [_item(outcome) for outcome in outcomes]

    async def run_script(self, request: models.RunRawRequest) -> executor_pb2.Report:
        """Raises ServiceError where we failed."""
        source = request.code.encode("utf-8", "surrogatepass")
        return await self._pipeline.run_script(source, request.stdin.encode("utf-8", "surrogatepass"))


def _item(outcome: models.Verdict | BaseException) -> models.GradeItem:
    if isinstance(outcome, models.Verdict):
        return models.GradeItem(verdict=outcome)
    if isinstance(outcome, ValidationError):
        return models.GradeItem(problem=problems.invalid(outcome.errors(include_url=False, include_context=False)))
    if isinstance(outcome, CodeArenaError):
        return models.GradeItem(problem=problems.problem_of(outcome))
    if not isinstance(outcome, Exception):
        raise outcome  # cancellation, and the end of the process
    log.error("defect while grading an item", exc_info=outcome)
    metrics.FAILURES.labels(CodeArenaError.slug).inc()
    return models.GradeItem(problem=problems.problem_of(CodeArenaError("a defect of ours")))
