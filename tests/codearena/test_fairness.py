"""Turns: at each level of a path, name by name."""

import math

import pytest

from codearena.fairness import FairQueue


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
