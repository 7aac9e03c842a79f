"""Turns: at each level of a path, name by name."""

import asyncio
import math
from contextlib import suppress

import pytest

from codearena.server.fairness import Competition, FairPlaces, FairQueue


def _order(queue: FairQueue[str]) -> list[str]:
    return [queue.pop() for _ in range(len(queue))]


def test_names_take_turns_and_items_of_one_leave_in_order() -> None:
    queue = FairQueue[str]()
    for item in ("a1", "a2", "a3", "b1"):
        queue.push(item, [item[0]])
    assert _order(queue) == ["a1", "b1", "a2", "a3"]


def test_many_names_below_one_gain_it_nothing() -> None:
    queue = FairQueue[str]()
    for number in range(3):
        queue.push(f"a{number}", ["a", f"batch-{number}"])
    queue.push("b", ["b", ""])
    assert _order(queue) == ["a0", "b", "a1", "a2"]


def test_what_is_removed_does_not_come_and_leaves_no_empty_turn() -> None:
    queue = FairQueue[str]()
    for item in ("a", "b"):
        queue.push(item, [item, "x"])
    assert queue.remove("a", ["a", "x"])
    assert not queue.remove("a", ["a", "x"])
    assert _order(queue) == ["b"]
    with pytest.raises(IndexError):
        queue.pop()


def test_the_oldest_is_the_one_that_has_waited_the_longest_whoevers_turn_it_is() -> None:
    now = iter([10.0, 20.0, 30.0])
    queue = FairQueue[str](lambda: next(now))
    for item in ("a1", "a2", "b1"):
        queue.push(item, [item[0]])
    assert queue.oldest_since == 10.0
    assert queue.pop() == "a1"
    assert queue.oldest_since == 20.0
    assert queue.remove("a2", ["a"])
    assert queue.oldest_since == 30.0
    assert queue.pop() == "b1"
    assert queue.oldest_since == math.inf


def test_a_name_that_may_not_now_is_passed_over_and_keeps_its_turn() -> None:
    queue = FairQueue[str]()
    for item in ("a1", "b1", "b2"):
        queue.push(item, [item[0]])
    assert queue.pop(lambda name: name != "a") == "b1"
    assert queue.pop() == "a1"
    with pytest.raises(IndexError):
        queue.pop(lambda name: name != "b")
    assert len(queue) == 1


def test_owners_compete_as_long_as_several_have_asked_lately() -> None:
    now = 0.0
    competition = Competition(10.0, lambda: now)
    competition.asks("a")
    competition.asks("a")
    assert not competition.going_on
    now = 6.0
    competition.asks("b")
    assert competition.going_on
    now = 11.0
    assert not competition.going_on


def test_an_owner_holds_what_it_has_not_given_back() -> None:
    competition = Competition(10.0)
    competition.takes("a")
    competition.takes("a")
    competition.gives_back("a")
    assert competition.held("a") == 1
    competition.gives_back("a")
    assert competition.held("a") == 0


async def _enter(places: FairPlaces, caller: str, entered: list[str]) -> None:
    async with places.place(caller):
        entered.append(caller)
        await asyncio.sleep(0)


async def test_who_has_many_waiting_for_a_place_delays_another_by_one_of_them() -> None:
    places, entered = FairPlaces(1), list[str]()
    await asyncio.gather(*(_enter(places, caller, entered) for caller in ["many", "many", "many", "one"]))
    assert entered == ["many", "many", "one", "many"]
    assert (places.free, places.held, places.waiting) == (1, 0, 0)


async def test_one_caller_holds_no_more_places_than_each_may() -> None:
    places, entered = FairPlaces(4, each=2), list[str]()
    async with places.place("many"), places.place("many"):
        waiting = [asyncio.create_task(_enter(places, "many", entered)) for _ in range(3)]
        await asyncio.sleep(0)
        assert (places.at_once("many"), places.at_once("one"), places.waiting) == (False, True, 3)
        await _enter(places, "one", entered)
        assert entered == ["one"]
    await asyncio.gather(*waiting)
    assert entered == ["one", "many", "many", "many"]
    assert (places.free, places.held, places.waiting) == (4, 0, 0)


async def test_a_place_goes_to_who_may_hold_another_although_one_waits_longer_who_may_not() -> None:
    places, entered = FairPlaces(2, each=1), list[str]()
    async with places.place("first"):
        async with places.place("second"):
            waiting = [asyncio.create_task(_enter(places, caller, entered)) for caller in ("first", "third")]
            await asyncio.sleep(0)
        await waiting[1]
        assert entered == ["third"]
    await waiting[0]
    assert (entered, places.free) == (["third", "first"], 2)


async def test_a_place_handed_to_one_who_leaves_goes_on_to_the_next() -> None:
    places, entered = FairPlaces(1), list[str]()
    async with places.place("first"):
        leaving = asyncio.create_task(_enter(places, "leaving", entered))
        last = asyncio.create_task(_enter(places, "last", entered))
        await asyncio.sleep(0)
    leaving.cancel()  # the place is its already, and it has not run since
    with suppress(asyncio.CancelledError):
        await leaving
    await last
    assert (entered, places.free) == (["last"], 1)
