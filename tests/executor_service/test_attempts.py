"""What one attempt asks for in turn, over gRPC: its sandbox stays its own between two answers, and no longer."""

from typing import Any

import grpc
import pytest

from codearena.errors import CallerError
from codearena.server import rpc
from codearena.v1 import executor_pb2
from tests.executor_service import workloads
from tests.executor_service.test_server import LONG, Executor, serving

ONE = workloads.workload("def f(): return 1")
TWO = workloads.workload("def f(): return 2")
HANGS = workloads.workload("def f():\n    while True: pass", bounds=LONG)


class Stream:
    """One attempt's call."""

    def __init__(self, executor: Executor) -> None:
        self.call: Any = executor.stub.Attempt()

    async def ask(self, workload: executor_pb2.Workload) -> None:
        await self.call.write(executor_pb2.AttemptRequest(attempt_id="test", workload=workload))

    async def value(self, workload: executor_pb2.Workload) -> bytes:
        await self.ask(workload)
        report: executor_pb2.Report = (await self.call.read()).report
        return report.calls[0].value.json


async def test_each_workload_is_answered_before_the_next_is_taken() -> None:
    async with serving() as executor:
        stream = Stream(executor)
        assert [await stream.value(ONE), await stream.value(TWO), await stream.value(ONE)] == [b"1", b"2", b"1"]
        await stream.call.done_writing()
        assert await stream.call.read() is grpc.aio.EOF


async def test_the_sandbox_stays_leased_between_two_workloads_and_is_free_once_no_more_will_come() -> None:
    async with serving() as executor:
        stream = Stream(executor)
        await stream.value(ONE)
        assert (await executor.status()).leased == 1
        await stream.call.done_writing()
        await executor.until(lambda status: status.leased == 0)


@pytest.mark.parametrize("answered", [True, False], ids=["between two workloads", "while one runs"])
async def test_a_caller_that_goes_away_frees_its_sandbox(answered: bool) -> None:
    async with serving() as executor:
        stream = Stream(executor)
        await (stream.value(ONE) if answered else stream.ask(HANGS))
        await executor.until(lambda status: status.leased == 1)
        stream.call.cancel()
        await executor.until(lambda status: status.leased == 0)
        assert (await executor.execute(TWO)).calls[0].value.json == b"2"


async def test_a_deadline_frees_the_sandbox() -> None:
    async with serving() as executor:
        call = executor.stub.Attempt(timeout=1.0)
        await call.write(executor_pb2.AttemptRequest(workload=HANGS))
        with pytest.raises(grpc.aio.AioRpcError):
            await call.read()
        await executor.until(lambda status: status.leased == 0)


async def test_a_caller_that_asks_for_nothing_more_in_time_finds_the_call_ended() -> None:
    async with serving(hold_s=0.05) as executor:
        stream = Stream(executor)
        assert await stream.value(ONE) == b"1"
        assert await stream.call.read() is grpc.aio.EOF
        assert await stream.call.code() is grpc.StatusCode.OK
        assert (await executor.status()).leased == 0


async def test_another_attempt_gets_the_sandbox_only_after_the_stream() -> None:
    async with serving() as executor:
        stream = Stream(executor)
        await stream.value(ONE)
        waiting = executor.execute(TWO)
        await executor.until(lambda status: status.queued == 1)
        assert await stream.value(ONE) == b"1"
        await stream.call.done_writing()
        assert (await waiting).calls[0].value.json == b"2"


async def test_more_workloads_than_a_sandbox_is_kept_for_go_on_in_another() -> None:
    async with serving() as executor:
        stream = Stream(executor)
        assert [await stream.value(ONE) for _ in range(7)] == [b"1"] * 7
        await stream.call.done_writing()


async def test_what_is_wrong_with_a_later_workload_is_said_too() -> None:
    async with serving() as executor:
        stream = Stream(executor)
        await stream.value(ONE)
        await stream.ask(workloads.workload("", calls=[]))
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await stream.call.read()
        assert isinstance(rpc.error_from_status(failed.value), CallerError)
        await executor.until(lambda status: status.leased == 0)
