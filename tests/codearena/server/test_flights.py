"""The same asked for twice is done once."""

import asyncio

import pytest

from codearena.errors import SandboxError, ServiceError
from codearena.server.flights import Flights


async def test_who_joins_does_not_share_our_failure() -> None:
    flights: Flights[int] = Flights(0)
    failing, tries = asyncio.Event(), 0

    async def make() -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            await failing.wait()
            raise SandboxError("lost")
        return tries

    first = asyncio.create_task(flights.result("k", make, keep=False))
    second = asyncio.create_task(flights.result("k", make, keep=False))
    await asyncio.sleep(0)
    failing.set()
    with pytest.raises(ServiceError):
        await first
    assert await second == (2, False)


async def test_work_goes_on_while_anybody_waits_and_no_longer() -> None:
    flights: Flights[str] = Flights(0)
    go, ended = asyncio.Event(), asyncio.Event()

    async def make() -> str:
        try:
            await go.wait()
        finally:
            ended.set()
        return "made"

    first, second = (asyncio.create_task(flights.result("k", make, keep=False)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    assert not ended.is_set()
    go.set()
    assert await second == ("made", True)
    ended.clear()
    go.clear()
    last = asyncio.create_task(flights.result("k", make, keep=False))
    await asyncio.sleep(0)
    last.cancel()
    await ended.wait()


async def test_what_is_kept_is_given_for_its_time() -> None:
    now = 0.0
    flights: Flights[int] = Flights(10, clock=lambda: now)
    made = iter(range(9))

    async def make() -> int:
        return next(made)

    assert await flights.result("k", make, keep=True) == (0, False)
    await asyncio.sleep(0)
    now = 9.9
    assert await flights.result("k", make, keep=True) == (0, True)
    now = 10.0
    assert await flights.result("k", make, keep=True) == (1, False)
