"""A page of a calendar."""

import random
import sys
from datetime import date, timedelta

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print a month as weeks from Monday to Sunday."""
    year, month = map(int, sys.stdin.read().split())
    day = date(year, month, 1)
    print("Mo Tu We Th Fr Sa Su")
    week = ["  "] * day.weekday()
    while day.month == month:
        week.append(f"{day.day:2}")
        if len(week) == 7:
            print(*week)
            week = []
        day += timedelta(days=1)
    if week:
        print(*week)


def any_month(rng: random.Random) -> str:
    return f"{rng.randint(1900, 2100)} {rng.randint(1, 12)}\n"


def december(rng: random.Random) -> str:
    return f"{rng.randint(1900, 2100)} 12\n"


def february(rng: random.Random) -> str:
    return f"{rng.choice([2021, 2022, 2023, 1900, 2100])} 2\n"


def leap_february(rng: random.Random) -> str:
    return f"{rng.choice([2000, 2020, 2024, 1996])} 2\n"


def starts_on_monday(rng: random.Random) -> str:
    return rng.choice(["2024 1\n", "2024 4\n", "2024 7\n"])


def starts_on_sunday(rng: random.Random) -> str:
    return rng.choice(["2024 9\n", "2024 12\n", "2023 10\n"])


def ends_on_sunday(rng: random.Random) -> str:
    return rng.choice(["2024 3\n", "2024 6\n", "2023 4\n"])


def long_ago(rng: random.Random) -> str:
    return f"{rng.randint(1, 999)} {rng.randint(1, 12)}\n"


BASE = ProgramBase(
    solves=main,
    title="Page of a calendar",
    category="medium",
    level="medium",
    description="""
        Standard input holds a year (1 to 9998) and a month (1 to 12). Print that month of the Gregorian calendar:
        first the line `Mo Tu We Th Fr Sa Su`, then a line for each week that has a day of the month. A day takes two
        characters, with a space before a number of one digit; there is one space between two days, and the days of
        the first week that belong to the month before are two spaces each. No line has spaces at its end, and no line
        is empty.
    """,
    hints=(
        "On which day of the week does the month start, and how many days does it have?",
        "Fill up the first week, print a week when it has seven days, and do not forget the last one.",
        "Check a month that starts on Monday, one that starts on Sunday, and one that ends on Sunday.",
    ),
    visible={
        "a month": "2024 5\n",
        "February": "2023 2\n",
        "four full weeks": "2021 2\n",
    },
    hidden={
        "any month": any_month,
        "December": december,
        "another February": february,
        "a leap February": leap_february,
        "starts on Monday": starts_on_monday,
        "starts on Sunday": starts_on_sunday,
        "ends on Sunday": ends_on_sunday,
        "long ago": long_ago,
    },
    compare="exact",
)
