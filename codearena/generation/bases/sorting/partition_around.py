"""A list in three parts around a pivot."""

import random

from codearena.generation.base import FunctionBase, Probe


def partition_around(values: list[int], pivot: int) -> list[int]:
    """Return the values below pivot, then those equal to it, then those above, each part in its old order."""
    below: list[int] = []
    equal: list[int] = []
    above: list[int] = []
    for value in values:
        part = below if value < pivot else above if value > pivot else equal
        part.append(value)
    return below + equal + above


def some(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(0, 9) for _ in range(12)], rng.randint(3, 6)


def pivot_is_absent(rng: random.Random) -> tuple[list[int], int]:
    return [2 * rng.randint(0, 20) for _ in range(9)], 2 * rng.randint(3, 15) + 1


def all_below(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(0, 9) for _ in range(6)], 10


def all_above(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(0, 9) for _ in range(6)], -1


def descending(rng: random.Random) -> tuple[list[int], int]:
    values = sorted(rng.sample(range(50), 9), reverse=True)
    return values, values[4]


def negative(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(-5, 5) for _ in range(14)], rng.randint(-2, 0)


def neighbours(rng: random.Random) -> tuple[list[int], int]:
    pivot = rng.randint(-9, 9)
    return rng.sample([pivot - 1, pivot, pivot + 1] * 3, 9), pivot


def many(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(-99, 99) for _ in range(300)], rng.randint(-30, 30)


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    return [rng.randrange(n) for _ in range(n)], n // 2


BASE = FunctionBase(
    solves=partition_around,
    title="Partition around a pivot",
    category="easy",
    level="easy",
    description="""
        `partition_around(values, pivot)` returns a new list with the ints of `values` in three parts: first those
        below `pivot`, then those equal to it, then those above it. Within each part the values keep the order that
        they have in `values`. The pivot need not be among the values. An empty list gives an empty list.
    """,
    hints=(
        "Into which part belongs a value that equals the pivot?",
        "Collect each part in a list of its own, in one pass from the left.",
        "Check the comparison of each part, and the order in which the parts are put together.",
    ),
    visible={
        "three parts": ([5, 1, 9, 5, 3, 7], 5),
        "no value is the pivot": ([4, 2], 3),
        "an empty list": ([], 1),
    },
    hidden={
        "some": some,
        "the pivot is absent": pivot_is_absent,
        "all below": all_below,
        "all above": all_above,
        "the one value is the pivot": ([3], 3),
        "descending": descending,
        "negative values": negative,
        "neighbours of the pivot": neighbours,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
