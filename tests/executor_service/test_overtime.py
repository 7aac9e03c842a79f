"""Attempts that outlive the usual time: they never hold every lease while others wait, and each comes to its end."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from codearena.errors import OverloadedError
from executor_service.capacity import PoolLimits
from executor_service.overtime import OutlivedError
from executor_service.pool import Pool
from executor_service.sharing import Shares
from tests.executor_service.fakes import FakeIsolation
from tests.executor_service.test_pool import Clock, running, until

LEASES = 4
LIMITS = PoolLimits(
    minimum=LEASES, maximum=8, leases=LEASES, start_concurrency=4, waiting=100, ready_age_s=1000, shrink_s=1000
)
SHARED = replace(LIMITS, maximum=12, leases=8, shares=Shares(reserve=1, start_concurrency=4, leases=4))


class Attempts:
    """Attempts that end when they are told to, and a record of what became of them."""

    def __init__(self, pool: Pool, group: asyncio.TaskGroup) -> None:
        self._pool = pool
        self._group = group
        self.usual_s = 0.0  # over in the event loop's next round
        self.end = asyncio.Event()
        self.begun: list[str] = []
        self.cut_off: list[str] = []
        self.ended: list[str] = []

    async def hang(self, name: str, owner: str = "") -> None:
        """Begins again if it is cut off, as an attempt does."""
        try:
            await self._held(name, owner, again=False)
        except OutlivedError:
            self.cut_off.append(name)
            await self._held(name, owner, again=True)
        self.ended.append(name)

    async def hang_again(self, name: str) -> None:
        """As if it had been cut off before."""
        await self._held(name, "", again=True)

    async def _held(self, name: str, owner: str, *, again: bool) -> None:
        async with self._pool.lease(owner, usual_s=lambda: self.usual_s, again=again):
            self.begun.append(name)
            await self.end.wait()

    async def hangs(self, count: int, owner: str = "") -> "list[asyncio.Task[None]]":
        """So many that have all had a sandbox."""
        names = [f"{owner}{len(self.begun) + number}" for number in range(count)]
        tasks = [self._group.create_task(self.hang(name, owner)) for name in names]
        await until(lambda: set(names) <= set(self.begun))
        return tasks

    async def honest(self, owner: str = "") -> None:
        async with asyncio.timeout(10), self._pool.lease(owner):
            pass


async def settled(condition: Callable[[], bool]) -> None:
    await asyncio.wait_for(until(condition), 10)


async def test_what_hangs_never_holds_every_lease_while_others_wait() -> None:
    async with running(FakeIsolation(), LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        await attempts.hangs(LEASES)
        for _ in range(3):
            await attempts.honest()
        assert attempts.ended == []
        assert len(attempts.cut_off) <= LEASES // 2  # the others go on
        attempts.end.set()
    assert len(attempts.ended) == LEASES


async def test_half_of_the_leases_go_to_who_has_not_begun() -> None:
    async with running(FakeIsolation(), LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts, release, order = Attempts(pool, group), asyncio.Event(), list[int]()

        async def honest(number: int) -> None:
            async with pool.lease():
                order.append(number)
                await release.wait()

        await attempts.hangs(LEASES)
        for number in range(LEASES):
            group.create_task(honest(number))
        await settled(lambda: len(attempts.cut_off) == LEASES // 2)
        await settled(lambda: order == list(range(LEASES // 2)))
        assert pool.status().leased == LEASES
        release.set()
        await settled(lambda: len(order) == LEASES)
        attempts.end.set()
    assert len(attempts.ended) == LEASES


async def test_nobody_is_cut_off_while_nobody_waits() -> None:
    async with running(FakeIsolation(), LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        await attempts.hangs(LEASES)
        for _ in range(10):
            await asyncio.sleep(0)
        assert attempts.cut_off == []
        attempts.end.set()
    assert len(attempts.begun) == LEASES


async def test_what_takes_long_because_the_host_has_become_busy_is_left_alone() -> None:
    async with running(FakeIsolation(), LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        told: list[float] = []

        async def held() -> None:
            usual_s = iter([0.0, 1000.0])  # when it begins, and when that is over

            def told_s() -> float:
                told.append(next(usual_s))
                return told[-1]

            async with pool.lease(usual_s=told_s):
                await attempts.end.wait()

        busy = [group.create_task(held()) for _ in range(LEASES)]
        await settled(lambda: len(told) == 2 * LEASES)
        waiting = group.create_task(attempts.honest())
        await settled(lambda: pool.status().queued == 1)
        assert not any(task.done() for task in busy)
        attempts.end.set()
        await waiting


async def test_nobody_is_cut_off_before_it_has_run_for_as_long_as_making_a_sandbox_takes() -> None:
    clock = Clock()
    isolation = FakeIsolation()
    isolation.permits = asyncio.Semaphore(0)
    async with running(isolation, LIMITS, clock=clock) as pool, asyncio.TaskGroup() as group:
        await settled(lambda: isolation.making == LEASES)
        clock.now += 1000.0
        for _ in range(100):
            isolation.permits.release()
        attempts = Attempts(pool, group)
        await attempts.hangs(LEASES)
        waiting = group.create_task(attempts.honest())
        await settled(lambda: pool.status().queued == 1)
        for _ in range(10):
            await asyncio.sleep(0)
        assert attempts.cut_off == []
        attempts.end.set()
        await waiting


async def test_who_begins_again_is_left_alone_until_its_end() -> None:
    async with running(FakeIsolation(), LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        await attempts.hangs(3 * LEASES)
        for _ in range(3):
            await attempts.honest()
        attempts.end.set()
    assert all(attempts.begun.count(name) <= 2 for name in attempts.begun)
    assert len(attempts.ended) == 3 * LEASES


async def test_who_begins_again_does_not_wait_for_those_who_keep_coming() -> None:
    """As long as others wait, half of the leases are for those that were cut off."""
    async with running(FakeIsolation(), LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts, stop = Attempts(pool, group), asyncio.Event()

        async def keep_coming() -> None:
            while not stop.is_set():
                await attempts.honest()

        await attempts.hangs(LEASES)
        crowd = [group.create_task(keep_coming()) for _ in range(3 * LEASES)]
        await settled(lambda: len(attempts.cut_off) == LEASES // 2)
        attempts.end.set()
        await settled(lambda: len(attempts.ended) == LEASES)
        assert not any(task.done() for task in crowd)
        stop.set()


async def test_while_nobody_else_waits_those_cut_off_may_have_all_leases_but_one() -> None:
    async with running(FakeIsolation(), LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts, release = Attempts(pool, group), asyncio.Event()

        async def honest() -> None:
            async with pool.lease():
                await release.wait()

        await attempts.hangs(LEASES)
        held = [group.create_task(honest()) for _ in range(LEASES // 2)]
        await settled(lambda: len(attempts.cut_off) == LEASES // 2)
        release.set()
        await asyncio.gather(*held)
        await settled(lambda: len(attempts.begun) == LEASES + 1)
        assert (pool.status().leased, pool.status().queued) == (LEASES - 1, 1)
        await attempts.honest()
        attempts.end.set()
    assert len(attempts.ended) == LEASES


async def test_of_what_hangs_an_owner_keeps_half_of_its_part_while_others_compete() -> None:
    async with running(FakeIsolation(), SHARED) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        await attempts.honest("polite")
        await attempts.hangs(6, "greedy")  # its part is two leases, of which one may be had by what hangs
        assert len(attempts.cut_off) >= 3
        await settled(lambda: pool.status().leased <= 3)
        await attempts.honest("polite")
        await attempts.honest("greedy")
        attempts.end.set()
    assert len(attempts.ended) == 6


async def test_what_steps_aside_leaves_its_owner_its_part_at_once() -> None:
    limits = replace(SHARED, shares=Shares(reserve=1, start_concurrency=4, leases=2))  # a part is one
    async with running(FakeIsolation(), limits) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        await attempts.honest("polite")
        attempts.usual_s = 0.05  # until after the honest one has come to wait
        await attempts.hangs(1, "greedy")
        await attempts.honest("greedy")
        assert (attempts.ended, attempts.cut_off) == ([], [])
        attempts.end.set()


async def test_a_single_lease_is_left_to_who_has_it() -> None:
    async with running(FakeIsolation(), replace(LIMITS, leases=1)) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        await attempts.hangs(1)
        waiting = group.create_task(attempts.honest())
        await settled(lambda: pool.status().queued == 1)
        assert attempts.cut_off == []
        attempts.end.set()
        await waiting


async def test_the_wait_to_begin_again_ends_like_any_other() -> None:
    async with running(FakeIsolation(), replace(LIMITS, leases=2)) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        aside = group.create_task(attempts.hang_again("aside"))
        await settled(lambda: attempts.begun == ["aside"])
        with pytest.raises(OverloadedError):
            async with pool.lease(wait_s=0.01, again=True):
                pass
        cancelled = group.create_task(attempts.hang("cancelled"))
        await settled(lambda: "cancelled" in attempts.begun)
        await attempts.honest()
        await settled(lambda: attempts.cut_off == ["cancelled"])
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        assert (pool.status().leased, pool.status().queued) == (1, 0)
        attempts.end.set()
        await aside
        async with pool.lease(again=True):  # its place came back
            pass


async def test_an_attempt_that_is_cut_off_has_its_sandbox_destroyed() -> None:
    isolation = FakeIsolation()
    async with running(isolation, LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        await attempts.hangs(LEASES)
        await attempts.honest()
        await settled(lambda: sum(sandbox.destroyed for sandbox in isolation.made) == 2)  # and the honest one's
        attempts.end.set()


async def test_the_time_to_wait_does_not_count_once_there_is_a_sandbox() -> None:
    async with running(FakeIsolation(), LIMITS) as pool:
        await settled(lambda: pool.status().ready == LEASES)
        over = asyncio.Event()
        async with pool.lease(wait_s=0.1):
            asyncio.get_running_loop().call_later(0.2, over.set)
            await over.wait()


async def may_all_begin_again(pool: Pool, attempts: Attempts, group: asyncio.TaskGroup) -> None:
    """As many as may be aside while nobody waits."""
    before = len(attempts.begun)
    for number in range(LEASES - 1):
        group.create_task(attempts.hang_again(f"again {number}"))
    await settled(lambda: len(attempts.begun) == before + LEASES - 1)


async def test_what_was_overdue_counts_no_more_once_it_has_ended() -> None:
    async with running(FakeIsolation(), LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        ending = await attempts.hangs(LEASES)
        for _ in range(10):
            await asyncio.sleep(0)
        attempts.end.set()
        await asyncio.gather(*ending)
        attempts.end.clear()
        await may_all_begin_again(pool, attempts, group)
        attempts.end.set()


async def test_what_ends_just_when_its_time_is_over_counts_no_more() -> None:
    async with running(FakeIsolation(), LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        for _ in range(2 * LEASES):
            async with pool.lease(usual_s=lambda: 0.0):
                pass
        await may_all_begin_again(pool, attempts, group)
        attempts.end.set()


async def test_what_ends_just_when_it_would_be_cut_off_does_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    async with running(FakeIsolation(), LIMITS) as pool, asyncio.TaskGroup() as group:
        attempts = Attempts(pool, group)
        await attempts.hangs(LEASES)
        for _ in range(10):
            await asyncio.sleep(0)
        honest = group.create_task(attempts.honest())
        group.create_task(_set(attempts.end))
        await honest
    assert "defect" not in caplog.text
    assert attempts.cut_off == []


async def _set(event: asyncio.Event) -> None:
    event.set()
