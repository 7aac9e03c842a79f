"""The same day of another month."""

import random
from datetime import date

from codearena.generation.base import FunctionBase


def add_months(year: int, month: int, day: int, months: int) -> tuple[int, int, int]:
    """Return the date so many months later, on the last day of its month if that is too short.

    Raises:
        ValueError: there is no such date.
    """
    date(year, month, day)
    years, month_from_0 = divmod(month - 1 + months, 12)
    return year + years, month_from_0 + 1, min(day, _days(year + years, month_from_0 + 1))


def _days(year: int, month: int) -> int:
    if month == 2:
        leap = year % 400 == 0 if year % 100 == 0 else year % 4 == 0
        return 29 if leap else 28
    return 30 if month in (4, 6, 9, 11) else 31


def same_year(rng: random.Random) -> tuple[int, int, int, int]:
    return rng.randint(1950, 2050), rng.randint(1, 4), rng.randint(1, 28), rng.randint(1, 8)


def over_new_year(rng: random.Random) -> tuple[int, int, int, int]:
    return rng.randint(1950, 2050), rng.randint(9, 12), rng.randint(1, 28), rng.randint(4, 8)


def to_december(rng: random.Random) -> tuple[int, int, int, int]:
    month = rng.randint(1, 11)
    return rng.randint(1950, 2050), month, rng.randint(1, 31 if month in (1, 3) else 28), 12 - month


def back(rng: random.Random) -> tuple[int, int, int, int]:
    return rng.randint(1950, 2050), rng.randint(1, 12), rng.randint(1, 28), -rng.randint(1, 30)


def to_a_short_month(rng: random.Random) -> tuple[int, int, int, int]:
    month = rng.choice([3, 5, 8, 10])
    return rng.randint(1950, 2050), month, 31, rng.choice([1, 13])


def to_a_long_month(rng: random.Random) -> tuple[int, int, int, int]:
    return rng.randint(1950, 2050), rng.choice([7, 12]), 31, rng.choice([1, 5, 7])


def to_february(rng: random.Random) -> tuple[int, int, int, int]:
    return rng.choice([2019, 2021, 2022]), 1, rng.randint(28, 31), 1


def to_a_leap_february(rng: random.Random) -> tuple[int, int, int, int]:
    return rng.choice([2020, 2024, 1996]), 1, rng.randint(28, 31), 1


def many_years(rng: random.Random) -> tuple[int, int, int, int]:
    return rng.randint(1990, 2010), rng.randint(1, 12), rng.randint(1, 28), rng.choice([120, 359, 601])


BASE = FunctionBase(
    solves=add_months,
    title="Add months to a date",
    category="medium",
    level="medium",
    description="""
        `add_months(year, month, day, months)` returns the date that lies so many months after a date, as a tuple (year,
        month, day). The day stays the same; if the month has no such day it is the last day of that month. A negative
        number of months leads back, and 0 gives the date itself. The Gregorian calendar holds: a year is a leap year if
        4 divides it, but not if 100 does, unless 400 does. If the date that is given does not exist it raises
        ValueError. Years stay between 1 and 9999.
    """,
    hints=(
        "Count months from 0, and years and months are a division with remainder.",
        "A remainder of Python is never negative for a positive divisor, so going back needs no case of its own.",
        "Check December, the day at the end of a short month, and February of the years 1900, 2000 and 2024.",
    ),
    visible={
        "one month": (2023, 5, 17, 1),
        "over the end of a year": (2023, 11, 5, 3),
        "a short month": (2024, 1, 31, 1),
        "no such date": (2023, 2, 29, 1),
    },
    hidden={
        "in the same year": same_year,
        "into the next year": over_new_year,
        "to December": to_december,
        "back": back,
        "from the 31st to a short month": to_a_short_month,
        "from the 31st to a long month": to_a_long_month,
        "to February": to_february,
        "to a leap February": to_a_leap_february,
        "to February 1900": (1899, 12, 31, 2),
        "to February 2000": (1999, 12, 31, 2),
        "no months": (2024, 2, 29, 0),
        "many years": many_years,
        "a month that is none": (2024, 13, 1, 1),
        "back to June": (2023, 8, 31, -2),
        "to April": (2023, 3, 31, 1),
        "to November": (2023, 10, 31, 1),
        "to September": (2023, 8, 31, 1),
    },
)
