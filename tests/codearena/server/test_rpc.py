"""The gRPC shell: health, errors across the wire, request ids, drain, balancing. Over real sockets."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import grpc
import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from prometheus_client import REGISTRY

from codearena.errors import (
    CallerError,
    CodeArenaError,
    DeadlineError,
    OverloadedError,
    SandboxError,
    ServiceError,
)
from codearena.server import rpc, telemetry
from codearena.v1 import grader_pb2, grader_pb2_grpc

SERVICE = "codearena.v1.GraderService"
Answer = Callable[[], Awaitable[str]]


class Servicer(grader_pb2_grpc.GraderServiceServicer):
    """Answers with whatever text `answer` gives, in the verdict's hint."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def Grade(self, request: grader_pb2.GradeRequest, context: rpc.Context) -> grader_pb2.GradeResponse:  # noqa: N802
        return grader_pb2.GradeResponse(verdict=grader_pb2.Verdict(hint=await self._answer()))


async def started(answer: Answer) -> tuple[rpc.Server, int]:
    servicer = Servicer(answer)
    server = rpc.Server([SERVICE], lambda inner: grader_pb2_grpc.add_GraderServiceServicer_to_server(servicer, inner))
    port = await server.start("127.0.0.1:0")
    await server.set_serving(True)
    return server, port


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[int]:
    server, port = await started(answer)
    try:
        yield port
    finally:
        await server.drain(0)


async def grade(target: str) -> str:
    async with rpc.channel(target) as channel:
        return await graded(channel)


async def graded(channel: grpc.aio.Channel) -> str:
    stub = grader_pb2_grpc.GraderServiceStub(channel)
    call = stub.Grade(grader_pb2.GradeRequest(), metadata=rpc.call_metadata(), wait_for_ready=True, timeout=20)
    response: grader_pb2.GradeResponse = await call
    return response.verdict.hint


async def failure(answer: Answer) -> CodeArenaError:
    """What the caller makes of a call that failed."""
    async with serving(answer) as port:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await grade(f"127.0.0.1:{port}")
    return rpc.error_from_status(caught.value)


async def fine() -> str:
    return "fine"


async def test_health_follows_the_serving_state() -> None:
    server, port = await started(fine)
    assert await rpc.check_health(f"127.0.0.1:{port}")
    await server.set_serving(False)
    assert not await rpc.check_health(f"127.0.0.1:{port}")
    await server.drain(0)


async def test_a_server_that_is_gone_is_not_healthy() -> None:
    server, port = await started(fine)
    await server.drain(0)
    assert not await rpc.check_health(f"127.0.0.1:{port}")


async def test_reflection_names_the_services() -> None:
    async with serving(fine) as port, grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        call = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
        names = {service.name async for answer in call for service in answer.list_services_response.service}
    assert {SERVICE, "grpc.health.v1.Health"} <= names


@pytest.mark.parametrize(
    "error",
    [
        CallerError("bad workload"),
        OverloadedError("queue full", retry_after_s=2.5),
        SandboxError("lost", retry_after_s=0.25),
        DeadlineError("too late"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_an_error_arrives_as_the_class_it_was_raised_as(error: CodeArenaError) -> None:
    async def fail() -> str:
        raise error

    arrived = await failure(fail)
    assert type(arrived) is type(error)
    assert (arrived.detail, arrived.retry_after_s) == (error.detail, error.retry_after_s)


async def test_a_defect_arrives_as_internal_without_its_details(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> str:
        raise KeyError("secret")

    arrived = await failure(fail)
    assert type(arrived) is CodeArenaError
    assert "secret" not in arrived.detail
    assert "secret" in caplog.text  # with its traceback, in our log


async def test_an_unreachable_service_is_our_retryable_failure() -> None:
    async with rpc.channel("127.0.0.1:1") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await grader_pb2_grpc.GraderServiceStub(channel).Grade(grader_pb2.GradeRequest(), timeout=20)
    assert type(rpc.error_from_status(caught.value)) is ServiceError


async def test_a_deadline_without_our_trailer_is_a_deadline_error() -> None:
    forever = asyncio.Event()

    async def wait() -> str:
        await forever.wait()
        return ""

    async with serving(wait) as port, rpc.channel(f"127.0.0.1:{port}") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await grader_pb2_grpc.GraderServiceStub(channel).Grade(grader_pb2.GradeRequest(), timeout=0.2)
    assert type(rpc.error_from_status(caught.value)) is DeadlineError


async def test_the_request_id_travels_with_the_call() -> None:
    async def own_id() -> str:
        return telemetry.request_id.get()

    async with serving(own_id) as port:
        token = telemetry.request_id.set("r-42")
        try:
            assert await grade(f"127.0.0.1:{port}") == "r-42"
        finally:
            telemetry.request_id.reset(token)


async def test_drain_finishes_what_is_in_flight_and_takes_nothing_new() -> None:
    entered, release = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        entered.set()
        await release.wait()
        return "finished"

    server, port = await started(slow)
    async with rpc.channel(f"127.0.0.1:{port}") as channel:
        in_flight = asyncio.create_task(graded(channel))
        await entered.wait()
        draining = asyncio.create_task(server.drain(20))
        while await rpc.check_health(f"127.0.0.1:{port}"):
            pass
        with pytest.raises(grpc.aio.AioRpcError):
            async with rpc.channel(f"127.0.0.1:{port}") as late:
                await grader_pb2_grpc.GraderServiceStub(late).Grade(grader_pb2.GradeRequest(), timeout=20)
        release.set()
        assert await in_flight == "finished"
        await draining


def named(name: str) -> Answer:
    async def answer() -> str:
        return name

    return answer


async def test_calls_go_round_over_all_addresses() -> None:
    async with (
        serving(named("a")) as first,
        serving(named("b")) as second,
        rpc.channel(f"ipv4:127.0.0.1:{first},127.0.0.1:{second}") as channel,
    ):
        seen = {await graded(channel)}
        while len(seen) < 2:  # the second connection may still be on its way
            seen.add(await graded(channel))
        counts = [await graded(channel) for _ in range(10)]
    assert counts.count("a") == counts.count("b") == 5


async def test_a_draining_server_is_skipped() -> None:
    going, going_port = await started(named("going"))
    async with (
        serving(named("staying")) as staying_port,
        rpc.channel(f"ipv4:127.0.0.1:{going_port},127.0.0.1:{staying_port}") as channel,
    ):
        while await graded(channel) != "going":
            pass
        await going.set_serving(False)
        while "going" in [await graded(channel) for _ in range(10)]:  # the news takes a moment to travel
            pass
        assert {await graded(channel) for _ in range(10)} == {"staying"}
    await going.drain(0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_to_stop_is_waited_for(number: signal.Signals) -> None:
    waiting = asyncio.create_task(rpc.until_terminated())
    await asyncio.sleep(0)  # one turn of the loop, so that the handler is there
    os.kill(os.getpid(), number)
    await asyncio.wait_for(waiting, 20)


def _handled(code: str) -> float:
    labels = {"grpc_service": SERVICE, "grpc_method": "Grade", "grpc_code": code}
    return REGISTRY.get_sample_value("codearena_grpc_server_handled_total", labels) or 0.0


@pytest.mark.parametrize(
    ("error", "code"),
    [(None, "OK"), (OverloadedError("full"), "RESOURCE_EXHAUSTED"), (ValueError("a defect"), "INTERNAL")],
)
async def test_calls_are_counted_by_the_status_they_ended_with(error: Exception | None, code: str) -> None:
    async def answer() -> str:
        if error is not None:
            raise error
        return "done"

    before = _handled(code)
    async with serving(answer) as port:
        with contextlib.suppress(grpc.aio.AioRpcError):
            await grade(f"127.0.0.1:{port}")
    assert _handled(code) == before + 1
