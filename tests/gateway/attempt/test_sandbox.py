"""The workloads of one attempt go to one sandbox, as long as the executor keeps it."""

import asyncio

import pytest

from codearena.errors import OverloadedError, SandboxError
from codearena.v1 import executor_pb2
from gateway.attempt.clients import Clients
from gateway.attempt.proposal import Ticket
from gateway.settings import Settings
from tests.fakes import RIGHT, FakeExecutor

WORKLOAD = executor_pb2.Workload(
    source=RIGHT.encode(), calls=[executor_pb2.Call(call_id="1", script=executor_pb2.Script())]
)


def ticket() -> Ticket:
    return Ticket("a", "", 10)


async def test_all_go_to_one_and_the_executor_is_told_when_there_are_no_more(
    settings: Settings, executor: FakeExecutor
) -> None:
    async with Clients(settings) as clients:
        async with clients.sandbox(ticket()) as sandbox:
            for _ in range(3):
                await sandbox.run(ticket(), WORKLOAD)
        assert (executor.calls, executor.ended, len(executor.requests)) == (1, 1, 3)


async def test_one_that_was_released_is_followed_by_another(settings: Settings, executor: FakeExecutor) -> None:
    async with Clients(settings) as clients, clients.sandbox(ticket()) as sandbox:
        await sandbox.run(ticket(), WORKLOAD)
        for _ in range(2):
            await sandbox.release()
        assert (executor.calls, executor.ended) == (1, 1)
        await sandbox.run(ticket(), WORKLOAD)
        assert executor.calls == 2


async def test_where_the_executor_keeps_none_each_gets_its_own(settings: Settings, executor: FakeExecutor) -> None:
    executor.gives_up_between = True
    async with Clients(settings) as clients, clients.sandbox(ticket()) as sandbox:
        for _ in range(2):
            assert (await sandbox.run(ticket(), WORKLOAD)).status == executor_pb2.ATTEMPT_STATUS_RAN
    assert executor.calls == 2


@pytest.mark.parametrize(
    "error", [SandboxError("lost"), OverloadedError("full", retry_after_s=0.01)], ids=lambda error: error.slug
)
async def test_what_fails_in_a_kept_one_is_tried_again_in_another(
    settings: Settings, executor: FakeExecutor, error: SandboxError | OverloadedError
) -> None:
    async with Clients(settings) as clients, clients.sandbox(ticket()) as sandbox:
        await sandbox.run(ticket(), WORKLOAD)
        executor.fail[RIGHT].append(error)
        assert (await sandbox.run(ticket(), WORKLOAD)).status == executor_pb2.ATTEMPT_STATUS_RAN
    assert (executor.calls, len(executor.requests)) == (2, 3)


async def test_an_attempt_that_is_given_up_leaves_none_behind(settings: Settings, executor: FakeExecutor) -> None:
    async with Clients(settings) as clients:

        async def attempt() -> None:
            async with clients.sandbox(ticket()) as sandbox:
                await sandbox.run(ticket(), WORKLOAD)
                executor.gate.clear()
                await sandbox.run(ticket(), WORKLOAD)

        running = asyncio.create_task(attempt())
        await executor.asked(2)
        running.cancel()
        await executor.given_up.wait()


async def test_one_that_does_not_leave_the_time_for_a_workload_is_given_back_for_another(
    settings: Settings, executor: FakeExecutor
) -> None:
    longer = executor_pb2.Workload()
    longer.CopyFrom(WORKLOAD)
    longer.limits.attempt_wall.FromSeconds(1000)
    async with Clients(settings) as clients, clients.sandbox(ticket()) as sandbox:
        await sandbox.run(ticket(), WORKLOAD)
        await sandbox.run(ticket(), longer)
    assert (executor.calls, executor.ended) == (2, 2)
