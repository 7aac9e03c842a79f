"""Calls to the services: deadlines, ids, what is tried again, and whose failure it is in the end."""

import math
from collections.abc import AsyncIterator
from typing import Any

import grpc
import httpx
import pytest

from codearena.errors import CallerError, CodeArenaError, OverloadedError, SandboxError, ServiceError
from codearena.server import budgets, rpc
from codearena.v1 import executor_pb2, grader_pb2, grader_pb2_grpc
from gateway.attempt.clients import Clients
from gateway.attempt.proposal import Ticket
from gateway.settings import Settings
from tests.fakes import RIGHT, FakeExecutor
from tests.gateway.conftest import Serve

WORKLOAD = executor_pb2.Workload(
    source=RIGHT.encode(), calls=[executor_pb2.Call(call_id="1", script=executor_pb2.Script())]
)


@pytest.fixture
async def clients(settings: Settings) -> AsyncIterator[Clients]:
    async with Clients(settings) as clients:
        yield clients


async def run(clients: Clients, wait_s: float, workload: executor_pb2.Workload = WORKLOAD) -> executor_pb2.Report:
    ticket = Ticket("a", "", wait_s)
    async with clients.sandbox(ticket) as sandbox:
        return await sandbox.run(ticket, workload)


async def test_request_id_and_the_time_left_go_along(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    grade = {"task_id": "easy-1", "source": RIGHT}
    await api.post("/grade", json=grade, headers={"X-Request-ID": "mine-1"})
    (attempt,) = executor.attempts
    assert set(executor.request_ids) == {"mine-1"}
    assert 0 < attempt.wait.ToMilliseconds() <= 50_000


async def test_a_call_outlasts_the_wait_by_all_that_the_workload_may_take(
    clients: Clients, executor: FakeExecutor
) -> None:
    workload = executor_pb2.Workload()
    workload.CopyFrom(WORKLOAD)
    workload.limits.attempt_wall.FromSeconds(7)
    await run(clients, 3, workload)
    longest_s = budgets.longest_call_s(workload.limits, with_reference=False)
    assert longest_s < executor.time_left_s[0] <= 4 + longest_s


async def test_only_waiting_uses_up_patience(clients: Clients, executor: FakeExecutor) -> None:
    executor.leased_s = 0.4
    ticket = Ticket("a", "", 1)
    async with clients.sandbox(ticket) as sandbox:
        await sandbox.run(ticket, WORKLOAD)
    assert ticket.patience.left_s() == pytest.approx(0.6)


@pytest.mark.parametrize(
    "error",
    [
        SandboxError("lost"),
        ServiceError("draining"),
        OverloadedError("full", retry_after_s=0.01),
        CodeArenaError("bug"),
    ],
    ids=lambda error: error.slug,
)
async def test_every_failure_of_a_service_is_tried_again(
    clients: Clients, executor: FakeExecutor, error: CodeArenaError
) -> None:
    executor.fail[RIGHT].append(error)
    report = await run(clients, 10)
    assert report.status == executor_pb2.ATTEMPT_STATUS_RAN
    assert len(executor.requests) == 2


async def test_full_service_is_left_alone_for_as_long_as_it_asks(clients: Clients, executor: FakeExecutor) -> None:
    executor.fail[RIGHT].append(OverloadedError("full", retry_after_s=60))
    with pytest.raises(OverloadedError):
        await run(clients, 1)
    assert len(executor.requests) == 1


async def test_defect_of_a_service_is_our_failure_not_the_callers(clients: Clients, executor: FakeExecutor) -> None:
    executor.fail[RIGHT].extend([CodeArenaError("bug")] * 100)
    with pytest.raises(SandboxError):
        await run(clients, 0.3)


async def test_what_a_service_refuses_is_our_failure_and_is_not_sent_again(
    clients: Clients, executor: FakeExecutor
) -> None:
    executor.fail[RIGHT].append(CallerError("malformed"))
    with pytest.raises(ServiceError, match="malformed"):
        await run(clients, 10)
    assert len(executor.requests) == 1


class _BadGrader(grader_pb2_grpc.GraderServiceServicer):
    def __init__(self) -> None:
        self.answer = grader_pb2.GradeResponse()
        self.again: list[bool] = []
        self.measurements: list[int] = []  # in each request

    async def Grade(self, request: grader_pb2.GradeRequest, context: Any) -> grader_pb2.GradeResponse:  # noqa: N802
        self.measurements.append(len(request.measurements))
        self.answer.measure_again = self.again.pop() if self.again else False
        return self.answer

    async def Examine(  # noqa: N802
        self, request: grader_pb2.ExamineRequest, context: Any
    ) -> grader_pb2.ExamineResponse:
        return grader_pb2.ExamineResponse(passes=[False] * len(request.expectations.tests))


async def _graded_by(bad: _BadGrader, serve: Serve, settings: Settings) -> httpx.Response:
    def register(server: grpc.aio.Server) -> None:
        grader_pb2_grpc.add_GraderServiceServicer_to_server(bad, server)

    server = rpc.Server(["codearena.v1.GraderService"], register)
    port = await server.start("127.0.0.1:0")
    await server.set_serving(True)
    try:
        updates = {"grader_address": f"127.0.0.1:{port}", "attempt_wait_s": 0.3}
        api = await serve(settings.model_copy(update=updates))
        return await api.post("/grade", json={"task_id": "easy-1", "source": RIGHT})
    finally:
        await server.drain(0)


@pytest.mark.parametrize("reward", [None, math.nan, math.inf, 1.5, -1.0])
async def test_answer_without_a_possible_reward_is_no_reward(
    serve: Serve, settings: Settings, reward: float | None
) -> None:
    bad = _BadGrader()
    if reward is not None:
        bad.answer.verdict.components.compile_score = 1
        bad.answer.verdict.reward = reward
    assert (await _graded_by(bad, serve, settings)).status_code == 503


async def test_what_may_be_measured_again_is_until_the_grader_is_sure(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    bad = _BadGrader()
    bad.answer.verdict.components.compile_score = 1
    bad.answer.verdict.reward = 0.5
    bad.answer.measurement = 1
    bad.again = [True, True]
    assert (await _graded_by(bad, serve, settings)).json()["reward"] == 0.5
    assert bad.measurements == [0, 1, 2]
    assert [bool(request.workload.reference_source) for request in executor.attempts] == [False, True, True]
