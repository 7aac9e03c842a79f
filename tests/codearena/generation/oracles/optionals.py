"""Oracles of the bases on optional values."""

from functools import cmp_to_key
from typing import Any


def dig(data: Any, path: list[str | int], default: object) -> object:
    if not path:
        return data
    key, rest = path[0], path[1:]
    if type(data) is list:
        data = dict(enumerate(data))
    if type(data) is not dict or key not in list(data):
        return default
    return dig(data[key], rest, default)


def sort_with_gaps(values: list[int | None], descending: bool) -> list[int | None]:
    def compare(one: int | None, other: int | None) -> int:
        if one is None or other is None:
            return (one is None) - (other is None)
        return (other - one) if descending else (one - other)

    return sorted(values, key=cmp_to_key(compare))


def display_name(person: dict[str, str | None]) -> str:
    nick, first, last, mail = (
        (person[key] or "").strip() if key in person else "" for key in ("nick", "first", "last", "mail")
    )
    if nick:
        return nick
    if first and last:
        return f"{first} {last}"
    return first or last or mail.split("@")[0] or "anonymous"
