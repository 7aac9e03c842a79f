"""Numbers in other bases."""

import random

from codearena.generation.base import FunctionBase

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def to_base(number: int, base: int) -> str:
    """Return number as it is written in a base, with digits from 0 to z.

    Raises:
        ValueError: base is below 2 or above 36.
    """
    if base < 2 or base > 36:
        raise ValueError(f"there is no base {base}")
    left = abs(number)
    digits = DIGITS[left % base]
    while left >= base:
        left //= base
        digits = DIGITS[left % base] + digits
    return "-" + digits if number < 0 else digits


def binary(rng: random.Random) -> tuple[int, int]:
    return rng.randint(2, 255), 2


def hexadecimal(rng: random.Random) -> tuple[int, int]:
    return rng.randint(16, 99999), 16


def of_one_digit(rng: random.Random) -> tuple[int, int]:
    base = rng.randint(3, 36)
    return rng.randrange(1, base), base


def the_base_itself(rng: random.Random) -> tuple[int, int]:
    base = rng.randint(2, 36)
    return base, base


def one_below_a_power(rng: random.Random) -> tuple[int, int]:
    base = rng.randint(2, 36)
    return base ** rng.randint(2, 4) - 1, base


def negative(rng: random.Random) -> tuple[int, int]:
    return -rng.randint(1, 9999), rng.randint(2, 36)


def zeros_inside(rng: random.Random) -> tuple[int, int]:
    base = rng.randint(3, 16)
    return base**4 + rng.randrange(base), base


def large(rng: random.Random) -> tuple[int, int]:
    return rng.randint(10**30, 10**40), rng.randint(2, 36)


def too_large_a_base(rng: random.Random) -> tuple[int, int]:
    return 5, rng.randint(38, 99)


BASE = FunctionBase(
    solves=to_base,
    title="Write a number in a base",
    category="easy",
    level="easy",
    description="""
        `to_base(number, base)` returns the int `number` as it is written in the base `base`, with the digits 0 to 9 and
        then the letters a to z, and without leading zeros. 0 is "0". A negative number has a minus sign before its
        digits. A base below 2 or above 36 raises ValueError. Numbers may be of any size.
    """,
    hints=(
        "The remainder by the base is the last digit. What is left for the digits before it?",
        "Deal with the sign apart from the digits.",
        "Check 0, the base itself, the last base that is allowed, and the order in which digits are put together.",
    ),
    visible={
        "binary": (10, 2),
        "letters": (255, 16),
        "zero": (0, 7),
        "a base too small": (5, 1),
    },
    hidden={
        "more binary": binary,
        "hexadecimal": hexadecimal,
        "one digit": of_one_digit,
        "the base itself": the_base_itself,
        "one below a power": one_below_a_power,
        "negative": negative,
        "minus one": (-1, 2),
        "zeros inside": zeros_inside,
        "the largest base": (35 * 36 + 35, 36),
        "one base too large": (5, 37),
        "far too large a base": too_large_a_base,
        "beyond 64 bits": large,
    },
)
