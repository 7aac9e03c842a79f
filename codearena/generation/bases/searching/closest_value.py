"""The values of an ascending list that are closest to a target."""

import random
from bisect import bisect_left
from itertools import accumulate

from codearena.generation.base import FunctionBase, Probe


def closest_value(values: list[int], target: int) -> int:
    """Return the value that is closest to target, of two equally close ones the smaller.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("there are no values")
    at = bisect_left(values, target)
    if at == 0:
        return values[0]
    if at == len(values) or target - values[at - 1] <= values[at] - target:
        return values[at - 1]
    return values[at]


def present(rng: random.Random) -> tuple[list[int], int]:
    values = sorted(rng.sample(range(100), 8))
    return values, rng.choice(values)


def nearer_below(rng: random.Random) -> tuple[list[int], int]:
    values = list(range(0, 100, 10))
    return values, rng.choice(values[1:-1]) + rng.randint(1, 4)


def nearer_above(rng: random.Random) -> tuple[list[int], int]:
    values = list(range(0, 100, 10))
    return values, rng.choice(values[1:-1]) - rng.randint(1, 4)


def halfway(rng: random.Random) -> tuple[list[int], int]:
    values = list(range(0, 100, 10))
    return values, rng.choice(values[:-1]) + 5


def below_all(rng: random.Random) -> tuple[list[int], int]:
    return sorted(rng.sample(range(10, 99), 5)), rng.randint(-50, 9)


def above_all(rng: random.Random) -> tuple[list[int], int]:
    return sorted(rng.sample(range(10, 99), 5)), rng.randint(99, 150)


def duplicates(rng: random.Random) -> tuple[list[int], int]:
    return [2, 2, 2, 9, 9], rng.randint(1, 10)


def negative(rng: random.Random) -> tuple[list[int], int]:
    return sorted(rng.sample(range(-90, 0), 6)), rng.randint(-90, 5)


def many(rng: random.Random) -> tuple[list[int], int]:
    return sorted(rng.sample(range(2000), 250)), rng.randint(-5, 2005)


def make_input(n: int, rng: random.Random) -> tuple[list[int], list[int]]:
    values = list(accumulate(rng.choices(range(4, 16), k=n)))
    return values, [rng.randrange(values[-1]) for _ in range(8)]


BASE = FunctionBase(
    solves=closest_value,
    title="Closest value",
    category="easy",
    level="easy",
    description="""
        `closest_value(values, target)` returns the value of the ascending list of ints `values` whose distance to the
        int `target` is least. If two are equally close it returns the smaller one. The target may lie below or above
        all values. An empty list raises ValueError. The time must grow with the logarithm of the list's length.
    """,
    hints=(
        "Only two values can be closest: the last below the target and the first that is not.",
        "Find the position where the target would have to be inserted, and compare the values on both sides of it.",
        "On one side there may be no value. And which comparison makes a tie go to the smaller one?",
    ),
    visible={
        "between two": ([1, 4, 9], 5),
        "a tie": ([2, 6], 4),
        "an empty list": ([], 3),
    },
    hidden={
        "present": present,
        "nearer to the one below": nearer_below,
        "nearer to the one above": nearer_above,
        "halfway": halfway,
        "below all": below_all,
        "above all": above_all,
        "one value": ([7], 100),
        "duplicates": duplicates,
        "negative values": negative,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(50, 200, 800, 6400, 25600), vary=1, lend=0),
    optimal="O(log n)",
)
