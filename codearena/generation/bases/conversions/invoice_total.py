"""An invoice to the cent."""

import random
from decimal import ROUND_HALF_UP, Decimal

from codearena.generation.base import FunctionBase

Lines = list[tuple[str, int]]


def invoice_total(lines: Lines, tax_percent: int) -> Decimal:
    """Return the sum of the lines (price, count) with tax, in cents of exact decimals."""
    net = sum((Decimal(price) * count for price, count in lines), Decimal(0))
    return (net * (100 + tax_percent) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def some(rng: random.Random) -> tuple[Lines, int]:
    return _lines(rng, 4), rng.choice([7, 19, 21])


def no_tax(rng: random.Random) -> tuple[Lines, int]:
    return _lines(rng, 3), 0


def half_a_cent(rng: random.Random) -> tuple[Lines, int]:
    """The tax ends with half a cent, which is rounded up, to an even digit or to an odd one."""
    return [(f"{rng.randint(0, 9)}.{rng.choice(['10', '30', '50', '70', '90'])}", 1)], 5


def tenths(rng: random.Random) -> tuple[Lines, int]:
    return [("0.1", 3)] * rng.randint(2, 9), 0


def whole_prices(rng: random.Random) -> tuple[Lines, int]:
    return [(str(rng.randint(1, 99)), rng.randint(1, 9))], rng.randint(1, 30)


def none_of_one(rng: random.Random) -> tuple[Lines, int]:
    return [(f"{rng.randint(1, 9)}.99", 0), ("1.01", 1)], 10


def a_credit(rng: random.Random) -> tuple[Lines, int]:
    return [("20.00", 1), (f"-{rng.randint(21, 40)}.5", 1)], 19


def large(rng: random.Random) -> tuple[Lines, int]:
    return [(f"{rng.randint(10**12, 10**13)}.07", 3)], 19


def many(rng: random.Random) -> tuple[Lines, int]:
    return _lines(rng, 150), 19


def _lines(rng: random.Random, count: int) -> Lines:
    return [(f"{rng.randint(0, 99)}.{rng.randint(0, 99):02}", rng.randint(1, 9)) for _ in range(count)]


BASE = FunctionBase(
    solves=invoice_total,
    title="Total of an invoice",
    category="type_errors",
    level="medium",
    description="""
        `invoice_total(lines, tax_percent)` returns the total of an invoice as a `Decimal` with exactly two decimals.
        Lines are tuples (price, count): the price of one piece as a string such as "19.90", which may be negative,
        and how many there are. The tax is a whole number of percent of the sum of all lines. Everything is exact,
        nothing passes through a float, and only the total is rounded: to the nearest cent, half a cent away from
        zero. No lines give Decimal("0.00").
    """,
    hints=(
        "What is 0.1 + 0.2 as floats?",
        "Decimal reads the strings as they are; a float that is made a Decimal has lost already.",
        "Round once, at the end, and say how: the default rounds half a cent to the even digit.",
    ),
    visible={
        "two lines": ([("0.10", 3), ("19.90", 1)], 19),
        "half a cent": ([("0.50", 1)], 5),
        "no lines": ([], 19),
    },
    hidden={
        "some lines": some,
        "no tax": no_tax,
        "half a cent and more": half_a_cent,
        "half a cent after an even digit": ([("0.10", 1)], 5),
        "half a cent after an odd digit": ([("0.30", 1)], 5),
        "tenths": tenths,
        "whole prices": whole_prices,
        "none of one": none_of_one,
        "a credit": a_credit,
        "large sums": large,
        "many lines": many,
    },
)
