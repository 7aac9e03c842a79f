"""What a source is, read by confined workers: the rpc Analyse.

A source can make its reader do two things that a report of it must tell apart. It can be too much for a parser: the
worker reaches its CPU time or dies, which is a source that does not compile. And a reader can be ended or kept from its
core by the host: that says nothing of the source, and is a failure of ours.
"""

import hashlib
import logging
import platform
import signal
from pathlib import Path

from google.protobuf.message import DecodeError

from codearena.confined import Ended, Limits
from codearena.errors import ServiceError
from codearena.server import budgets
from codearena.server.flights import Flights
from codearena.server.recent import Recent
from codearena.server.telemetry import fingerprint
from codearena.v1 import executor_pb2, judge_pb2
from judge_service import metrics
from judge_service.analysers.kinds import Analysis
from judge_service.analyses import SOURCE_PLACES, Analyses
from judge_service.gate import Gate
from judge_service.settings import Settings

log = logging.getLogger(__name__)

_LARGEST_KEPT_BYTES = 16 * 1024
"""Of one answer: all of them together must not fill the memory."""
_DECIDING = ("analysis/*.py", "analysers/source.py", "source_analyser.py")
_LONGEST_NAME = 64
_MOST_LINES = 16


class SourceAnalyser:
    """Answers for sources seen lately are kept, and equal requests in flight share one reading.

    Readings do not wait behind the judge's other analyses. A caller gets at most half of the places, so that slow
    sources of one do not keep another's waiting.
    """

    def __init__(self, settings: Settings, analyses: Analyses) -> None:
        self._analyses = analyses
        places = SOURCE_PLACES * settings.concurrency
        self._gate = Gate("source", places, settings.queue_length, settings.retry_after_s, each=places // 2)
        self._kept: Recent[bytes, executor_pb2.Analysis] = Recent(settings.cache_entries)
        self._flights: Flights[executor_pb2.Analysis] = Flights(0)
        self.revision = _revision(analyses.limits)
        """Hex hash of what decides an answer: our code, the parser's version, the limits."""

    async def analyse(self, request: judge_pb2.AnalyseRequest, caller: str) -> executor_pb2.Analysis:
        """What the source is. caller: on whose behalf, for queues that take turns.

        Raises:
            OverloadedError: the queue is full; nothing was done.
            ServiceError: no worker can be started or kept, or the host had no core for it; it may be asked again.
        """
        payload = request.SerializeToString(deterministic=True)
        key = hashlib.sha256(payload).digest()
        if (known := self._kept.get(key)) is not None:
            metrics.CACHE.labels("source", "hit").inc()
            return known
        found, shared = await self._flights.result(key, lambda: self._read(key, payload, request, caller), keep=False)
        metrics.CACHE.labels("source", "hit" if shared else "miss").inc()
        return found

    async def _read(
        self, key: bytes, payload: bytes, request: judge_pb2.AnalyseRequest, caller: str
    ) -> executor_pb2.Analysis:
        cpu_s = budgets.analysis_s(len(request.source))
        async with self._gate.place(caller):
            ended = await self._analyses.run(
                Analysis.SOURCE, payload, self._analyses.limits, wall_s=(1 + budgets.STARVED_TIMES) * cpu_s, cpu_s=cpu_s
            )
        if ended.exit_status:
            return _unread(ended, request)
        analysis = _checked(ended.answer, request)
        if len(ended.answer) <= _LARGEST_KEPT_BYTES:
            self._kept.put(key, analysis)
        return analysis


def _unread(ended: Ended, request: judge_pb2.AnalyseRequest) -> executor_pb2.Analysis:
    """Of a source whose reader ended: it does not compile. Not kept, since it could be read another time."""
    if ended.timed_out:
        raise ServiceError("the host had no core to read the source")
    if ended.exit_status == -signal.SIGKILL:
        raise ServiceError("readers of the source were killed")
    log.info("not read: %s, exit status %d", fingerprint(request.source), ended.exit_status)
    message = "reading the source took too much time or memory"
    return executor_pb2.Analysis(
        compiles=False,
        problem=executor_pb2.SyntaxProblem(type="AnalysisLimit", message=message),
        checks=[executor_pb2.CheckOutcome(passed=False, detail="not read") for _ in request.checks],
    )


def _checked(answer: bytes, request: judge_pb2.AnalyseRequest) -> executor_pb2.Analysis:
    """The answer of a process that had parsed the source: it is what was asked for, or a failure of ours."""
    try:
        analysis = executor_pb2.Analysis.FromString(answer)
    except DecodeError as error:
        raise ServiceError("a reader's answer is no analysis") from error
    names = (analysis.ast_hash, analysis.estimated_complexity, analysis.problem_type)
    if (
        analysis.compiles is analysis.HasField("problem")
        or bool(analysis.ast_hash) is not analysis.compiles
        or len(analysis.checks) != len(request.checks)
        or len(analysis.dominant_lines) > _MOST_LINES
        or any(len(name) > _LONGEST_NAME for name in names)
    ):
        raise ServiceError("a reader's answer contradicts itself")
    return analysis


def _revision(limits: Limits) -> str:
    digest = hashlib.sha256(f"python {platform.python_version()}\n{limits.memory_bytes}\n".encode())
    package = Path(__file__).parent
    for path in sorted(path for pattern in _DECIDING for path in package.glob(pattern)):
        digest.update(path.relative_to(package).as_posix().encode() + b"\n" + path.read_bytes())
    return digest.hexdigest()
