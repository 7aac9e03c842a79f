"""The longest subsequence that rises."""

import random
from bisect import bisect_left

from codearena.generation.base import FunctionBase, Probe


def longest_rise(values: list[int]) -> int:
    """Return the length of the longest strictly ascending subsequence of values."""
    # tails[k] is the least value that ends a rise of k + 1 values.
    tails: list[int] = []
    for value in values:
        at = bisect_left(tails, value)
        tails[at : at + 1] = [value]
    return len(tails)


def ascending(rng: random.Random) -> tuple[list[int]]:
    return (sorted(rng.sample(range(100), rng.randint(4, 9))),)


def descending(rng: random.Random) -> tuple[list[int]]:
    return (sorted(rng.sample(range(100), rng.randint(4, 9)), reverse=True),)


def all_equal(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(0, 9)] * rng.randint(2, 7),)


def shuffled(rng: random.Random) -> tuple[list[int]]:
    return (rng.sample(range(50), 12),)


def duplicates(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(0, 4) for _ in range(15)],)


def two_rises(rng: random.Random) -> tuple[list[int]]:
    return ([*range(20, 20 + rng.randint(3, 5)), *range(rng.randint(5, 8))],)


def negative(rng: random.Random) -> tuple[list[int]]:
    return (rng.sample(range(-30, 0), 9),)


def many(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(-500, 500) for _ in range(300)],)


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([at + rng.randrange(n // 2 + 2) for at in range(n)],)


BASE = FunctionBase(
    solves=longest_rise,
    title="Longest rising subsequence",
    category="hard",
    level="hard",
    description="""
        `longest_rise(values)` returns the length of the longest strictly ascending subsequence of the list of ints
        `values`: values that follow each other in the list, not necessarily as neighbours, each larger than the one
        before. Equal values do not rise. An empty list has the length 0. The time must grow with n log n for n values.
    """,
    hints=(
        "For each length, remember the least value that a rise of that length can end with.",
        "These values are in ascending order, so the place of the next value among them is found by halving.",
        "Check what a value does that equals one of them, and what a value does that is larger than all.",
    ),
    visible={
        "four": ([10, 9, 2, 5, 3, 7, 101, 18],),
        "equal values do not rise": ([7, 7, 7],),
        "an empty list": ([],),
    },
    hidden={
        "ascending": ascending,
        "descending": descending,
        "all equal": all_equal,
        "in any order": shuffled,
        "duplicates": duplicates,
        "a later, lower rise": two_rises,
        "one value": ([3],),
        "negative values": negative,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n log n)",
)
