"""A number of seconds, in words."""

import random

from codearena.generation.base import FunctionBase

UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def format_duration(seconds: int) -> str:
    """Return the duration in days, hours, minutes and seconds, in English.

    Raises:
        ValueError: seconds is negative.
    """
    if seconds < 0:
        raise ValueError("a duration is not negative")
    parts: list[str] = []
    for unit, length in UNITS:
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count} {unit}" if count == 1 else f"{count} {unit}s")
    if len(parts) > 1:
        parts[-2:] = [f"{parts[-2]} and {parts[-1]}"]
    return ", ".join(parts) or "now"


def seconds_only(rng: random.Random) -> tuple[int]:
    return (rng.randint(2, 59),)


def whole_minutes(rng: random.Random) -> tuple[int]:
    return (60 * rng.randint(2, 59),)


def whole_hours(rng: random.Random) -> tuple[int]:
    return (3600 * rng.randint(2, 23),)


def whole_days(rng: random.Random) -> tuple[int]:
    return (86400 * rng.randint(2, 5000),)


def two_units(rng: random.Random) -> tuple[int]:
    return (3600 * rng.randint(2, 23) + rng.randint(2, 59),)


def one_of_each(rng: random.Random) -> tuple[int]:
    return (86400 + 3600 + 60 + rng.randint(0, 1),)


def just_below(rng: random.Random) -> tuple[int]:
    return (rng.choice([60, 3600, 86400]) - 1,)


def anything(rng: random.Random) -> tuple[int]:
    return (rng.randint(90_000, 9_999_999),)


def negative(rng: random.Random) -> tuple[int]:
    return (-rng.randint(1, 99),)


BASE = FunctionBase(
    solves=format_duration,
    title="A duration in words",
    category="medium",
    level="medium",
    description="""
        `format_duration(seconds)` returns a duration of whole seconds as a text in days, hours, minutes and seconds,
        in this order. Units of which there are none are left out; the unit has an s unless there is exactly one of
        it. The last two parts have " and " between them, all others ", ": 93784 gives "1 day, 2 hours, 3 minutes and
        4 seconds". A duration of 0 gives "now", a negative one raises ValueError.
    """,
    hints=(
        "Take the largest unit first; the remainder is for the smaller ones.",
        "Put the parts together only when you know how many there are.",
        "Check what one of a unit is called, what none of it is, and which parts stand before and behind the and.",
    ),
    visible={
        "all units": (93784,),
        "two units": (62,),
        "nothing": (0,),
        "less than nothing": (-5,),
    },
    hidden={
        "seconds only": seconds_only,
        "one second": (1,),
        "one minute": (60,),
        "one hour": (3600,),
        "one day": (86400,),
        "whole minutes": whole_minutes,
        "whole hours": whole_hours,
        "whole days": whole_days,
        "two units apart": two_units,
        "one of each": one_of_each,
        "just below a unit": just_below,
        "anything": anything,
        "negative": negative,
    },
)
