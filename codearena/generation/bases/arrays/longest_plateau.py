"""The longest run of equal neighbours."""

import random

from codearena.generation.base import FunctionBase, Probe


def longest_plateau(values: list[int]) -> tuple[int, int]:
    """Return start and length of the longest run of equal neighbours, the first of them; (0, 0) for an empty list."""
    best_start, best_length = 0, 0
    start = 0
    for at, value in enumerate(values):
        if value != values[start]:
            start = at
        if at - start + 1 > best_length:
            best_start, best_length = start, at - start + 1
    return best_start, best_length


def at_the_end(rng: random.Random) -> tuple[list[int]]:
    return ([1, 2, 2, 3, *[9] * rng.randint(3, 6)],)


def at_the_start(rng: random.Random) -> tuple[list[int]]:
    return ([*[4] * rng.randint(3, 6), 5, 5, 4],)


def two_of_one_length(rng: random.Random) -> tuple[list[int]]:
    length = rng.randint(2, 4)
    return ([0, *[7] * length, 1, *[8] * length, 0],)


def all_different(rng: random.Random) -> tuple[list[int]]:
    return (rng.sample(range(50), rng.randint(3, 8)),)


def all_equal(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(-9, 9)] * rng.randint(2, 9),)


def comes_back(rng: random.Random) -> tuple[list[int]]:
    return ([3, 3, rng.randint(4, 9), 3, 3, 3, 0, 3],)


def negative(rng: random.Random) -> tuple[list[int]]:
    return ([rng.choice([-1, -2]) for _ in range(12)],)


def many(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(0, 2) for _ in range(300)],)


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([value for _ in range(n // 4 + 1) for value in [rng.randint(0, 9)] * 4][:n],)


BASE = FunctionBase(
    solves=longest_plateau,
    title="Longest plateau",
    category="easy",
    level="easy",
    description="""
        A plateau is a run of equal values that stand next to each other. `longest_plateau(values)` returns a tuple of
        the position of the first value and the length of the longest plateau in the list `values`. If several are
        equally long it is the one that starts first. An empty list gives (0, 0).
    """,
    hints=(
        "Follow start and length by hand through a list whose longest plateau is the last.",
        "The length of the run that ends here is the distance from its start, with both ends counted.",
        "Of two plateaus of one length the first one stays: look at the comparison, and at when a run begins anew.",
    ),
    visible={
        "in the middle": ([1, 2, 2, 2, 3, 3],),
        "a tie": ([5, 5, 1, 1],),
        "an empty list": ([],),
    },
    hidden={
        "at the end": at_the_end,
        "at the start": at_the_start,
        "two of one length": two_of_one_length,
        "all different": all_different,
        "all equal": all_equal,
        "one value": ([-4],),
        "a value that comes back": comes_back,
        "negative values": negative,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
