"""A container of its own for each attempt, ready before it is asked for, and none left behind."""

import asyncio
from collections.abc import Sequence

import grpc
import pytest

from tests.executor_service import workloads
from tests.executor_service.images import require_engine
from tests.integration.containers import listed, of_process
from tests.integration.executor_client import Client, client_of
from tests.integration.processes import Executor, running
from tests.integration.scale import ATTEMPTS
from tests.integration.waiting import until

pytestmark = pytest.mark.docker
POOL = 4
HANG = workloads.workload(
    "def f():\n    while True: pass\n", bounds=workloads.limits(call_cpu_s=60, call_wall_s=60, attempt_wall_s=60)
)


@pytest.fixture
def executor() -> Executor:
    require_engine()
    return Executor("container", POOL_MIN=str(POOL), POOL_MAX=str(2 * POOL), REAP_INTERVAL_S="1")


async def ready_containers(executor: Executor, client: Client) -> set[str]:
    """The containers that the engine shows once the pool is full."""

    async def full() -> bool:
        status = await client.status()
        return status.ready >= POOL and not status.starting

    await until(full, "the pool is full")
    return {each.container_id for each in await of_process(executor.identity) if each.state == "running"}


async def only_the_pool_is_left(executor: Executor, client: Client, dead: Sequence[str]) -> None:
    """Returns once nothing of the dead is left, and of the living one no more than its pool holds ready."""

    async def clean() -> bool:
        status = await client.status()
        everything = await asyncio.to_thread(listed)
        own = [each for each in everything if each.owner_process == executor.identity]
        settled = not status.starting and not status.leased and len(own) == status.ready
        return settled and not any(each.owner_process in dead for each in everything)

    await until(clean, "only the pool is left")


async def test_an_attempt_runs_in_a_container_that_was_ready_before_it(executor: Executor) -> None:
    async with running(executor), client_of(executor) as client:
        ready = await ready_containers(executor, client)
        assert len(ready) >= POOL
        [used] = await client.sandbox_ids(1)
        assert used in ready


async def test_each_attempt_has_a_container_never_seen_before_which_is_then_gone(executor: Executor) -> None:
    async with running(executor), client_of(executor) as client:
        used = await client.sandbox_ids(ATTEMPTS)
        assert len(set(used)) == len(used)
        await only_the_pool_is_left(executor, client, [])
        assert not set(used) & {each.container_id for each in await of_process(executor.identity)}


async def test_after_a_killed_executor_only_its_successor_s_pool_is_left(executor: Executor) -> None:
    async with running(executor):
        async with client_of(executor) as client:
            used = await client.sandbox_ids(ATTEMPTS)
            hanging = [asyncio.create_task(client.execute(HANG)) for _ in range(2)]
            await until(lambda: _leased(client, len(hanging)), "attempts are in flight")
            dead = executor.identity
            await executor.kill()
            outcomes = await asyncio.gather(*hanging, return_exceptions=True)
        assert all(isinstance(outcome, grpc.aio.AioRpcError) for outcome in outcomes)
        assert await of_process(dead)
        await executor.start()
        async with client_of(executor) as client:
            await ready_containers(executor, client)
            await only_the_pool_is_left(executor, client, [dead])
            assert not set(used) & set(await client.sandbox_ids(POOL))


async def test_a_stopped_executor_leaves_nothing(executor: Executor) -> None:
    async with running(executor), client_of(executor) as client:
        await ready_containers(executor, client)
        identity = executor.identity
        await executor.stop()
        assert await of_process(identity) == []


async def _leased(client: Client, count: int) -> bool:
    return (await client.status()).leased == count
