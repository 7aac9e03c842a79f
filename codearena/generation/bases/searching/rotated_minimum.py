"""The least value of a rotated ascending list."""

import random
from itertools import accumulate

from codearena.generation.base import FunctionBase, Probe


def rotated_minimum(values: list[int]) -> int:
    """Return the position of the least of the distinct values, an ascending list that was rotated.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("there are no values")
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        if values[middle] > values[high]:
            low = middle + 1
        else:
            high = middle
    return low


def rotated(rng: random.Random) -> tuple[list[int]]:
    return (_rotated(rng, rng.randint(5, 9), rng.randint(2, 4)),)


def not_rotated(rng: random.Random) -> tuple[list[int]]:
    return (_rotated(rng, rng.randint(4, 9), 0),)


def by_one(rng: random.Random) -> tuple[list[int]]:
    return (_rotated(rng, rng.randint(4, 9), 1),)


def least_is_last(rng: random.Random) -> tuple[list[int]]:
    return (_rotated(rng, 7, 6),)


def two_rotated(rng: random.Random) -> tuple[list[int]]:
    return (_rotated(rng, 2, 1),)


def two_in_order(rng: random.Random) -> tuple[list[int]]:
    return (_rotated(rng, 2, 0),)


def one(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(-9, 9)],)


def many(rng: random.Random) -> tuple[list[int]]:
    return (_rotated(rng, 300, rng.randint(1, 299)),)


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    values = list(accumulate(rng.choices(range(1, 9), k=n)))
    cut = rng.randint(n // 4, n // 2)
    return (values[cut:] + values[:cut],)


def _rotated(rng: random.Random, count: int, places: int) -> list[int]:
    values = sorted(rng.sample(range(-500, 500), count))
    return values[places:] + values[:places]


BASE = FunctionBase(
    solves=rotated_minimum,
    title="Minimum of a rotated list",
    category="medium",
    level="medium",
    description="""
        `rotated_minimum(values)` takes a list of distinct ints that was in ascending order and then rotated: some
        values, maybe none, were moved from its start to its end without changing their order. It returns the position
        of the least value. An empty list raises ValueError. The time must grow with the logarithm of the list's
        length.
    """,
    hints=(
        "Compare the value in the middle with the last one. Where can the least value be then?",
        "If the middle is larger than the last value, the least lies behind the middle; otherwise at it or before it.",
        "Try lists of one and of two values: the range must shrink every turn and must never lose the answer.",
    ),
    visible={
        "in the middle": ([4, 5, 7, 1, 2],),
        "not rotated": ([1, 2, 3],),
        "an empty list": ([],),
    },
    hidden={
        "rotated by some": rotated,
        "in order": not_rotated,
        "rotated by one": by_one,
        "the least is the last": least_is_last,
        "two, rotated": two_rotated,
        "two, in order": two_in_order,
        "one value": one,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(50, 200, 800, 6400, 25600), lend=0),
    optimal="O(log n)",
)
