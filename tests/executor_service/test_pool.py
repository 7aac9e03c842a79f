import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from codearena.errors import OverloadedError, SandboxError
from executor_service.capacity import PoolLimits
from executor_service.isolation.base import Sandbox
from executor_service.pool import Pool
from executor_service.sharing import Shares
from tests.executor_service.fakes import FakeIsolation

LIMITS = PoolLimits(minimum=2, maximum=4, leases=4, start_concurrency=2, waiting=3, ready_age_s=1000, shrink_s=1000)


async def until(condition: Callable[[], bool]) -> None:
    """Lets the event loop run until the condition holds; no clock involved."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("never came true")


class Clock:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def running(isolation: FakeIsolation, limits: PoolLimits = LIMITS, **options: object) -> AsyncIterator[Pool]:
    pool = Pool(isolation, limits, **options)  # type: ignore[arg-type]
    pool.start()
    try:
        yield pool
    finally:
        isolation.removal.set()
        for _ in range(100):
            isolation.permits.release()
        await pool.close()


async def hold(pool: Pool, release: asyncio.Event, order: list[str], name: str, caller: str = "") -> Sandbox:
    async with pool.lease(caller) as sandbox:
        order.append(name)
        await release.wait()
        return sandbox


async def test_sandboxes_are_ready_before_anybody_asks() -> None:
    isolation = FakeIsolation()
    async with running(isolation) as pool:
        await until(lambda: pool.status().ready == 2)
        assert pool.status().leased == 0


async def test_a_lease_takes_a_ready_sandbox_and_another_is_made_in_its_place() -> None:
    isolation = FakeIsolation()
    async with running(isolation) as pool:
        await until(lambda: pool.status().ready == 2)
        async with pool.lease():
            await until(lambda: pool.status().ready == 2)
            assert pool.status().leased == 1
            assert len(isolation.made) == 3


async def test_while_enough_are_ready_another_is_made_only_once_the_used_one_is_gone() -> None:
    isolation = FakeIsolation()
    isolation.removal.clear()
    async with running(isolation, replace(LIMITS, minimum=4, maximum=8)) as pool:
        await until(lambda: pool.status().ready == 4)
        async with pool.lease():
            await until(lambda: pool.status().leased == 1)
        await until(lambda: pool.status().ending == 1)
        assert (pool.status().starting, len(isolation.made)) == (0, 4)
        isolation.removal.set()
        await until(lambda: pool.status().ready == 4)
        assert len(isolation.made) == 5


async def test_no_sandbox_is_ever_leased_twice_and_each_is_destroyed() -> None:
    isolation = FakeIsolation()
    seen = []
    async with running(isolation) as pool:
        for _ in range(20):
            async with pool.lease() as sandbox:
                seen.append(sandbox.sandbox_id)
        await until(lambda: pool.status().ending == pool.status().starting == 0)
        assert len(set(seen)) == 20
        assert len(isolation.existing) == pool.status().ready


async def test_an_attempt_that_fails_has_its_sandbox_destroyed() -> None:
    isolation = FakeIsolation()
    async with running(isolation) as pool:
        with pytest.raises(RuntimeError):
            async with pool.lease() as sandbox:
                raise RuntimeError
        await until(lambda: sandbox not in isolation.existing)


async def test_no_more_than_the_maximum_exist_even_while_the_engine_is_slow_to_remove() -> None:
    isolation = FakeIsolation()
    isolation.removal.clear()
    async with running(isolation) as pool:
        for _ in range(4):
            async with pool.lease():
                pass
        waiting = asyncio.create_task(hold(pool, asyncio.Event(), [], "late"))
        await until(lambda: pool.status().queued == 1)
        assert len(isolation.existing) == 4
        assert isolation.making == 0
        isolation.removal.set()
        await until(lambda: pool.status().leased == 1)
        waiting.cancel()


async def test_no_more_are_in_use_at_once_than_allowed_and_the_others_stay_ready() -> None:
    isolation, release, order = FakeIsolation(), asyncio.Event(), list[str]()
    async with running(isolation, replace(LIMITS, leases=1)) as pool:
        await until(lambda: pool.status().ready == 2)
        tasks = [asyncio.create_task(hold(pool, release, order, name)) for name in ("first", "second", "third")]
        try:
            await until(lambda: len(order) + pool.status().queued == 3 and pool.status().starting == 0)
            assert order == ["first"]
            assert pool.status().ready == 2  # more would not help those who wait
        finally:
            release.set()
        await asyncio.gather(*tasks)
        assert order == ["first", "second", "third"]


async def test_no_more_are_started_at_once_than_allowed() -> None:
    isolation = FakeIsolation()
    isolation.permits = asyncio.Semaphore(0)
    async with running(isolation, replace(LIMITS, minimum=4)) as pool:
        await until(lambda: isolation.making == 2)
        assert pool.status().starting == 2
        for _ in range(4):
            isolation.permits.release()
        await until(lambda: pool.status().ready == 4)
        assert isolation.most_at_once == 2


async def test_callers_take_turns_however_many_of_one_wait() -> None:
    isolation = FakeIsolation()
    isolation.permits = asyncio.Semaphore(0)
    order: list[str] = []
    release = asyncio.Event()
    async with running(isolation) as pool:
        tasks = []
        for caller in ("greedy", "greedy", "polite"):
            tasks.append(asyncio.create_task(hold(pool, release, order, caller, caller)))
            await until(lambda: pool.status().queued == len(tasks))
        for count in (1, 2, 3):
            isolation.permits.release()
            await until(lambda: len(order) == count)  # noqa: B023
        release.set()
        await asyncio.gather(*tasks)
    assert order == ["greedy", "polite", "greedy"]


async def test_waiters_are_served_first_come_first_served() -> None:
    isolation = FakeIsolation()
    isolation.permits = asyncio.Semaphore(0)
    order: list[str] = []
    release = asyncio.Event()
    async with running(isolation) as pool:
        tasks = []
        for name in ("first", "second", "third"):
            tasks.append(asyncio.create_task(hold(pool, release, order, name)))
            await until(lambda: pool.status().queued == len(tasks))
        for expected in (["first"], ["first", "second"], ["first", "second", "third"]):
            isolation.permits.release()
            await until(lambda: order == expected)  # noqa: B023
        release.set()
        await asyncio.gather(*tasks)


async def test_beyond_the_queue_attempts_are_refused_with_a_delay() -> None:
    isolation = FakeIsolation()
    isolation.permits = asyncio.Semaphore(0)
    async with running(isolation) as pool:
        tasks = [asyncio.create_task(hold(pool, asyncio.Event(), [], "")) for _ in range(3)]
        await until(lambda: pool.status().queued == 3)
        with pytest.raises(OverloadedError) as refused:
            async with pool.lease():
                pass
        assert refused.value.retry_after_s
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_cancelled_waiter_gives_up_its_place() -> None:
    isolation = FakeIsolation()
    isolation.permits = asyncio.Semaphore(0)
    async with running(isolation) as pool:
        task = asyncio.create_task(hold(pool, asyncio.Event(), [], ""))
        await until(lambda: pool.status().queued == 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: pool.status().queued == 0)


async def test_a_waiter_cancelled_when_it_has_just_been_served_leaks_nothing() -> None:
    isolation = FakeIsolation()
    isolation.permits = asyncio.Semaphore(0)
    async with running(isolation) as pool:
        task = asyncio.create_task(hold(pool, asyncio.Event(), [], ""))
        await until(lambda: pool.status().queued == 1)
        isolation.permits.release()
        await until(lambda: pool.status().leased == 1)
        task.cancel()  # before the task has run with what it was handed
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: pool.status().leased == 0)
        await until(lambda: len(isolation.existing) == pool.status().ready)


async def test_a_cancelled_attempt_has_its_sandbox_destroyed() -> None:
    isolation = FakeIsolation()
    order: list[str] = []
    async with running(isolation) as pool:
        task = asyncio.create_task(hold(pool, asyncio.Event(), order, "running"))
        await until(lambda: order == ["running"])
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: any(sandbox.destroyed for sandbox in isolation.made))
        assert pool.status().leased == 0


async def test_a_ready_sandbox_that_dies_is_replaced_and_never_leased() -> None:
    isolation = FakeIsolation()
    async with running(isolation, jitter=lambda: -1.0) as pool:  # no delay before the next
        await until(lambda: pool.status().ready == 2)
        dead = isolation.made[0]
        dead.die()
        await until(lambda: dead.destroyed)
        async with pool.lease() as sandbox:
            assert sandbox is not dead
        await until(lambda: pool.status().ready == 2)


async def test_when_none_can_be_made_waiters_are_told_instead_of_kept() -> None:
    isolation = FakeIsolation()
    isolation.broken = True
    async with running(isolation, jitter=lambda: -1.0) as pool:
        with pytest.raises(SandboxError, match="broken on purpose"):
            async with pool.lease():
                pass


async def test_it_says_when_none_can_be_made_and_when_they_can_again() -> None:
    isolation = FakeIsolation()
    isolation.broken = True
    told: list[bool] = []
    async with running(isolation, jitter=lambda: -1.0, on_health=told.append) as pool:
        await until(lambda: told == [False])
        isolation.broken = False
        await until(lambda: told == [False, True])
        await until(lambda: pool.status().ready == 2)


async def test_failures_are_followed_by_a_wait_and_then_by_another_try() -> None:
    isolation = FakeIsolation()
    isolation.broken = True
    async with running(isolation, replace(LIMITS, minimum=1, start_concurrency=1)) as pool:
        await until(lambda: isolation.attempts_to_make == 1 and pool.status().starting == 0)
        assert isolation.attempts_to_make == 1  # not at once
        isolation.broken = False
        async with asyncio.timeout(5), pool.lease():
            assert isolation.attempts_to_make > 1


async def test_old_ready_sandboxes_are_replaced() -> None:
    isolation, clock = FakeIsolation(), Clock()
    async with running(isolation, replace(LIMITS, ready_age_s=0.01), clock=clock) as pool:
        await until(lambda: pool.status().ready == 2)
        old = list(isolation.made)
        clock.now = 1.0
        await asyncio.wait_for(asyncio.gather(*[sandbox.gone.wait() for sandbox in old]), 5)
        await until(lambda: pool.status().ready == 2)


async def test_ready_sandboxes_of_one_age_are_not_all_replaced_at_once() -> None:
    isolation, clock, spread = FakeIsolation(), Clock(), iter([0.0, 1.0, 0.0])
    limits = replace(LIMITS, ready_age_s=0.01)
    async with running(isolation, limits, clock=clock, jitter=lambda: next(spread)) as pool:
        await until(lambda: pool.status().ready == 2)
        late, early = isolation.made
        clock.now = 0.006
        await asyncio.wait_for(early.gone.wait(), 5)
        await until(lambda: pool.status().ready == 2 and pool.status().ending == 0)
        assert late in isolation.existing


async def test_more_are_kept_ready_after_waits_and_fewer_after_a_quiet_time() -> None:
    isolation, clock = FakeIsolation(), Clock()
    limits = replace(LIMITS, minimum=1, shrink_s=0.01, ready_age_s=1e9)
    async with running(isolation, limits, clock=clock) as pool:
        release = asyncio.Event()
        tasks = [asyncio.create_task(hold(pool, release, [], "")) for _ in range(2)]
        await until(lambda: pool.status().leased == 2)
        release.set()
        await asyncio.gather(*tasks)
        await until(lambda: pool.status().ready > 1)
        async with asyncio.timeout(5):
            while pool.status().ready > 1:
                clock.now += 1.0
                await asyncio.sleep(0)


async def test_close_waits_for_what_is_leased() -> None:
    isolation, release, order = FakeIsolation(), asyncio.Event(), list[str]()
    pool = Pool(isolation, LIMITS)
    pool.start()
    running = asyncio.create_task(hold(pool, release, order, "running"))
    await until(lambda: bool(order))
    closing = asyncio.create_task(pool.close())
    await until(lambda: pool.status().ready == pool.status().ending == 0)
    assert not closing.done()
    release.set()
    await closing
    assert (await running).sandbox_id
    assert isolation.existing == []


async def test_close_refuses_who_waits() -> None:
    isolation, release, order = FakeIsolation(), asyncio.Event(), list[str]()
    pool = Pool(isolation, replace(LIMITS, leases=1))
    pool.start()
    first, second = (asyncio.create_task(hold(pool, release, order, name)) for name in ("first", "second"))
    await until(lambda: order == ["first"] and pool.status().queued == 1)
    closing = asyncio.create_task(pool.close())
    with pytest.raises(SandboxError, match="shutting down"):
        await second
    release.set()
    await closing
    await first


async def test_close_leaves_nothing_behind_not_even_what_was_being_made() -> None:
    isolation = FakeIsolation()
    isolation.permits = asyncio.Semaphore(1)
    pool = Pool(isolation, LIMITS)
    pool.start()
    await until(lambda: pool.status().ready == 1 and isolation.making == 1)
    closing = asyncio.create_task(pool.close())
    await asyncio.sleep(0)
    for _ in range(10):
        isolation.permits.release()
    await closing
    assert isolation.existing == []
    with pytest.raises(SandboxError):
        async with pool.lease():
            pass


SHARED = replace(LIMITS, minimum=3, maximum=3, waiting=100, shares=Shares(reserve=1, start_concurrency=1, leases=2))


async def test_while_owners_compete_one_who_holds_some_leaves_the_reserve_to_others() -> None:
    isolation, release, order = FakeIsolation(), asyncio.Event(), list[str]()
    isolation.removal.clear()
    async with running(isolation, SHARED) as pool, asyncio.TaskGroup() as group:
        await until(lambda: pool.status().ready == 3)
        async with pool.lease("polite"):
            pass
        greedy = [group.create_task(hold(pool, release, order, "greedy", "greedy")) for _ in range(2)]
        await until(lambda: pool.status().queued == 1 and order == ["greedy"])
        assert pool.status().ready == 1  # the third is being removed
        async with pool.lease("polite"):
            order.append("polite")
        release.set()
        isolation.removal.set()
        await asyncio.gather(*greedy)
    assert order == ["greedy", "polite", "greedy"]


async def test_while_owners_compete_each_has_its_part_of_what_may_be_in_use() -> None:
    isolation, release, order = FakeIsolation(), asyncio.Event(), list[str]()
    limits = replace(LIMITS, minimum=6, maximum=6, waiting=100, shares=Shares(reserve=1, start_concurrency=2, leases=4))
    async with running(isolation, limits) as pool, asyncio.TaskGroup() as group:
        await until(lambda: pool.status().ready == 6)
        async with pool.lease("polite"):
            greedy = [group.create_task(hold(pool, release, order, "greedy", "greedy")) for _ in range(4)]
            await until(lambda: pool.status().queued == 2 and order == ["greedy", "greedy"])
            assert pool.status().leased == 3
        release.set()
        await asyncio.gather(*greedy)
    assert order == ["greedy"] * 4


async def test_an_owner_without_competition_may_have_every_sandbox() -> None:
    isolation, release, order = FakeIsolation(), asyncio.Event(), list[str]()
    clock = Clock()
    async with running(isolation, SHARED, clock=clock) as pool, asyncio.TaskGroup() as group:
        async with pool.lease("polite"):
            pass
        clock.now += 11.0  # long ago
        await until(lambda: pool.status().ready == 3)
        for _ in range(3):
            group.create_task(hold(pool, release, order, "only", "only"))
        await until(lambda: len(order) == 3)
        release.set()


async def test_who_holds_some_gets_more_once_it_holds_none() -> None:
    isolation, release, order = FakeIsolation(), asyncio.Event(), list[str]()
    isolation.removal.clear()
    async with running(isolation, replace(SHARED, minimum=2, maximum=2)) as pool, asyncio.TaskGroup() as group:
        await until(lambda: pool.status().ready == 2)
        with pytest.raises(asyncio.CancelledError):
            async with pool.lease("polite"):
                raise asyncio.CancelledError
        isolation.removal.set()
        await until(lambda: pool.status().ready == 2)
        isolation.removal.clear()
        for _ in range(2):
            group.create_task(hold(pool, release, order, "greedy", "greedy"))
        await until(lambda: pool.status().queued == 1)
        release.set()  # the first ends; what was kept from its owner is given out
        await until(lambda: len(order) == 2)
        isolation.removal.set()


async def test_while_owners_compete_fewer_are_started_at_once() -> None:
    isolation, release = FakeIsolation(), asyncio.Event()
    async with (
        running(isolation, replace(SHARED, maximum=8, start_concurrency=4)) as pool,
        asyncio.TaskGroup() as group,
    ):
        await until(lambda: pool.status().ready == 3)
        for caller in ("polite", "greedy"):
            async with pool.lease(caller):
                pass
        await until(lambda: pool.status().ready == 3)
        isolation.permits = asyncio.Semaphore(0)
        for _ in range(9):
            group.create_task(hold(pool, release, [], "greedy", "greedy"))
        await until(lambda: pool.status().queued == 8)
        starting = pool.status().starting
        release.set()
        isolation.permits.release()
        for _ in range(20):
            isolation.permits.release()
    assert starting == 1


async def test_who_waits_for_more_than_the_reserve_is_served_when_all_leases_come_free() -> None:
    isolation, release, order = FakeIsolation(), asyncio.Event(), list[str]()
    limits = replace(LIMITS, leases=2, maximum=8, shares=Shares(reserve=2, start_concurrency=1, leases=1))
    async with running(isolation, limits) as pool, asyncio.TaskGroup() as group:
        await until(lambda: pool.status().ready == 2)
        busy = [group.create_task(hold(pool, release, order, "busy", "busy")) for _ in range(2)]
        await until(lambda: pool.status().leased == 2)
        waiting = [group.create_task(hold(pool, release, order, "next", "next")) for _ in range(2)]
        await until(lambda: pool.status().queued == 2)
        release.set()
        await asyncio.gather(*busy)
        await until(lambda: all(task.done() for task in waiting))


async def test_who_waits_for_a_lease_alone_is_not_refused_when_no_more_sandboxes_can_be_made() -> None:
    isolation, release, order = FakeIsolation(), asyncio.Event(), list[str]()
    limits = replace(LIMITS, leases=1)
    async with running(isolation, limits, jitter=lambda: -1.0) as pool, asyncio.TaskGroup() as group:
        await until(lambda: pool.status().ready == 2)
        isolation.broken = True
        group.create_task(hold(pool, release, order, "first"))
        for name in ("second", "third"):
            group.create_task(hold(pool, release, order, name))
        await until(lambda: isolation.attempts_to_make > 5)
        assert (pool.status().queued, pool.status().ready) == (2, 1)
        isolation.broken = False
        release.set()
    assert order == ["first", "second", "third"]


async def test_what_those_who_wait_for_a_lease_will_take_is_not_thrown_away_meanwhile() -> None:
    isolation, release, clock = FakeIsolation(), asyncio.Event(), Clock()
    limits = replace(LIMITS, leases=1, minimum=1, shrink_s=0.01)
    async with running(isolation, limits, clock=clock) as pool, asyncio.TaskGroup() as group:
        await until(lambda: pool.status().ready == 1)
        for _ in range(4):
            group.create_task(hold(pool, release, [], ""))
        await until(lambda: pool.status().ready == 3)
        made = len(isolation.made)
        looked = asyncio.Event()
        for _ in range(3):
            clock.now += 1.0
            looked.clear()
            asyncio.get_running_loop().call_later(limits.shrink_s, looked.set)  # after the next look at what is ready
            await looked.wait()
        assert len(isolation.made) == made
        release.set()


async def test_what_is_cancelled_inside_of_the_isolation_is_made_again() -> None:
    isolation = FakeIsolation()
    create, cancelled = isolation.create, [True, True]

    async def cancelled_at_first() -> Sandbox:
        if cancelled:
            cancelled.pop()
            raise asyncio.CancelledError
        return await create()

    isolation.create = cancelled_at_first  # type: ignore[method-assign]
    async with running(isolation, jitter=lambda: -1.0) as pool:
        await until(lambda: pool.status().ready == 2)
