"""Promises of the bounded queue."""

import asyncio
from contextlib import suppress

import pytest

from codearena.errors import OverloadedError
from judge_service.gate import Gate


async def _hold(gate: Gate, release: asyncio.Event, caller: str = "") -> None:
    async with gate.place(caller):
        await release.wait()


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_no_more_than_the_places_are_inside_and_the_rest_waits() -> None:
    gate, release = Gate("judgement", 2, 8, 1.0), asyncio.Event()
    tasks = [asyncio.create_task(_hold(gate, release)) for _ in range(5)]
    await _settle()
    assert (gate.held, gate.waiting) == (2, 3)
    release.set()
    await asyncio.gather(*tasks)
    assert (gate.held, gate.waiting) == (0, 0)


async def test_beyond_the_queue_one_is_refused_with_the_time_to_wait() -> None:
    gate, release = Gate("judgement", 1, 1, 2.5), asyncio.Event()
    tasks = [asyncio.create_task(_hold(gate, release)) for _ in range(2)]
    await _settle()
    with pytest.raises(OverloadedError) as refused:
        await _hold(gate, release)
    assert refused.value.retry_after_s == 2.5
    release.set()
    await asyncio.gather(*tasks)


async def test_the_queue_is_bounded_for_one_who_holds_all_it_may_although_places_are_free() -> None:
    gate, release = Gate("source", 4, 1, 1.0, each=1), asyncio.Event()
    tasks = [asyncio.create_task(_hold(gate, release, "many")) for _ in range(2)]
    await _settle()
    with pytest.raises(OverloadedError):
        await _hold(gate, release, "many")
    tasks.append(asyncio.create_task(_hold(gate, release, "one")))
    await _settle()
    assert (gate.held, gate.waiting) == (2, 1)
    release.set()
    await asyncio.gather(*tasks)


async def test_a_cancelled_waiter_leaves_its_place_in_the_queue() -> None:
    gate, release = Gate("judgement", 1, 1, 1.0), asyncio.Event()
    holder, waiter = (asyncio.create_task(_hold(gate, release)) for _ in range(2))
    await _settle()
    waiter.cancel()
    with suppress(asyncio.CancelledError):
        await waiter
    assert gate.waiting == 0
    release.set()
    await holder
    await _hold(gate, release)


async def test_who_has_many_waiting_delays_another_by_one_of_them() -> None:
    gate, entered = Gate("judgement", 1, 8, 1.0), list[str]()

    async def enter(caller: str) -> None:
        async with gate.place(caller):
            entered.append(caller)
            await asyncio.sleep(0)

    await asyncio.gather(*(enter(caller) for caller in ["greedy", "greedy", "greedy", "greedy", "polite"]))
    assert entered == ["greedy", "greedy", "polite", "greedy", "greedy"]
