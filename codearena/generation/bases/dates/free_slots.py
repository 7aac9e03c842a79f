"""Gaps in a day that are long enough for a meeting."""

import random

from codearena.generation.base import FunctionBase


def free_slots(busy: list[tuple[str, str]], minutes: int) -> list[str]:
    """Return the gaps of at least so many minutes between 09:00 and 17:00, as "09:00-10:30"."""
    slots: list[str] = []
    free_from = _minute("09:00")
    for start, end in [*sorted(busy), ("17:00", "17:00")]:
        if _minute(start) - free_from >= minutes:
            slots.append(f"{_clock(free_from)}-{start}")
        free_from = max(free_from, _minute(end))
    return slots


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


Made = tuple[list[tuple[str, str]], int]


def two_meetings(rng: random.Random) -> Made:
    return [("10:00", f"10:{rng.randint(10, 55)}"), (f"13:{rng.randint(10, 50)}", "15:30")], 30


def unsorted(rng: random.Random) -> Made:
    return [(f"15:{rng.randint(10, 30)}", "16:00"), ("09:30", f"10:{rng.randint(10, 30)}"), ("12:00", "13:00")], 45


def just_long_enough(rng: random.Random) -> Made:
    start = rng.randint(10, 59)
    return [("09:00", "11:00"), (f"11:{start}", "17:00")], start


def one_minute_short(rng: random.Random) -> Made:
    start = rng.randint(10, 58)
    return [("09:00", "11:00"), (f"11:{start}", "16:30")], start + 1


def nested(rng: random.Random) -> Made:
    return [("09:30", "14:00"), (f"10:{rng.randint(10, 59)}", "11:30"), ("15:00", "15:30")], 20


def touching(rng: random.Random) -> Made:
    middle = f"12:{rng.randint(10, 59)}"
    return [("10:00", middle), (middle, "14:00")], 1


def at_the_ends(rng: random.Random) -> Made:
    return [("09:00", f"09:{rng.randint(30, 59)}"), (f"16:{rng.randint(10, 50)}", "17:00")], 15


def whole_day(rng: random.Random) -> Made:
    return [("09:00", "13:00"), (f"12:{rng.randint(10, 59)}", "17:00")], 1


def too_long(rng: random.Random) -> Made:
    return [], rng.randint(481, 900)


def many(rng: random.Random) -> Made:
    starts = [rng.randint(540, 1010) for _ in range(12)]
    return [(_clock(start), _clock(start + rng.randint(0, 10))) for start in starts], rng.randint(10, 40)


BASE = FunctionBase(
    solves=free_slots,
    title="Free slots of a day",
    category="medium",
    level="medium",
    description="""
        A working day goes from 09:00 to 17:00. `free_slots(busy, minutes)` returns the gaps of the day that last at
        least `minutes` minutes (a positive int), in order, as strings such as "09:00-10:30". `busy` is a list of
        meetings, tuples (start, end) of strings such as "09:05", in any order. Meetings lie within the day, may
        overlap, lie inside of each other, touch, and last no time at all; the time from a start up to an end is busy.
        Gaps are as long as can be, but a meeting that lasts no time still ends a gap.
    """,
    hints=(
        "In the order of their starts, each meeting may end a gap. Where does that gap begin?",
        "Remember until when the day is known to be busy; a meeting inside of another one does not change that.",
        "Check the gaps before the first and behind the last meeting, and one that is exactly long enough.",
    ),
    visible={
        "around a meeting": ([("10:30", "12:00")], 60),
        "too short": ([("09:10", "16:50")], 15),
        "no meetings": ([], 30),
    },
    hidden={
        "two meetings": two_meetings,
        "in any order": unsorted,
        "just long enough": just_long_enough,
        "one minute short": one_minute_short,
        "one inside another": nested,
        "touching each other": touching,
        "at both ends of the day": at_the_ends,
        "the whole day": whole_day,
        "longer than the day": too_long,
        "exactly the day": ([], 480),
        "many short ones": many,
    },
)
