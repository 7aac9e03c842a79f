"""The mean of readings that come as numbers, texts or nothing."""

import random

from codearena.generation.base import FunctionBase

Reading = int | float | str | None


def mean_reading(readings: list[Reading]) -> float | None:
    """Return the mean of the readings that are there, or None if there are none.

    Raises:
        ValueError: a text is not empty and holds no number.
    """
    values = [float(reading) for reading in readings if reading is not None and reading != ""]
    return sum(values) / len(values) if values else None


def numbers(rng: random.Random) -> tuple[list[Reading]]:
    return ([rng.randint(1, 99) for _ in range(4)],)


def texts(rng: random.Random) -> tuple[list[Reading]]:
    return ([str(rng.randint(1, 99)) for _ in range(4)],)


def fractions(rng: random.Random) -> tuple[list[Reading]]:
    return ([rng.randint(1, 99) / 4, f"{rng.randint(1, 99)}.5", "1e2", "-0.25"],)


def zeros(rng: random.Random) -> tuple[list[Reading]]:
    return ([0, "0", 0.0, rng.randint(4, 99)],)


def missing(rng: random.Random) -> tuple[list[Reading]]:
    return (rng.sample([None, rng.randint(1, 50), "", str(rng.randint(1, 50)), None, 7], 6),)


def spaces(rng: random.Random) -> tuple[list[Reading]]:
    return ([f" {rng.randint(1, 99)} ", f"{rng.randint(1, 99)}\n"],)


def no_number(rng: random.Random) -> tuple[list[Reading]]:
    return ([rng.randint(1, 9), rng.choice(["n/a", "1,5", " ", "12 C"])],)


def negative(rng: random.Random) -> tuple[list[Reading]]:
    return ([-rng.randint(1, 40), str(-rng.randint(1, 40)), 3],)


def many(rng: random.Random) -> tuple[list[Reading]]:
    values = [rng.randint(-40, 40) for _ in range(256)]
    return ([str(value) if value % 3 else value for value in values],)


BASE = FunctionBase(
    solves=mean_reading,
    title="Mean of mixed readings",
    category="type_errors",
    level="easy",
    description="""
        `mean_reading(readings)` returns the mean, a float, of a list of readings. A reading is an int, a float, a
        string that holds a number as `float` reads it (with white space around it, maybe), or nothing: None and the
        empty string are left out and do not count. A reading of 0 counts. If no reading is left it returns None. A
        string that is not empty and holds no number raises ValueError.
    """,
    hints=(
        "Which kinds of values can be added, and which of them have to be turned into numbers first?",
        "Leave out what is nothing before you convert, and divide by the number of what is left.",
        "0 and nothing are not the same, and there may be nothing left to divide by.",
    ),
    visible={
        "numbers and texts": ([1, "2", 3.0],),
        "nothing": ([None, ""],),
        "no number": (["warm"],),
    },
    hidden={
        "numbers": numbers,
        "texts": texts,
        "fractions": fractions,
        "zeros count": zeros,
        "missing ones": missing,
        "white space": spaces,
        "not a number": no_number,
        "negative ones": negative,
        "no readings": ([],),
        "only zeros": ([0, "0"],),
        "many": many,
    },
    compare="approx",
)
