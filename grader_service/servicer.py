"""GraderService over gRPC: translation only."""

import asyncio
from typing import TypeAlias

import grpc

from codearena.v1 import grader_pb2, grader_pb2_grpc
from grader_service import metrics
from grader_service.grader import Grader

GradeContext: TypeAlias = "grpc.aio.ServicerContext[grader_pb2.GradeRequest, grader_pb2.GradeResponse]"


class GraderServicer(grader_pb2_grpc.GraderServiceServicer):
    """The contract is in grader.proto."""

    def __init__(self, grader: Grader) -> None:
        self._grader = grader

    async def Grade(  # noqa: N802 (the protocol's name)
        self, request: grader_pb2.GradeRequest, context: GradeContext
    ) -> grader_pb2.GradeResponse:
        with metrics.GRADE_SECONDS.time():
            # In a thread: large values take tens of milliseconds, and health checks must not wait for them.
            graded = await asyncio.to_thread(self._grader.grade, request)
        metrics.VERDICTS.labels(graded.outcome).inc()
        metrics.REWARD.observe(graded.verdict.reward)
        return grader_pb2.GradeResponse(verdict=graded.verdict)
