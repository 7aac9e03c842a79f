"""Versions, which are no decimal numbers."""

import random

from codearena.generation.base import FunctionBase


def newest_version(versions: list[str]) -> str | None:
    """Return the newest version, the first of several equal ones; None if there are none.

    Raises:
        ValueError: a version is not made of numbers with dots between them.
    """
    return max(versions, key=_numbers, default=None)


def _numbers(version: str) -> list[int]:
    """Return the numbers of a version, without zeros at the end."""
    parts = version.split(".")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"{version!r} is no version")
    numbers = [int(part) for part in parts]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


def two_digits(rng: random.Random) -> tuple[list[str]]:
    major = rng.randint(1, 9)
    return (rng.sample([f"{major}.9", f"{major}.10", f"{major}.2"], 3),)


def major_first(rng: random.Random) -> tuple[list[str]]:
    return (rng.sample(["2.0.0", f"1.{rng.randint(10, 99)}.9", "1.99"], 3),)


def longer_is_newer(rng: random.Random) -> tuple[list[str]]:
    return (rng.sample(["1.2", f"1.2.{rng.randint(1, 9)}"], 2),)


def zeros_at_the_end(rng: random.Random) -> tuple[list[str]]:
    return (rng.sample(["1.2", "1.2.0", "1.2.0.0"], 3),)


def zeros_inside(rng: random.Random) -> tuple[list[str]]:
    return (rng.sample(["1.0.1", "1.0", "1.0.0.9"], 3),)


def leading_zeros(rng: random.Random) -> tuple[list[str]]:
    return (rng.sample([f"1.0{rng.randint(3, 9)}", "1.2"], 2),)


def only_zeros(rng: random.Random) -> tuple[list[str]]:
    return (rng.sample(["0.0", "0", "0.0.0"], 3),)


def broken(rng: random.Random) -> tuple[list[str]]:
    return (["1.0", rng.choice(["1.x", "", "1..2", "v1", "1.", " 1", "-1", "1.0b2", "²"])],)


def many(rng: random.Random) -> tuple[list[str]]:
    return ([f"{rng.randint(0, 3)}.{rng.randint(0, 20)}.{rng.randint(0, 20)}" for _ in range(150)],)


BASE = FunctionBase(
    solves=newest_version,
    title="Newest version",
    category="type_errors",
    level="easy",
    description="""
        `newest_version(versions)` returns the newest string of a list of versions, as it is written there. A version is
        made of one or more numbers (digits 0 to 9) with dots between them; versions are compared number by number from
        the left, and numbers that are missing at the end count as 0, so that 1.10 is newer than 1.9, and 1.0 and 1 are
        equal. Of several equal ones the first is returned; an empty list gives None. A version of another form raises
        ValueError.
    """,
    hints=(
        "Why is '1.10' < '1.9' as strings, and 1.10 < 1.9 as floats?",
        "Compare lists of ints. Lists are compared from the left already.",
        "Zeros at the end make a list longer but no version newer; zeros inside count.",
    ),
    visible={
        "ten after nine": (["1.9", "1.10"],),
        "equal": (["1.0", "1"],),
        "none": ([],),
        "not a version": (["1.a"],),
    },
    hidden={
        "two digits": two_digits,
        "the first number counts most": major_first,
        "longer is newer": longer_is_newer,
        "zeros at the end": zeros_at_the_end,
        "zeros inside": zeros_inside,
        "leading zeros": leading_zeros,
        "only zeros": only_zeros,
        "the only one": (["0.1"],),
        "broken": broken,
        "other digits": (["1.²"],),
        "digits of another alphabet": (["1.٣"],),
        "many": many,
    },
)
