"""How many days of work lie between two dates."""

import random
from datetime import date, timedelta

from codearena.generation.base import FunctionBase


def working_days(start: str, end: str, holidays: list[str]) -> int:
    """Return how many days from start to end, both included, are neither on a weekend nor a holiday.

    Raises:
        ValueError: a date is not of the form 2024-02-29 or does not exist, or end is before start.
    """
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    if last < first:
        raise ValueError("the end is before the start")
    free = {date.fromisoformat(holiday) for holiday in holidays}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return sum(day.weekday() < 5 and day not in free for day in days)


def weeks(rng: random.Random) -> tuple[str, str, list[str]]:
    start = _day(rng)
    return str(start), str(start + timedelta(days=rng.randint(7, 40))), []


def one_day(rng: random.Random) -> tuple[str, str, list[str]]:
    day = date(2024, 1, 1) + timedelta(weeks=rng.randint(0, 99), days=rng.randint(0, 4))
    return str(day), str(day), []


def saturday(rng: random.Random) -> tuple[str, str, list[str]]:
    day = date(2024, 1, 6) + timedelta(weeks=rng.randint(0, 99))
    return str(day), str(day), []


def sunday_to_monday(rng: random.Random) -> tuple[str, str, list[str]]:
    day = date(2024, 1, 7) + timedelta(weeks=rng.randint(0, 99))
    return str(day), str(day + timedelta(days=1)), []


def holidays_inside(rng: random.Random) -> tuple[str, str, list[str]]:
    start = _day(rng)
    free = [str(start + timedelta(days=number)) for number in rng.sample(range(20), 6)]
    return str(start), str(start + timedelta(days=20)), free


def holidays_at_the_ends(rng: random.Random) -> tuple[str, str, list[str]]:
    monday = date(2024, 1, 1) + timedelta(weeks=rng.randint(0, 99))
    friday = monday + timedelta(days=4)
    return str(monday), str(friday), [str(monday), str(friday)]


def holidays_outside(rng: random.Random) -> tuple[str, str, list[str]]:
    start = _day(rng)
    end = start + timedelta(days=9)
    return str(start), str(end), [str(start - timedelta(days=1)), str(end + timedelta(days=1))]


def named_twice(rng: random.Random) -> tuple[str, str, list[str]]:
    day = date(2024, 1, 2) + timedelta(weeks=rng.randint(0, 99))
    return str(day), str(day + timedelta(days=5)), [str(day), str(day)]


def backwards(rng: random.Random) -> tuple[str, str, list[str]]:
    day = _day(rng)
    return str(day), str(day - timedelta(days=1)), []


def leap_day(rng: random.Random) -> tuple[str, str, list[str]]:
    return f"2024-02-{rng.randint(20, 28)}", f"2024-03-{rng.randint(1, 9):02}", []


def _day(rng: random.Random) -> date:
    return date(2020, 1, 1) + timedelta(days=rng.randint(0, 3000))


BASE = FunctionBase(
    solves=working_days,
    title="Working days",
    category="medium",
    level="medium",
    description="""
        `working_days(start, end, holidays)` returns how many working days there are from `start` to `end`, both
        included. Dates are strings of the form 2024-02-29, `holidays` is a list of such strings. Saturdays, Sundays
        and holidays are not working days; a holiday may fall on a weekend, lie outside of the range or be named
        twice. An end before the start raises ValueError, and so does a date that does not exist.
    """,
    hints=(
        "How many days are there from Monday to Friday, and from Monday to the same Monday?",
        "Go through all days of the range and count those that pass both rules.",
        "Check whether both ends are counted, which numbers the weekend has, and what a double holiday does.",
    ),
    visible={
        "a week": ("2024-05-13", "2024-05-19", []),
        "a holiday": ("2024-05-13", "2024-05-17", ["2024-05-15"]),
        "the end before the start": ("2024-05-13", "2024-05-12", []),
    },
    hidden={
        "some weeks": weeks,
        "one day": one_day,
        "a Saturday": saturday,
        "from Sunday to Monday": sunday_to_monday,
        "holidays inside": holidays_inside,
        "holidays at both ends": holidays_at_the_ends,
        "holidays outside": holidays_outside,
        "a holiday named twice": named_twice,
        "backwards": backwards,
        "over a leap day": leap_day,
        "no such day": ("2023-02-29", "2023-03-02", []),
    },
)
