"""GraderService over gRPC: translation only."""

import asyncio
from collections.abc import Callable
from typing import TypeAlias, TypeVar

import grpc

from codearena.v1 import grader_pb2, grader_pb2_grpc
from grader_service import metrics
from grader_service.grader import Grader

_SMALL_BYTES = 64 * 1024

Request = TypeVar("Request", grader_pb2.GradeRequest, grader_pb2.ExamineRequest)
Result = TypeVar("Result")

GradeContext: TypeAlias = "grpc.aio.ServicerContext[grader_pb2.GradeRequest, grader_pb2.GradeResponse]"
ExamineContext: TypeAlias = "grpc.aio.ServicerContext[grader_pb2.ExamineRequest, grader_pb2.ExamineResponse]"


class GraderServicer(grader_pb2_grpc.GraderServiceServicer):
    """The contract is in grader.proto."""

    def __init__(self, grader: Grader) -> None:
        self._grader = grader

    async def Grade(  # noqa: N802 (the protocol's name)
        self, request: grader_pb2.GradeRequest, context: GradeContext
    ) -> grader_pb2.GradeResponse:
        with metrics.GRADE_SECONDS.time():
            graded = await _done(self._grader.grade, request)
        if graded is None:
            return grader_pb2.GradeResponse(takes_measurement=True)
        if graded.disturbed:
            return grader_pb2.GradeResponse(verdict=graded.verdict, takes_measurement=True)
        metrics.VERDICTS.labels(graded.outcome).inc()
        metrics.REWARD.observe(graded.verdict.reward)
        return grader_pb2.GradeResponse(verdict=graded.verdict)

    async def Examine(  # noqa: N802 (the protocol's name)
        self, request: grader_pb2.ExamineRequest, context: ExamineContext
    ) -> grader_pb2.ExamineResponse:
        with metrics.EXAMINE_SECONDS.time():
            return await _done(self._grader.examine, request)


async def _done(work: Callable[[Request], Result], request: Request) -> Result:
    # Large values take tens of milliseconds, for which health checks must not wait; for the others the way to a
    # thread and back would cost more than the work.
    # A checker is another process, to wait for.
    if request.ByteSize() <= _SMALL_BYTES and not request.expectations.checker:
        return work(request)
    return await asyncio.to_thread(work, request)
