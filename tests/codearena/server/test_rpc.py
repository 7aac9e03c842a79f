"""The gRPC shell over sockets: reflection, and balancing over several servers. For calls see test_transports.py."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import grpc
import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from codearena.server import rpc
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


async def graded(channel: grpc.aio.Channel) -> str:
    stub = grader_pb2_grpc.GraderServiceStub(channel)
    call = stub.Grade(grader_pb2.GradeRequest(), metadata=rpc.call_metadata(), wait_for_ready=True, timeout=20)
    response: grader_pb2.GradeResponse = await call
    return response.verdict.hint


async def fine() -> str:
    return "fine"


async def test_reflection_names_the_services() -> None:
    async with serving(fine) as port, grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        call = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
        names = {service.name async for answer in call for service in answer.list_services_response.service}
    assert {SERVICE, "grpc.health.v1.Health"} <= names


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
