"""JudgeService over gRPC: translate, judge, translate."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from codearena.errors import CallerError, OverloadedError
from codearena.server import rpc
from codearena.v1 import executor_pb2, judge_pb2, judge_pb2_grpc
from judge_service import metrics
from judge_service.judge import DIMENSIONS, Dimension, Judge, JudgeKind, Judgement
from judge_service.source_analyser import SourceAnalyser

_KINDS = {JudgeKind.STATIC: judge_pb2.JUDGE_KIND_STATIC, JudgeKind.LLM: judge_pb2.JUDGE_KIND_LLM}
_JUDGED = frozenset({executor_pb2.ATTEMPT_STATUS_RAN, executor_pb2.ATTEMPT_STATUS_LOAD_ERROR})


class JudgeServicer(judge_pb2_grpc.JudgeServiceServicer):
    """source_bytes: largest source that is read or judged; model: that is asked, empty: none."""

    def __init__(self, judge: Judge, sources: SourceAnalyser, source_bytes: int, model: str = "") -> None:
        self._judge = judge
        self._model = model
        self._sources = sources
        self._source_bytes = source_bytes

    async def Analyse(  # noqa: N802 - the rpc's name
        self,
        request: judge_pb2.AnalyseRequest,
        context: grpc.aio.ServicerContext[judge_pb2.AnalyseRequest, judge_pb2.AnalyseResponse],
    ) -> judge_pb2.AnalyseResponse:
        self._require_size(request.source)
        caller = rpc.caller_of(context)
        with _refusals_counted():
            analysis = await self._sources.analyse(request, caller)
        if analysis.compiles:
            self._judge.prepare(request.source, caller)
        return judge_pb2.AnalyseResponse(analysis=analysis, revision=self._sources.revision)

    async def Judge(  # noqa: N802 - the rpc's name
        self,
        request: judge_pb2.JudgeRequest,
        context: grpc.aio.ServicerContext[judge_pb2.JudgeRequest, judge_pb2.JudgeResponse],
    ) -> judge_pb2.JudgeResponse:
        started = time.monotonic()
        self._require_judgeable(request.evidence)
        with _refusals_counted():
            judgement = await self._judge.judge(request.evidence, rpc.caller_of(context))
        _count(judgement, time.monotonic() - started)
        return judge_pb2.JudgeResponse(judgement=_message(judgement))

    async def Describe(  # noqa: N802 - the rpc's name
        self,
        request: judge_pb2.DescribeRequest,
        context: grpc.aio.ServicerContext[judge_pb2.DescribeRequest, judge_pb2.DescribeResponse],
    ) -> judge_pb2.DescribeResponse:
        kind = JudgeKind.LLM if self._model else JudgeKind.STATIC
        return judge_pb2.DescribeResponse(kind=_KINDS[kind], model=self._model)

    def _require_judgeable(self, evidence: judge_pb2.Evidence) -> None:
        """Raises CallerError for what is malformed, and for an attempt that does not compile: that is the grader's."""
        self._require_size(evidence.source)
        if evidence.report.status not in _JUDGED:
            raise CallerError("evidence needs the report of an attempt that compiled")

    def _require_size(self, source: bytes) -> None:
        if len(source) > self._source_bytes:
            raise CallerError(f"source has {len(source)} bytes; at most {self._source_bytes} are judged")


@contextmanager
def _refusals_counted() -> Iterator[None]:
    try:
        yield
    except OverloadedError:
        metrics.REFUSED.inc()
        raise


def _count(judgement: Judgement, duration_s: float) -> None:
    metrics.JUDGEMENTS.labels(judgement.kind).inc()
    metrics.DURATION.observe(duration_s)
    for name in DIMENSIONS:
        cause = getattr(judgement, name).unscored
        if cause is not None:
            metrics.UNSCORED.labels(name, cause).inc()


def _message(judgement: Judgement) -> judge_pb2.Judgement:
    return judge_pb2.Judgement(
        kind=_KINDS[judgement.kind],
        model=judgement.model,
        correctness=_dimension(judgement.correctness),
        security=_dimension(judgement.security),
        quality=_dimension(judgement.quality),
        revision=judgement.revision,
        flags=judgement.flags,
    )


def _dimension(dimension: Dimension) -> judge_pb2.Dimension:
    return judge_pb2.Dimension(
        score=dimension.score,
        reason=dimension.reason,
        findings=[
            judge_pb2.Finding(rule=item.rule, message=item.message, line=item.line, severity=item.severity)
            for item in dimension.findings
        ],
    )
