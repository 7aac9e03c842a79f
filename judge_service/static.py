"""The static judge: bandit, radon and ruff in limited children, the executor's report as evidence. Deterministic."""

import asyncio
import hashlib
import logging
import platform
import signal
from collections.abc import Coroutine
from importlib.metadata import version
from pathlib import Path

from codearena.errors import ServiceError
from codearena.flights import Flights
from codearena.recent import Recent
from codearena.telemetry import fingerprint
from judge_service import answers, metrics, scoring
from judge_service.analysers.protocol import Analysis
from judge_service.answers import MalformedAnswerError, NoAnswer, QualityAnswer, SecurityAnswer
from judge_service.children import ChildEnd, ChildLimits, Children
from judge_service.gate import Gate
from judge_service.judge import Dimension, Evidence, Judge, JudgeKind, Judgement, Unscored
from judge_service.settings import Settings

log = logging.getLogger(__name__)

_ANALYSERS = ("bandit", "radon", "ruff")
_DECIDING = ("analysers/*.py", "answers.py", "scoring.py", "static.py")

_Analysed = tuple[Dimension, Dimension]


class StaticJudge(Judge):
    """Security and quality are functions of the source alone, so they are remembered by its content.

    Each is one limited child: what kills the one leaves the other. Nothing in this process parses the source.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        limits = ChildLimits(settings.analysis_cpu_s, settings.analysis_wall_s, settings.analysis_memory_bytes)
        self.children = Children(limits, settings.launcher_start_s)
        self.gate = Gate(settings.concurrency, settings.queue_length, settings.retry_after_s)
        self._cache: Recent[bytes, _Analysed] = Recent(settings.cache_entries)
        self._flights: Flights[_Analysed] = Flights(0)
        self._preparing: set[asyncio.Task[None]] = set()
        self._revision = revision(limits)

    async def start(self) -> None:
        await self.children.start()

    async def close(self) -> None:
        for task in self._preparing:
            task.cancel()
        await asyncio.gather(*self._preparing, return_exceptions=True)
        await self.children.close()

    @property
    def revision(self) -> str:
        return self._revision

    async def judge(self, evidence: Evidence) -> Judgement:
        security, quality = await self._analysed(evidence.source, evidence.caller)
        return Judgement(JudgeKind.STATIC, scoring.correctness(evidence.report), security, quality, self._revision)

    def prepare(self, source: bytes, caller: str) -> None:
        if self.gate.free and self._cache.get(hashlib.sha256(source).digest()) is None:
            task = asyncio.create_task(self._prepared(source, caller))
            self._preparing.add(task)
            task.add_done_callback(self._preparing.discard)

    async def _prepared(self, source: bytes, caller: str) -> None:
        try:
            await self._analysed(source, caller)
        except ServiceError as error:  # whoever has it judged hears of it, if it happens again
            log.info("not prepared: %s", error.detail)

    async def _analysed(self, source: bytes, caller: str) -> _Analysed:
        key = hashlib.sha256(source).digest()
        if (known := self._cache.get(key)) is not None:
            metrics.CACHE.labels("analysis", "hit").inc()
            return known
        analysed, shared = await self._flights.result(key, lambda: self._analyse(key, source, caller), keep=False)
        metrics.CACHE.labels("analysis", "hit" if shared else "miss").inc()
        return analysed

    async def _analyse(self, key: bytes, source: bytes, caller: str) -> _Analysed:
        async with self.gate.place(caller):
            analysed = await _both(self._security(source), self._quality(source))
        if all(dimension.score is not None for dimension in analysed):
            self._cache.put(key, analysed)
        return analysed

    async def _security(self, source: bytes) -> Dimension:
        end = await self._run(Analysis.SECURITY, source)
        try:
            answer = answers.read_security(end.answer) if end.exit_status == 0 else None
        except MalformedAnswerError as error:
            return _malformed(error)
        if isinstance(answer, SecurityAnswer):
            return scoring.security(answer, self._settings.findings_kept)
        return _unscored(end, answer)

    async def _quality(self, source: bytes) -> Dimension:
        end = await self._run(Analysis.QUALITY, source)
        try:
            answer = answers.read_quality(end.answer) if end.exit_status == 0 else None
        except MalformedAnswerError as error:
            return _malformed(error)
        if isinstance(answer, QualityAnswer):
            return scoring.quality(answer, self._settings.findings_kept)
        return _unscored(end, answer)

    async def _run(self, analysis: Analysis, source: bytes) -> ChildEnd:
        """A child that something else killed runs once more: a host short of memory is not the attempt's doing."""
        end = await self.children.run(analysis, source)
        if _killed_from_outside(end):
            log.warning("%s of %s was killed, trying again", analysis, fingerprint(source))
            end = await self.children.run(analysis, source)
        if end.exit_status != 0:
            log.info("%s of %s ended with %d", analysis, fingerprint(source), end.exit_status)
        return end


async def _both(first: Coroutine[None, None, Dimension], second: Coroutine[None, None, Dimension]) -> _Analysed:
    """At once; what fails or is cancelled ends both."""
    tasks = asyncio.create_task(first), asyncio.create_task(second)
    try:
        return await tasks[0], await tasks[1]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _unscored(end: ChildEnd, answer: NoAnswer | None) -> Dimension:
    """Why there are no facts: by the child's own word if it ended well, else by how it ended."""
    if answer is not None:
        return Dimension.without_score(Unscored(answer.unscored), answer.detail)
    if end.timed_out:
        return Dimension.without_score(Unscored.WALL_LIMIT, "the analysis ran out of wall time")
    if end.exit_status == -signal.SIGXCPU:
        return Dimension.without_score(Unscored.CPU_LIMIT, "the analysis ran out of CPU time")
    if end.exit_status < 0:
        return Dimension.without_score(Unscored.CRASHED, f"the analysis was ended by signal {-end.exit_status}")
    return Dimension.without_score(Unscored.CRASHED, f"the analysis ended with status {end.exit_status}")


def _malformed(error: MalformedAnswerError) -> Dimension:
    return Dimension.without_score(Unscored.MALFORMED, f"the analysis gave no usable answer: {error}")


def _killed_from_outside(end: ChildEnd) -> bool:
    return end.exit_status == -signal.SIGKILL and not end.timed_out


def revision(limits: ChildLimits) -> str:
    """Hex hash of what decides a judgement: the analysers' versions, the parser's, our code, the limits."""
    digest = hashlib.sha256()
    for name in _ANALYSERS:
        digest.update(f"{name} {version(name)}\n".encode())
    digest.update(f"python {platform.python_version()}\n{limits}\n".encode())
    package = Path(__file__).parent
    for path in sorted(path for pattern in _DECIDING for path in package.glob(pattern)):
        digest.update(path.relative_to(package).as_posix().encode() + b"\n" + path.read_bytes())
    return digest.hexdigest()
