"""The places of a batch: what takes longer than usual keeps no other item from beginning."""

import asyncio

import pytest

from gateway.bulk.places import Places, Usual
from tests.executor_service.test_pool import until

LONG_S = 1000.0


class Items:
    """Items that end when they are told to."""

    def __init__(self, places: Places, group: asyncio.TaskGroup) -> None:
        self._places = places
        self._group = group
        self.begun: list[str] = []
        self.end = asyncio.Event()

    def begin(self, name: str, usual_s: float) -> "asyncio.Task[None]":
        """As soon as there is a place for it."""

        async def held() -> None:
            async with self._places.place(usual_s):
                self.begun.append(name)
                await self.end.wait()

        return self._group.create_task(held())


async def rounds() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_more_are_under_way_than_there_are_places() -> None:
    async with asyncio.TaskGroup() as group:
        items = Items(Places(2), group)
        for name in "abc":
            items.begin(name, LONG_S)
        await rounds()
        assert items.begun == ["a", "b"]
        items.end.set()
    assert items.begun == ["a", "b", "c"]


async def test_who_takes_longer_than_usual_leaves_its_place_to_the_next() -> None:
    async with asyncio.TaskGroup() as group:
        items = Items(Places(2), group)
        for name in ("hangs", "hangs too"):
            items.begin(name, 0.0)
        items.begin("honest", LONG_S)
        await until(lambda: "honest" in items.begun)
        items.end.set()


async def test_as_many_as_there_are_places_may_be_aside_and_no_more() -> None:
    async with asyncio.TaskGroup() as group:
        items = Items(Places(2), group)
        for number in range(5):
            items.begin(f"hangs {number}", 0.0)
        await until(lambda: len(items.begun) == 4)
        await rounds()
        assert len(items.begun) == 4
        items.end.set()
    assert len(items.begun) == 5


async def test_when_one_that_is_aside_ends_the_next_overdue_one_makes_room() -> None:
    async with asyncio.TaskGroup() as group:
        items = Items(Places(1), group)
        aside = items.begin("aside", 0.0)
        items.begin("overdue", 0.0)
        items.begin("waits", LONG_S)
        await until(lambda: len(items.begun) == 2)
        await rounds()
        assert items.begun == ["aside", "overdue"]
        aside.cancel()
        await until(lambda: items.begun[-1] == "waits")
        items.end.set()


async def test_every_place_comes_back() -> None:
    places = Places(2)
    for end in ("cancelled", "ended"):
        async with asyncio.TaskGroup() as group:
            items = Items(places, group)
            under_way = [items.begin(f"{end} {number}", 0.0) for number in range(4)]
            await until(lambda: len(items.begun) == 4)  # noqa: B023
            if end == "cancelled":
                for task in under_way:
                    task.cancel()
            items.end.set()
    async with asyncio.TaskGroup() as group:
        items = Items(places, group)
        for name in "abc":
            items.begin(name, LONG_S)
        await rounds()
        assert items.begun == ["a", "b"]
        items.end.set()


def test_what_is_usual_is_told_by_the_quick_ones_of_the_same_task() -> None:
    usual = Usual()
    for took_s in (0.2, 0.2, 9.0, 9.0):
        usual.note("easy-1", took_s)
    usual.note("hard-1", 2.0)
    assert (usual.quick_s("easy-1"), usual.quick_s("hard-1"), usual.quick_s("new")) == (0.2, 2.0, 0.0)
    assert usual.longest_s("easy-1") == pytest.approx(0.8)
    assert usual.longest_s("hard-1") == pytest.approx(8.0)


def test_items_at_quick_tasks_begin_first_and_the_others_in_their_order() -> None:
    usual = Usual()
    usual.note("slow", 2.0)
    usual.note("quick", 0.1)
    items = [{"task_id": name} for name in ("slow", "quick", "slow", "quick")]
    assert usual.quick_first([*items, None, {"task_id": 7}, {"source": ""}]) == [4, 5, 6, 1, 3, 0, 2]


def test_of_a_task_that_nothing_is_known_of_something_is_usual_all_the_same() -> None:
    assert Usual().longest_s("new") > 0
