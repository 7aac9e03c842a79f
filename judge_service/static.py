"""The static judge: bandit, radon and ruff in confined workers, the executor's report as evidence. Deterministic."""

import asyncio
import contextlib
import hashlib
import logging
import platform
from importlib.metadata import version
from pathlib import Path

from codearena.confined import Limits
from codearena.errors import ServiceError
from codearena.server.flights import Flights
from codearena.server.recent import Recent
from codearena.v1 import judge_pb2
from judge_service import metrics, scoring
from judge_service.analyses import Analyses, both
from judge_service.answers import NormalisedAnswer
from judge_service.gate import Gate
from judge_service.judge import Dimension, Judge, JudgeKind, Judgement
from judge_service.settings import Settings

log = logging.getLogger(__name__)

_ANALYSERS = ("bandit", "radon", "ruff")
_DECIDING = ("analysers/*.py", "analyses.py", "answers.py", "linting.py", "scoring.py", "static.py")

_Analysed = tuple[Dimension, Dimension]


class StaticJudge(Judge):
    """Security and quality are functions of the source alone, so they are remembered by its content."""

    def __init__(self, settings: Settings) -> None:
        self.analyses = Analyses(settings)
        self.gate = Gate("judgement", settings.concurrency, settings.queue_length, settings.retry_after_s)
        self._cache: Recent[bytes, _Analysed] = Recent(settings.cache_entries)
        self._flights: Flights[_Analysed] = Flights(0)
        self._preparing: set[asyncio.Task[None]] = set()
        self._revision = revision(self.analyses.limits)

    async def start(self) -> None:
        await self.analyses.start()

    async def close(self) -> None:
        for task in self._preparing:
            task.cancel()
        await asyncio.gather(*self._preparing, return_exceptions=True)
        await self.analyses.close()

    @property
    def revision(self) -> str:
        return self._revision

    async def judge(self, evidence: judge_pb2.Evidence, caller: str = "") -> Judgement:
        with self.analyses.linting.urgent(evidence.source):
            security, quality = await self._analysed(evidence.source, caller)
        return Judgement(JudgeKind.STATIC, scoring.correctness(evidence.report), security, quality, self._revision)

    async def normalised(self, source: bytes, caller: str) -> NormalisedAnswer | None:
        """What a model may be shown of a source; None if the source does not allow that."""
        async with self.gate.place(caller):
            return await self.analyses.normalised(source)

    def prepare(self, source: bytes, caller: str) -> None:
        if self.gate.free and self._cache.get(hashlib.sha256(source).digest()) is None:
            task = asyncio.create_task(self._prepared(source, caller, alone=not self._preparing))
            self._preparing.add(task)
            task.add_done_callback(self._preparing.discard)

    async def _prepared(self, source: bytes, caller: str, *, alone: bool) -> None:
        """alone: no other source is being prepared, so that to wait for company would only take time."""
        try:
            with self.analyses.linting.urgent(source) if alone else contextlib.nullcontext():
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
            security, structure = await both(self.analyses.security(source), self.analyses.structure(source))
        # Without a place: one run is for many.
        analysed = security, self.analyses.quality(structure, await self.analyses.linting.run(source))
        if all(dimension.score is not None for dimension in analysed):
            self._cache.put(key, analysed)
        return analysed


def revision(limits: Limits) -> str:
    """Hex hash of what decides a judgement: the analysers' versions, the parser's, our code, the limits."""
    digest = hashlib.sha256()
    for name in _ANALYSERS:
        digest.update(f"{name} {version(name)}\n".encode())
    bounds = (limits.cpu_s, limits.wall_s, limits.memory_bytes)
    digest.update(f"python {platform.python_version()}\n{bounds}\n".encode())
    package = Path(__file__).parent
    for path in sorted(path for pattern in _DECIDING for path in package.glob(pattern)):
        digest.update(path.relative_to(package).as_posix().encode() + b"\n" + path.read_bytes())
    return digest.hexdigest()
