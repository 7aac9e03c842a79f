"""The executor over gRPC, on local isolation."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import pytest

from codearena.errors import CallerError, OverloadedError, SandboxError
from codearena.server import rpc
from codearena.v1 import common_pb2, executor_pb2, executor_pb2_grpc
from executor_service.server import ExecutorServer
from executor_service.settings import Settings
from tests.executor_service import workloads
from tests.executor_service.asking import report_of

LONG = workloads.limits(call_cpu_s=60, call_wall_s=60, attempt_wall_s=60)


@dataclass
class Executor:
    """A served executor and a client of it."""

    server: ExecutorServer
    port: int
    stub: Any

    def execute(self, workload: executor_pb2.Workload) -> asyncio.Task[executor_pb2.Report]:
        """The report, once there is one."""
        return asyncio.create_task(report_of(self.stub, workload))

    async def status(self) -> executor_pb2.GetStatusResponse:
        status: executor_pb2.GetStatusResponse = await self.stub.GetStatus(executor_pb2.GetStatusRequest())
        return status

    async def until(self, condition: Callable[[executor_pb2.GetStatusResponse], bool]) -> None:
        """Asks again until the condition holds; each answer takes a round trip, so that this is no busy loop."""
        async with asyncio.timeout(30):
            while True:
                if condition(await self.status()):
                    return


@asynccontextmanager
async def serving(hold_s: float = 30.0) -> AsyncIterator[Executor]:
    settings = Settings(port=0, isolation="local", pool_min=1, pool_max=1, queue_max=1, drain_s=30, hold_s=hold_s)
    server = ExecutorServer(settings)
    port = await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Executor(server, port, executor_pb2_grpc.ExecutorServiceStub(channel))
    await server.drain()


async def error_of(call: Any) -> Exception:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return rpc.error_from_status(failed.value)


async def test_a_workload_gets_its_report() -> None:
    async with serving() as executor:
        report = await executor.execute(workloads.workload("def f(): return 42"))
        assert report.calls[0].status == common_pb2.CALL_STATUS_RETURNED
        assert report.isolation.name == "local"


async def test_a_reference_that_does_not_load_gives_an_error_and_no_report() -> None:
    async with serving() as executor:
        failed = await error_of(
            executor.execute(workloads.workload("def f(): return 42", reference="raise ValueError"))
        )
        assert isinstance(failed, SandboxError)


async def test_it_serves_by_health_when_started() -> None:
    async with serving() as executor:
        assert await rpc.check_health(f"127.0.0.1:{executor.port}")


async def test_status_tells_the_isolation_and_what_it_lacks() -> None:
    async with serving() as executor:
        status = await executor.status()
        assert status.isolation.name == "local"
        assert status.isolation.degradations
        assert status.capacity == 1


async def test_it_says_its_load_again_and_again_until_it_no_longer_serves() -> None:
    async with serving() as executor:
        loads = aiter(executor.stub.WatchLoad(executor_pb2.WatchLoadRequest()))
        assert await anext(loads) == executor_pb2.WatchLoadResponse(leased=0, queued=0, capacity=1)
        call = executor.execute(workloads.workload("def f():\n    while True: pass", bounds=LONG))
        async with asyncio.timeout(30):
            while not (await anext(loads)).leased:
                pass
        call.cancel()
        draining = asyncio.create_task(executor.server.drain())
        async with asyncio.timeout(30):
            assert [load async for load in loads][1:] == []  # but for one that was on its way
        await draining


async def test_a_malformed_workload_is_the_callers_mistake() -> None:
    async with serving() as executor:
        assert isinstance(await error_of(executor.execute(workloads.workload("", calls=[]))), CallerError)


async def test_a_caller_that_goes_away_frees_its_sandbox() -> None:
    async with serving() as executor:
        call = executor.execute(workloads.workload("def f():\n    while True: pass", bounds=LONG))
        await executor.until(lambda status: status.leased == 1)
        call.cancel()
        await executor.until(lambda status: status.leased == 0)
        assert (await executor.execute(workloads.workload("def f(): return 1"))).calls[0].value.json == b"1"


async def test_beyond_the_queue_callers_are_told_when_to_come_back() -> None:
    async with serving() as executor:
        hang = workloads.workload("def f():\n    while True: pass", bounds=LONG)
        running = executor.execute(hang)
        await executor.until(lambda status: status.leased == 1)
        waiting = executor.execute(hang)
        await executor.until(lambda status: status.queued == 1)
        refused = await error_of(executor.execute(hang))
        assert isinstance(refused, OverloadedError)
        assert refused.retry_after_s
        for call in (running, waiting):
            call.cancel()


async def test_draining_finishes_what_is_in_flight() -> None:
    async with serving() as executor:
        call = executor.execute(workloads.workload("import time\ndef f():\n    time.sleep(0.3)\n    return 'done'"))
        await executor.until(lambda status: status.leased == 1)
        drained = asyncio.create_task(executor.server.drain())
        assert (await call).calls[0].value.json == b'"done"'
        await drained


async def test_an_isolation_that_cannot_be_had_stops_the_start() -> None:
    server = ExecutorServer(Settings(port=0, isolation="container", image="codearena-no-such-image:x"))
    with pytest.raises(SandboxError):
        await server.start()
