"""Numbers as the Romans wrote them."""

import random

from codearena.generation.base import FunctionBase

VALUES = {
    "M": 1000, "CM": 900, "D": 500, "CD": 400, "C": 100, "XC": 90, "L": 50, "XL": 40, "X": 10, "IX": 9,
    "V": 5, "IV": 4, "I": 1,
}  # fmt: skip


def to_roman(number: int) -> str:
    """Return the Roman numeral of a number.

    Raises:
        ValueError: number is below 1 or above 3999.
    """
    if number < 1 or number > 3999:
        raise ValueError(f"there is no numeral for {number}")
    numeral = ""
    for letters, value in VALUES.items():
        count, number = divmod(number, value)
        numeral += letters * count
    return numeral


def units(rng: random.Random) -> tuple[int]:
    return (rng.randint(2, 9),)


def nines(rng: random.Random) -> tuple[int]:
    return (rng.choice([9, 99, 999, 1999, 2999, 949, 499]),)


def fours(rng: random.Random) -> tuple[int]:
    return (rng.choice([44, 444, 1444, 2440, 3444]),)


def fives(rng: random.Random) -> tuple[int]:
    return (rng.choice([55, 555, 1555, 505]),)


def repeated(rng: random.Random) -> tuple[int]:
    return (rng.choice([3, 33, 333, 3333, 888, 3888]),)


def a_year(rng: random.Random) -> tuple[int]:
    return (rng.randint(1000, 2100),)


def thousands(rng: random.Random) -> tuple[int]:
    return (1000 * rng.randint(1, 3),)


def too_large(rng: random.Random) -> tuple[int]:
    return (rng.randint(4001, 9999),)


def negative(rng: random.Random) -> tuple[int]:
    return (-rng.randint(1, 99),)


BASE = FunctionBase(
    solves=to_roman,
    title="Roman numerals",
    category="easy",
    level="easy",
    description="""
        `to_roman(number)` returns the Roman numeral of an int from 1 to 3999, in capital letters and in the usual
        form with subtraction: 4 is IV, 9 is IX, 40 is XL, 90 is XC, 400 is CD and 900 is CM. Any other int raises
        ValueError.
    """,
    hints=(
        "Work from the largest value down, and include the forms with subtraction among the values.",
        "How often does a value go into what is left?",
        "Check each letter and its value, their order, and both ends of the range.",
    ),
    visible={
        "a year": (1994,),
        "four": (4,),
        "zero": (0,),
    },
    hidden={
        "one": (1,),
        "units": units,
        "nines": nines,
        "fours": fours,
        "fives": fives,
        "repeated letters": repeated,
        "another year": a_year,
        "whole thousands": thousands,
        "every form with subtraction": (1949,),
        "the rest of them": (2494,),
        "the largest": (3999,),
        "one beyond": (4000,),
        "far beyond": too_large,
        "negative": negative,
        "every letter": (1666,),
        "ninety": (90,),
        "fifty": (54,),
    },
)
