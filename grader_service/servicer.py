"""GraderService over gRPC: translation only."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

import grpc

from codearena.v1 import executor_pb2, grader_pb2, grader_pb2_grpc
from grader_service import metrics
from grader_service.checker import Checker
from grader_service.confined import ConfinedGrader
from grader_service.examine import Checked
from grader_service.grader import Grader, kind_of

_SMALL_BYTES = 64 * 1024

Request = TypeVar("Request", grader_pb2.GradeRequest, grader_pb2.ExamineRequest)
Result = TypeVar("Result")

GradeContext: TypeAlias = "grpc.aio.ServicerContext[grader_pb2.GradeRequest, grader_pb2.GradeResponse]"
ExamineContext: TypeAlias = "grpc.aio.ServicerContext[grader_pb2.ExamineRequest, grader_pb2.ExamineResponse]"


class GraderServicer(grader_pb2_grpc.GraderServiceServicer):
    """The contract is in grader.proto."""

    def __init__(self, grader: Grader, confined: ConfinedGrader, checker: Checker) -> None:
        self._grader = grader
        self._confined = confined
        self._checker = checker

    async def Grade(  # noqa: N802 (the protocol's name)
        self, request: grader_pb2.GradeRequest, context: GradeContext
    ) -> grader_pb2.GradeResponse:
        with metrics.GRADE_SECONDS.time():
            response = await self._graded(request)
        if not response.measure_again:
            metrics.VERDICTS.labels(kind_of(request.report, response.verdict)).inc()
            metrics.REWARD.observe(response.verdict.reward)
        return response

    async def Examine(  # noqa: N802 (the protocol's name)
        self, request: grader_pb2.ExamineRequest, context: ExamineContext
    ) -> grader_pb2.ExamineResponse:
        with metrics.EXAMINE_SECONDS.time():
            checked = await self._checked(request.expectations, request.report)
            if request.report.ByteSize() > _SMALL_BYTES:
                return await self._confined.examine(request, checked)
            return await _done(self._grader.examine, request, checked)

    async def _graded(self, request: grader_pb2.GradeRequest) -> grader_pb2.GradeResponse:
        reports = (request.report, *request.measurements)
        checked = await self._checked(request.expectations, *reports)
        if sum(report.ByteSize() for report in reports) > _SMALL_BYTES:
            return await self._confined.grade(request, checked)
        return await _done(self._grader.grade, request, checked)

    async def _checked(self, expectations: grader_pb2.Expectations, *reports: executor_pb2.Report) -> list[Checked]:
        return [await self._checker.check(report.calls, expectations) for report in reports]


async def _done(
    work: Callable[[Request, Sequence[Checked]], Result], request: Request, checked: Sequence[Checked]
) -> Result:
    # What the task expects may be large, and takes tens of milliseconds then, for which health checks must not wait;
    # for the others the way to a thread and back would cost more than the work.
    if request.ByteSize() <= _SMALL_BYTES:
        return work(request, checked)
    return await asyncio.to_thread(work, request, checked)
