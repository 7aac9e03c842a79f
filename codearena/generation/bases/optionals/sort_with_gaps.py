"""Values in order, and what is missing at the end."""

import random

from codearena.generation.base import FunctionBase, Probe

Values = list[int | None]


def sort_with_gaps(values: Values, descending: bool) -> Values:
    """Return the values in order, upwards or downwards, with every None at the end."""
    present = [value for value in values if value is not None]
    gaps: Values = [None] * (len(values) - len(present))
    return sorted(present, reverse=descending) + gaps


def upwards(rng: random.Random) -> tuple[Values, bool]:
    return _values(rng, 9), False


def downwards(rng: random.Random) -> tuple[Values, bool]:
    return _values(rng, 9), True


def zeros(rng: random.Random) -> tuple[Values, bool]:
    return [rng.randint(1, 9), 0, None, -rng.randint(1, 9), 0], rng.random() < 0.5


def no_gaps(rng: random.Random) -> tuple[Values, bool]:
    return [rng.randint(-9, 9) for _ in range(6)], rng.random() < 0.5


def only_gaps(rng: random.Random) -> tuple[Values, bool]:
    return [None] * rng.randint(2, 5), True


def gap_first(rng: random.Random) -> tuple[Values, bool]:
    return [None, rng.randint(5, 9), rng.randint(1, 4)], False


def duplicates(rng: random.Random) -> tuple[Values, bool]:
    return [rng.choice([1, 2, None]) for _ in range(10)], True


def many(rng: random.Random) -> tuple[Values, bool]:
    return _values(rng, 300), True


def make_input(n: int, rng: random.Random) -> tuple[Values, bool]:
    return _values(rng, n), True


def _values(rng: random.Random, count: int) -> Values:
    return [None if rng.random() < 0.2 else rng.randint(-999, 999) for _ in range(count)]


BASE = FunctionBase(
    solves=sort_with_gaps,
    title="Sort with gaps",
    category="type_errors",
    level="easy",
    description="""
        `sort_with_gaps(values, descending)` returns a new list with the ints of `values` in ascending order, or in
        descending order if `descending` is true, and behind them, in both cases, as many None as there are in `values`.
        0 is a value like any other. An empty list gives an empty list. The time must grow with n log n for n values.
    """,
    hints=(
        "None cannot be compared with a number.",
        "Sort what is there apart from what is not.",
        "0 is not None, and turning a sorted list round moves the gaps to its start.",
    ),
    visible={
        "upwards": ([3, None, 1], False),
        "downwards": ([None, 1, 3], True),
        "an empty list": ([], False),
    },
    hidden={
        "more upwards": upwards,
        "more downwards": downwards,
        "zeros": zeros,
        "no gaps": no_gaps,
        "gaps only": only_gaps,
        "a gap at the start": gap_first,
        "one gap": ([None], False),
        "duplicates": duplicates,
        "many": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n log n)",
)
