"""The grader over real gRPC, on a free port."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Sequence

import grpc
import pytest
from prometheus_client import REGISTRY

from codearena.errors import CallerError
from codearena.server import rpc
from codearena.v1 import common_pb2, grader_pb2, grader_pb2_grpc
from grader_service.examine import Checked
from grader_service.grader import Grader
from grader_service.server import GraderServer
from grader_service.settings import Settings
from tests.grader_service import build


@pytest.fixture
async def server() -> AsyncIterator[tuple[GraderServer, str]]:
    server = GraderServer(Settings(port=0, drain_s=5.0))
    port = await server.start()
    yield server, f"127.0.0.1:{port}"
    await server.drain()


@pytest.fixture
async def stub(server: tuple[GraderServer, str]) -> AsyncIterator[grader_pb2_grpc.GraderServiceAsyncStub]:
    async with grpc.aio.insecure_channel(server[1]) as channel:
        yield grader_pb2_grpc.GraderServiceStub(channel)


async def test_an_attempt_is_graded(stub: grader_pb2_grpc.GraderServiceAsyncStub) -> None:
    response = await stub.Grade(build.passing_request(), timeout=10)
    assert response.verdict.solved
    assert response.verdict.grader_revision


async def test_equal_requests_get_equal_responses(stub: grader_pb2_grpc.GraderServiceAsyncStub) -> None:
    responses = await asyncio.gather(*(stub.Grade(build.passing_request(), timeout=10) for _ in range(20)))
    assert len({response.SerializeToString(deterministic=True) for response in responses}) == 1


async def test_parts_that_do_not_belong_together_are_an_invalid_argument(
    stub: grader_pb2_grpc.GraderServiceAsyncStub,
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Grade(grader_pb2.GradeRequest(step=1), timeout=10)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert type(rpc.error_from_status(caught.value)) is CallerError


async def test_a_reference_that_could_not_be_measured_is_unavailable(
    stub: grader_pb2_grpc.GraderServiceAsyncStub,
) -> None:
    request = build.passing_request()
    for call in request.report.reference_calls:
        call.status = common_pb2.CALL_STATUS_TIME_LIMIT
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Grade(request, timeout=10)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_the_service_is_healthy_once_started_and_not_reachable_once_drained(
    server: tuple[GraderServer, str],
) -> None:
    assert await rpc.check_health(server[1])
    await server[0].drain()
    assert not await rpc.check_health(server[1])


async def test_a_call_in_flight_is_finished_while_draining(monkeypatch: pytest.MonkeyPatch) -> None:
    entered, go_on = threading.Event(), threading.Event()

    class HeldGrader(Grader):
        def grade(
            self, request: grader_pb2.GradeRequest, checked: Sequence[Checked] = (), *, read: bool = True
        ) -> grader_pb2.GradeResponse:
            entered.set()
            assert go_on.wait(30)
            return super().grade(request, checked, read=read)

    monkeypatch.setattr("grader_service.server.Grader", HeldGrader)
    server = GraderServer(Settings(port=0, drain_s=30.0))
    request = build.passing_request()
    request.attempt_id = "a" * 100_000  # large, so that it is graded beside the event loop and may be held there
    async with grpc.aio.insecure_channel(f"127.0.0.1:{await server.start()}") as channel:
        call = grader_pb2_grpc.GraderServiceStub(channel).Grade(request, timeout=60)
        answer = asyncio.ensure_future(call)
        assert await asyncio.to_thread(entered.wait, 30)
        draining = asyncio.create_task(server.drain())
        go_on.set()
        assert (await answer).verdict.solved
        await draining


async def test_verdicts_are_counted_by_outcome(stub: grader_pb2_grpc.GraderServiceAsyncStub) -> None:
    name, labels = "codearena_grader_verdicts_total", {"verdict": "compile_error"}
    before = REGISTRY.get_sample_value(name, labels) or 0.0
    await stub.Grade(build.request(build.does_not_compile(), [build.expects(1)]), timeout=10)
    assert REGISTRY.get_sample_value(name, labels) == before + 1


def test_the_command_explains_itself() -> None:
    command = [sys.executable, "-m", "grader_service", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "CODEARENA_GRADER_" in shown.stdout
