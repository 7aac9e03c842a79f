"""Where equal values begin and end in an ascending list."""

import random
from itertools import accumulate

from codearena.generation.base import FunctionBase, Probe


def insertion_range(values: list[int], target: int) -> tuple[int, int]:
    """Return how many of the ascending values are below target, and how many are not above it."""
    return _count_below(values, target), _count_below(values, target + 1)


def _count_below(values: list[int], bound: int) -> int:
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < bound:
            low = middle + 1
        else:
            high = middle
    return low


def once(rng: random.Random) -> tuple[list[int], int]:
    values = sorted(rng.sample(range(100), rng.randint(4, 9)))
    return values, rng.choice(values)


def several_times(rng: random.Random) -> tuple[list[int], int]:
    values = sorted(rng.choices(range(5), k=12))
    return values, rng.choice(values)


def absent(rng: random.Random) -> tuple[list[int], int]:
    return sorted(rng.sample(range(0, 100, 2), 7)), 2 * rng.randint(5, 45) + 1


def below_all(rng: random.Random) -> tuple[list[int], int]:
    return sorted(rng.sample(range(10, 99), 6)), rng.randint(-5, 9)


def above_all(rng: random.Random) -> tuple[list[int], int]:
    return sorted(rng.sample(range(10, 99), 6)), rng.randint(99, 120)


def all_equal(rng: random.Random) -> tuple[list[int], int]:
    return [rng.choice([4, 5, 6])] * rng.randint(2, 9), 5


def the_first(rng: random.Random) -> tuple[list[int], int]:
    values = sorted(rng.sample(range(-50, 50), 8))
    return values, values[0]


def the_last(rng: random.Random) -> tuple[list[int], int]:
    values = sorted(rng.sample(range(-50, 50), 8))
    return values, values[-1]


def many(rng: random.Random) -> tuple[list[int], int]:
    return sorted(rng.choices(range(60), k=300)), rng.randint(0, 60)


def make_input(n: int, rng: random.Random) -> tuple[list[int], list[int]]:
    values = list(accumulate(rng.choices(range(4, 16), k=n)))
    return values, [rng.choice(values) for _ in range(8)]


BASE = FunctionBase(
    solves=insertion_range,
    title="Range of equal values",
    category="medium",
    level="medium",
    description="""
        `insertion_range(values, target)` looks for an int in an ascending list of ints that may hold a value several
        times. It returns a tuple (start, end): how many values are below `target`, and how many are not above it. So
        the values equal to the target are `values[start:end]`; if there are none, both are the position where it would
        have to be inserted. An empty list gives (0, 0). The time must grow with the logarithm of the list's length.
    """,
    hints=(
        "Both numbers are answers to one question: how many values are below a bound?",
        "Halve a range of positions. At its end, low is the first position whose value is not below the bound.",
        "Check that every turn leaves a smaller range, that high starts behind the list, and what equal values do.",
    ),
    visible={
        "twice": ([1, 3, 3, 7], 3),
        "absent": ([1, 3, 3, 7], 5),
        "an empty list": ([], 4),
    },
    hidden={
        "once": once,
        "several times": several_times,
        "between two values": absent,
        "below all": below_all,
        "above all": above_all,
        "all equal": all_equal,
        "the first": the_first,
        "the last": the_last,
        "one value": ([2], 2),
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(50, 200, 800, 6400, 25600), vary=1, lend=0),
    optimal="O(log n)",
)
