"""The analyses of a source, by confined workers: how each ended becomes a dimension, scored or not."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine
from dataclasses import replace
from typing import TypeVar

from codearena.confined import Ended, Limits, Workers, packed
from codearena.server.telemetry import fingerprint
from judge_service import answers, metrics, scoring
from judge_service.analysers.kinds import Analysis
from judge_service.answers import (
    LintAnswer,
    MalformedAnswerError,
    NoAnswer,
    NormalisedAnswer,
    StructureAnswer,
)
from judge_service.judge import Dimension, Unscored
from judge_service.linting import Linting
from judge_service.settings import Settings

log = logging.getLogger(__name__)

WORK = "judge_service.analysers.work"
SOURCE_PLACES = 4
"""Sources that are read at once for the rpc Analyse, for each core, which slow ones share with those read fast."""
_First = TypeVar("_First")
_Second = TypeVar("_Second")


class Analyses:
    """Nothing in this process parses a source. Every method raises ServiceError if there can be no workers."""

    def __init__(self, settings: Settings) -> None:
        self.limits = Limits(
            cpu_s=settings.analysis_cpu_s,
            wall_s=settings.analysis_wall_s,
            memory_bytes=settings.analysis_memory_bytes,
            items=settings.sources_per_worker,
        )
        self._findings_kept = settings.findings_kept
        # Of each attempt at work its two analyses, one run of ruff for all of them, and sources that are read.
        at_once = (2 + SOURCE_PLACES) * settings.concurrency + 1
        self.workers = Workers(WORK, at_once, settings.launcher_start_s, self._started)
        self.linting = Linting(self._lint, settings.queue_length, settings.retry_after_s)

    async def start(self) -> None:
        await self.workers.start()

    async def close(self) -> None:
        await self.workers.close()
        await self.linting.close()

    async def security(self, source: bytes) -> Dimension:
        answer = await self._facts(Analysis.SECURITY, source, answers.SECURITY)
        return answer if isinstance(answer, Dimension) else scoring.security(answer, self._findings_kept)

    async def structure(self, source: bytes) -> StructureAnswer | Dimension:
        return await self._facts(Analysis.STRUCTURE, source, answers.STRUCTURE)

    def quality(self, structure: StructureAnswer | Dimension, lint: LintAnswer | Dimension) -> Dimension:
        """Of the structure and what lint finds: both, or none."""
        if isinstance(structure, Dimension):
            return structure
        return lint if isinstance(lint, Dimension) else scoring.quality(structure, lint, self._findings_kept)

    async def normalised(self, source: bytes) -> NormalisedAnswer | None:
        """What a model may be shown of it; None if it does not allow that."""
        answer = await self._facts(Analysis.NORMALISED, source, answers.NORMALISED)
        return None if isinstance(answer, Dimension) else answer

    def _started(self) -> None:
        metrics.LAUNCHER_STARTS.inc()

    async def _facts(self, analysis: Analysis, source: bytes, kind: answers.Kind[_First]) -> _First | Dimension:
        ended = await self.run(analysis, source, self.limits)
        reason = None
        if ended.exit_status == 0:
            try:
                found = answers.read(kind, ended.answer)
            except MalformedAnswerError as error:
                return _malformed(error)
            if not isinstance(found, NoAnswer):
                return found
            reason = found
        log.info("%s of %s: none, exit status %d", analysis, fingerprint(source), ended.exit_status)
        return _unscored(ended, reason)

    async def _lint(self, sources: list[bytes]) -> list[LintAnswer | Dimension]:
        """Of all of them, or one reason for all why there is none."""
        ended = await self.run(Analysis.LINT, packed(sources), replace(self.limits, may_start=True))
        try:
            answer = answers.read_lint(ended.answer, len(sources)) if ended.exit_status == 0 else None
        except MalformedAnswerError as error:
            return [_malformed(error)] * len(sources)
        if answer is None or isinstance(answer, NoAnswer):
            return [_unscored(ended, answer)] * len(sources)
        return [each if isinstance(each, LintAnswer) else _UNREADABLE for each in answer]

    async def run(
        self,
        analysis: Analysis,
        payload: bytes,
        limits: Limits,
        wall_s: float | None = None,
        cpu_s: float | None = None,
    ) -> Ended:
        """The work on one item, see Workers.run.

        What something else killed is done once more: a host short of memory is not the attempt's doing.
        """
        ended = await self.workers.run(analysis, payload, limits, wall_s, cpu_s)
        if ended.exit_status == -signal.SIGKILL and not ended.timed_out:
            log.warning("a worker was killed at %s, trying again", analysis)
            ended = await self.workers.run(analysis, payload, limits, wall_s, cpu_s)
        metrics.ANALYSIS_CPU.labels(analysis).observe(ended.cpu_s)
        return ended


_UNREADABLE = Dimension.without_score(Unscored.UNREADABLE, "it cannot be decoded")


async def both(first: Coroutine[None, None, _First], second: Coroutine[None, None, _Second]) -> tuple[_First, _Second]:
    """At once; what fails or is cancelled ends both."""
    tasks = asyncio.create_task(first), asyncio.create_task(second)
    try:
        return await tasks[0], await tasks[1]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _unscored(ended: Ended, answer: NoAnswer | None) -> Dimension:
    """Why there are no facts: by the worker's own word if it lives, else by how it ended."""
    if answer is not None:
        return Dimension.without_score(Unscored(answer.unscored), answer.detail)
    if ended.timed_out:
        return Dimension.without_score(Unscored.WALL_LIMIT, "the analysis ran out of wall time")
    if ended.at_cpu_limit:
        return Dimension.without_score(Unscored.CPU_LIMIT, "the analysis ran out of CPU time")
    if ended.exit_status < 0:
        return Dimension.without_score(Unscored.CRASHED, f"the analysis was ended by signal {-ended.exit_status}")
    return Dimension.without_score(Unscored.CRASHED, f"the analysis ended with status {ended.exit_status}")


def _malformed(error: MalformedAnswerError) -> Dimension:
    return Dimension.without_score(Unscored.MALFORMED, f"the analysis gave no usable answer: {error}")
