"""A list, turned by some places."""

import random

from codearena.generation.base import FunctionBase, Probe


def rotate_left(values: list[int], places: int) -> list[int]:
    """Return values turned to the left by so many places; negative ones turn to the right."""
    if not values:
        return []
    cut = places % len(values)
    return values[cut:] + values[:cut]


def by_one(rng: random.Random) -> tuple[list[int], int]:
    return rng.sample(range(100), 5), 1


def by_some(rng: random.Random) -> tuple[list[int], int]:
    return rng.sample(range(100), 9), rng.randint(2, 7)


def full_turn(rng: random.Random) -> tuple[list[int], int]:
    return rng.sample(range(100), 6), 6


def beyond_a_turn(rng: random.Random) -> tuple[list[int], int]:
    return rng.sample(range(100), 5), rng.choice([6, 7, 13, 14, 503])


def to_the_right(rng: random.Random) -> tuple[list[int], int]:
    return rng.sample(range(100), 7), -rng.randint(1, 3)


def far_to_the_right(rng: random.Random) -> tuple[list[int], int]:
    return rng.sample(range(100), 4), -rng.choice([5, 6, 7, 401])


def duplicates(rng: random.Random) -> tuple[list[int], int]:
    return [1, 1, 2, 1, 1, 3], rng.randint(1, 5)


def many(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randrange(1000) for _ in range(400)], rng.randint(1, 399)


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    return [rng.randrange(1000) for _ in range(n)], n // 2 + rng.randint(0, 3)


BASE = FunctionBase(
    solves=rotate_left,
    title="Rotate a list",
    category="easy",
    level="easy",
    description="""
        `rotate_left(values, places)` returns a new list with the items of `values`, each of them `places` positions
        further to the left; items that leave at the left end come in again at the right end, in the same order. The
        places may be zero, negative (the items then move to the right) and larger than the list is long. An empty list
        gives an empty list, whatever the places are.
    """,
    hints=(
        "Which item comes first in the result? Write its position as an expression of places and length.",
        "A full turn changes nothing, so only the remainder of places and length counts.",
        "The result is the part from the cut on, then the part before the cut; an empty list has no remainder.",
    ),
    visible={
        "by two": ([1, 2, 3, 4, 5], 2),
        "by nothing": ([1, 2, 3], 0),
        "an empty list": ([], 3),
        "to the right": ([1, 2, 3, 4], -1),
    },
    hidden={
        "by one": by_one,
        "by some": by_some,
        "a full turn": full_turn,
        "beyond a full turn": beyond_a_turn,
        "to the right by some": to_the_right,
        "far to the right": far_to_the_right,
        "the one item": ([8], 5),
        "an empty list by nothing": ([], 0),
        "duplicates": duplicates,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(200, 800, 3200, 12800, 51200)),
    optimal="O(n)",
)
