"""POST /fix: a chain of links, each of which may find a repair; the first that does answers."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from codearena import models
from codearena.errors import OverloadedError
from codearena.task import Task
from gateway import curriculum, metrics
from gateway.deadline import Deadline
from gateway.settings import Settings

log = logging.getLogger(__name__)

_RETRY_AFTER_S = 5.0


@dataclass(frozen=True)
class FixOrder:
    """What is to be repaired. reward: what the code earned, None if unknown; task: None if none was named."""

    code: str
    error_log: str
    reward: float | None
    task: Task | None


@dataclass(frozen=True)
class Fix:
    """A repair that parses and differs. complexity and algo_hint are empty if unknown."""

    source: str
    explanation: str
    complexity: str = ""
    algo_hint: str = ""


class Link(Protocol):
    """One way to repair code. name: told as the method; kind: its label in metrics, of a closed set."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    async def fix(self, order: FixOrder, deadline: Deadline) -> Fix | None:
        """A repair, or None if it finds none.

        Raises:
            ServiceError: what it needs failed, or its time was over.
        """


class Fixer:
    """Asks the links in turn. So many calls at once, so many waiting, the rest refused."""

    def __init__(self, settings: Settings, tasks: Mapping[str, Task], links: Sequence[Link]) -> None:
        self._settings = settings
        self._tasks = tasks
        self._links = links
        self._places = asyncio.Semaphore(settings.fixer_concurrency)
        self._waiting = 0

    async def fix(self, request: models.FixRequest) -> models.FixResponse:
        """Raises UnknownTaskError, or ServiceError where we failed."""
        task = curriculum.find_task(self._tasks, request.task_id) if request.task_id else None
        if self._places.locked() and self._waiting >= self._settings.fixer_waiting:
            raise OverloadedError(f"{self._waiting} calls of /fix are waiting already", retry_after_s=_RETRY_AFTER_S)
        order = FixOrder(request.code, request.error_log, request.reward, task)
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            return await self._answer(order)
        finally:
            self._places.release()

    async def _answer(self, order: FixOrder) -> models.FixResponse:
        started = time.perf_counter()
        deadline = Deadline(self._settings.fixer_deadline_s)
        code = order.code.encode("utf-8", "replace").decode()
        for link in self._links if len(code.encode()) <= self._settings.source_bytes else ():
            if fix := await link.fix(order, deadline):
                _count(link.kind, started)
                return models.FixResponse(
                    fixed_code=fix.source,
                    method=link.name,
                    success=True,
                    explanation=fix.explanation,
                    complexity=fix.complexity,
                    algo_hint=fix.algo_hint,
                )
        _count("none", started)
        explanation = "no repair was found that does better"
        return models.FixResponse(
            fixed_code=code, method="none", success=False, explanation=explanation, complexity="", algo_hint=""
        )


def _count(kind: str, started: float) -> None:
    metrics.FIXES.labels(kind).inc()
    metrics.FIX_SECONDS.observe(time.perf_counter() - started)
