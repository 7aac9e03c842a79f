"""GraderService over gRPC: translation only."""

import asyncio
from typing import TypeAlias

import grpc

from codearena.v1 import grader_pb2, grader_pb2_grpc
from grader_service import metrics
from grader_service.grader import Graded, Grader

_SMALL_BYTES = 64 * 1024

GradeContext: TypeAlias = "grpc.aio.ServicerContext[grader_pb2.GradeRequest, grader_pb2.GradeResponse]"


class GraderServicer(grader_pb2_grpc.GraderServiceServicer):
    """The contract is in grader.proto."""

    def __init__(self, grader: Grader) -> None:
        self._grader = grader

    async def Grade(  # noqa: N802 (the protocol's name)
        self, request: grader_pb2.GradeRequest, context: GradeContext
    ) -> grader_pb2.GradeResponse:
        with metrics.GRADE_SECONDS.time():
            graded = await self._graded(request)
        metrics.VERDICTS.labels(graded.outcome).inc()
        metrics.REWARD.observe(graded.verdict.reward)
        return grader_pb2.GradeResponse(verdict=graded.verdict)

    async def _graded(self, request: grader_pb2.GradeRequest) -> Graded:
        # Large values take tens of milliseconds, for which health checks must not wait; for the others the way to a
        # thread and back would cost more than the work.
        if request.ByteSize() <= _SMALL_BYTES:
            return self._grader.grade(request)
        return await asyncio.to_thread(self._grader.grade, request)
