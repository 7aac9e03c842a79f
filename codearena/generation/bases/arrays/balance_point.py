"""The position at which both sides of a list weigh the same."""

import random

from codearena.generation.base import FunctionBase, Probe


def balance_point(weights: list[int]) -> int:
    """Return the first position whose left and right neighbours have equal sums, or -1."""
    left, right = 0, sum(weights)
    for at, weight in enumerate(weights):
        right -= weight
        if left == right:
            return at
        left += weight
    return -1


def balanced(rng: random.Random) -> tuple[list[int]]:
    side = [rng.randint(1, 20) for _ in range(rng.randint(2, 5))]
    return ([*side, rng.randint(1, 20), *reversed(side)],)


def at_the_start(rng: random.Random) -> tuple[list[int]]:
    some = rng.randint(1, 50)
    return ([rng.randint(1, 9), some, 1, -some, -1],)


def at_the_end(rng: random.Random) -> tuple[list[int]]:
    some = rng.randint(2, 50)
    return ([some, 1, -some, -1, rng.randint(1, 9)],)


def several(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(1, 9), 0, 0, 0, -1, 1],)


def zeros(rng: random.Random) -> tuple[list[int]]:
    return ([0] * rng.randint(2, 6),)


def unbalanced(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(1, 9), 100, rng.randint(1, 9), 1000],)


def negative(rng: random.Random) -> tuple[list[int]]:
    side = [-rng.randint(1, 20) for _ in range(3)]
    return ([*side, rng.randint(-9, 9), sum(side)],)


def many(rng: random.Random) -> tuple[list[int]]:
    side = [rng.randint(-99, 99) for _ in range(150)]
    return ([1000, *side, 7, *rng.sample(side, 150), 1000],)


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(1, 9) for _ in range(n - 1)] + [10 * n],)


BASE = FunctionBase(
    solves=balance_point,
    title="Balance point",
    category="easy",
    level="easy",
    description="""
        `balance_point(weights)` returns the first position in the list of ints `weights` where the sum of all weights
        before it equals the sum of all weights behind it; the weight at the position itself belongs to neither. The sum
        of no weights is 0, so the first and the last position can be balance points. If there is none, or the list is
        empty, it returns -1. The time must grow linearly with the length of the list.
    """,
    hints=(
        "Write down both sums for each position of a short list.",
        "From one position to the next, each side changes by one weight. Which weight leaves which side, and when?",
        "At the comparison, the weight at the position must have left the right side and not yet be part of the left.",
    ),
    visible={
        "in the middle": ([1, 7, 3, 6, 5, 6],),
        "none": ([1, 2, 3],),
        "one weight": ([9],),
        "an empty list": ([],),
    },
    hidden={
        "two equal sides": balanced,
        "at the start": at_the_start,
        "at the end": at_the_end,
        "the first of several": several,
        "zeros only": zeros,
        "not balanced": unbalanced,
        "two weights": ([4, 4],),
        "negative weights": negative,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
