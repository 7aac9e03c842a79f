"""The smallest ship that carries everything in time: a search in the space of answers."""

import random

from codearena.generation.base import FunctionBase


def smallest_capacity(weights: list[int], days: int) -> int:
    """Return the least capacity with which the weights are shipped, in their order, within so many days.

    Raises:
        ValueError: days is below 1.
    """
    if days < 1:
        raise ValueError("there must be a day")
    low, high = max(weights, default=0), sum(weights)
    while low < high:
        capacity = (low + high) // 2
        if _days_needed(weights, capacity) <= days:
            high = capacity
        else:
            low = capacity + 1
    return low


def _days_needed(weights: list[int], capacity: int) -> int:
    days, load = 1, 0
    for weight in weights:
        if load + weight > capacity:
            days += 1
            load = 0
        load += weight
    return days


def some(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(1, 20) for _ in range(10)], rng.randint(3, 5)


def one_day(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(1, 20) for _ in range(6)], 1


def a_day_for_each(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(1, 20) for _ in range(5)], 5


def more_days_than_weights(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(1, 20) for _ in range(4)], rng.randint(6, 99)


def two_days(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(1, 30) for _ in range(7)], 2


def a_heavy_one(rng: random.Random) -> tuple[list[int], int]:
    return [3, 2, rng.randint(50, 90), 4, 1, 6], rng.randint(2, 4)


def all_equal(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(2, 9)] * 9, rng.choice([2, 3, 4])


def many(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(1, 99) for _ in range(200)], rng.randint(7, 20)


BASE = FunctionBase(
    solves=smallest_capacity,
    title="Smallest capacity",
    category="hard",
    level="hard",
    description="""
        A ship carries packages once a day. `smallest_capacity(weights, days)` returns the least capacity with which all
        packages are carried within `days` days. `weights` is a list of positive ints; the packages are loaded in its
        order, each day as many as fit, and a package is never split. A load may be exactly as heavy as the capacity. No
        packages need the capacity 0. Fewer than one day raises ValueError.
    """,
    hints=(
        "If a capacity is enough, every larger one is enough, too. What does that allow?",
        "Search the answer itself by halving: between the heaviest package and the sum of all.",
        "Check both ends of the range, what a day that just fits does, and what a day's load starts with.",
    ),
    visible={
        "three days": ([3, 2, 2, 4, 1, 4], 3),
        "one day": ([1, 2, 3], 1),
        "no packages": ([], 2),
        "no days": ([1], 0),
    },
    hidden={
        "some": some,
        "everything at once": one_day,
        "a day for each": a_day_for_each,
        "more days than packages": more_days_than_weights,
        "two days": two_days,
        "a heavy one": a_heavy_one,
        "one package": ([7], 3),
        "all equal": all_equal,
        "negative days": ([5, 5], -1),
        "two hundred": many,
    },
)
