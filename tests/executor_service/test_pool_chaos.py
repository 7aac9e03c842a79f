"""The pool in an order of events that nobody thought of: nothing leaks, nobody waits for ever."""

import asyncio
import contextlib
import random
from dataclasses import replace

import pytest

from codearena.errors import OverloadedError, SandboxError
from executor_service.overtime import OutlivedError
from executor_service.pool import Pool
from executor_service.sharing import Shares
from tests.executor_service.fakes import FakeIsolation
from tests.executor_service.test_pool import LIMITS, running

SHARES = Shares(reserve=1, start_concurrency=1, leases=2)


class Chaos:
    """Attempts of three owners that are quick, hang until all else is done, fail, or are given up at any point."""

    def __init__(self, pool: Pool, isolation: FakeIsolation, chance: random.Random) -> None:
        self._pool = pool
        self._isolation = isolation
        self._chance = chance
        self.end = asyncio.Event()
        self.seen: list[str] = []

    async def attempt(self) -> None:
        owner, usual_s = self._chance.choice("abc"), self._chance.choice((None, 0.0, 1000.0))
        with contextlib.suppress(OverloadedError, SandboxError, ZeroDivisionError):
            try:
                await self._held(owner, usual_s, again=False)
            except OutlivedError:
                await self._held(owner, None, again=True)

    async def _held(self, owner: str, usual_s: float | None, *, again: bool) -> None:
        usual = None if usual_s is None else lambda: usual_s
        async with self._pool.lease(owner, self._chance.choice((None, 30.0)), usual, again=again) as sandbox:
            self.seen.append(sandbox.sandbox_id)
            assert self._pool.status().leased <= LIMITS.leases
            if self._chance.random() < 0.1:
                raise ZeroDivisionError
            if self._chance.random() < 0.2:
                await self.end.wait()
            await self.some_rounds()

    async def some_rounds(self) -> None:
        for _ in range(self._chance.randrange(6)):
            await asyncio.sleep(0)

    async def disturb(self) -> None:
        """Sandboxes die while they are ready, and for a while none can be made or removed."""
        for _ in range(60):
            await self.some_rounds()
            self._isolation.broken = self._chance.random() < 0.3
            (self._isolation.removal.set if self._chance.random() < 0.6 else self._isolation.removal.clear)()
            if self._isolation.existing and self._chance.random() < 0.2:
                self._chance.choice(self._isolation.existing).die()
        self._isolation.broken = False
        self._isolation.removal.set()


@pytest.mark.parametrize("shares", [None, SHARES], ids=["alone", "shared"])
@pytest.mark.parametrize("seed", range(10))
async def test_nothing_leaks_and_nobody_waits_for_ever(
    seed: int, shares: Shares | None, caplog: pytest.LogCaptureFixture
) -> None:
    chance, isolation = random.Random(seed), FakeIsolation()
    limits = replace(LIMITS, waiting=20, maximum=6, shares=shares)
    async with running(isolation, limits, jitter=lambda: -1.0) as pool:
        chaos = Chaos(pool, isolation, chance)
        disturbing = asyncio.create_task(chaos.disturb())
        attempts = []
        for _ in range(150):
            attempts.append(asyncio.create_task(chaos.attempt()))
            await chaos.some_rounds()
            if chance.random() < 0.2:
                chance.choice(attempts).cancel()
        await disturbing
        chaos.end.set()
        await asyncio.wait_for(asyncio.gather(*attempts, return_exceptions=True), 30)
        for attempt in attempts:
            assert attempt.cancelled() or attempt.exception() is None
        async with asyncio.timeout(30), pool.lease("later"):
            pass
    assert isolation.existing == []
    assert len(set(chaos.seen)) == len(chaos.seen)
    assert "defect" not in caplog.text
