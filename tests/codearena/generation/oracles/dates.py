"""Oracles of the bases on dates."""

import calendar
import re
from datetime import date, timedelta


def add_months(year: int, month: int, day: int, months: int) -> tuple[int, int, int]:
    date(year, month, day)
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    return year, month, min(day, calendar.monthrange(year, month)[1])


def format_duration(seconds: int) -> str:
    if seconds < 0:
        raise ValueError
    counts = [seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60]
    words = ["day", "hour", "minute", "second"]
    parts = [f"{count} {word}{'s' * (count != 1)}" for count, word in zip(counts, words, strict=True) if count]
    if not parts:
        return "now"
    return re.sub(r", ([^,]*)$", r" and \1", ", ".join(parts))


def working_days(start: str, end: str, holidays: list[str]) -> int:
    day, last = date.fromisoformat(start), date.fromisoformat(end)
    if day > last:
        raise ValueError
    count = 0
    while day <= last:
        if day.strftime("%w") not in "06" and day.isoformat() not in holidays:
            count += 1
        day += timedelta(1)
    return count


def free_slots(busy: list[tuple[str, str]], minutes: int) -> list[str]:
    """Minute by minute; a meeting of no time ends a gap as well."""

    def clock(minute: int) -> str:
        return f"{minute // 60:02d}:{minute % 60:02d}"

    day = [clock(minute) for minute in range(540, 1021)]
    free = [not any(start <= minute < end for start, end in busy) for minute in day[:-1]] + [False]
    cuts = {start for start, end in busy if start == end}
    slots, first = [], 0
    for at, minute in enumerate(day):
        if not free[at] or minute in cuts:
            if at - first >= minutes:
                slots.append(f"{day[first]}-{minute}")
            first = at if free[at] else at + 1
    return slots


def month_page(stdin: str) -> str:
    year, month = map(int, stdin.split())
    page = calendar.TextCalendar(calendar.MONDAY).formatmonth(year, month).splitlines()[1:]
    return "".join(line + "\n" for line in page)
