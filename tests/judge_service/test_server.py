"""Start, health and drain of the judge."""

import asyncio

import pytest

from codearena.errors import ServiceError
from codearena.server import rpc
from codearena.v1 import judge_pb2, judge_pb2_grpc
from judge_service.server import JudgeServer
from judge_service.settings import Settings
from tests.judge_service.build import SLOW, first_child_of, is_alive, report


async def test_it_is_serving_when_start_returns_and_not_after_drain() -> None:
    server = JudgeServer(Settings(port=0, drain_s=5))
    address = f"127.0.0.1:{await server.start()}"
    assert await rpc.check_health(address)
    await server.drain()
    assert not await rpc.check_health(address)


async def test_drain_finishes_what_is_in_flight_and_ends_the_launcher() -> None:
    server = JudgeServer(Settings(port=0, drain_s=30))
    port = await server.start()
    launcher = server.judge.analyses.workers.launcher_pid
    assert launcher is not None
    async with rpc.channel(f"127.0.0.1:{port}") as channel:
        stub = judge_pb2_grpc.JudgeServiceStub(channel)
        evidence = judge_pb2.Evidence(source=SLOW, report=report())
        asked = asyncio.ensure_future(stub.Judge(judge_pb2.JudgeRequest(evidence=evidence)))
        await first_child_of(launcher)
        await server.drain()
        assert (await asked).judgement.security.score == 1
    assert not is_alive(launcher)


async def test_it_does_not_serve_without_its_analysers() -> None:
    server = JudgeServer(Settings(port=0, launcher_start_s=0.001))
    with pytest.raises(ServiceError):
        await server.start()
    await server.drain()
