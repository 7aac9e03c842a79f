"""Plain values of the standard library's own types: decimals, fractions, dates and times, to trees and back.

Read through the types' own descriptors, so that a subclass that lies arrives as its base. Standard library only.
"""

import datetime
import fractions
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from codearena.trees import DATE, TIME, JSONTree

# Fraction is written in Python: a class may have had its properties exchanged, these slots it cannot.
_NUMERATOR = fractions.Fraction.__dict__["_numerator"]
_DENOMINATOR = fractions.Fraction.__dict__["_denominator"]
_FRACTION, _MICROSECOND = fractions.Fraction, datetime.timedelta(microseconds=1)


def standard_tree(value: Any, kind: type) -> tuple[str, list[JSONTree]] | None:
    """Tag and body of a value of such a type, kind being what `type` says of it; None for any other.

    A moment in a time zone of the attempt's own making has none: to ask it for its offset is to run it.
    """
    if issubclass(kind, Decimal):
        sign, digits, exponent = Decimal.as_tuple(value)
        return "decimal", [bool(sign), "".join(map(str, digits)), str(exponent)]
    if issubclass(kind, _FRACTION):
        return "fraction", [hex(_NUMERATOR.__get__(value, kind)), hex(_DENOMINATOR.__get__(value, kind))]
    if issubclass(kind, datetime.timedelta):
        return "timedelta", _parts(datetime.timedelta, ("days", "seconds", "microseconds"), value)
    if issubclass(kind, datetime.datetime):
        return _zoned("datetime", datetime.datetime, DATE + TIME, value)
    if issubclass(kind, datetime.date):
        return "date", _parts(datetime.date, DATE, value)
    if issubclass(kind, datetime.time):
        return _zoned("time", datetime.time, TIME, value)
    return None


def _zoned(tag: str, base: type, names: tuple[str, ...], value: Any) -> tuple[str, list[JSONTree]] | None:
    zone = _get(base, "tzinfo", value)
    if (
        zone is not None
        and type(zone) is not datetime.timezone
        and type(zone) is not getattr(sys.modules.get("zoneinfo"), "ZoneInfo", None)
    ):
        return None
    offset = base.utcoffset(value) if zone is not None else None  # type: ignore[attr-defined]
    return tag, [*_parts(base, names, value), None if offset is None else offset // _MICROSECOND]


def _parts(base: type, names: tuple[str, ...], value: Any) -> list[JSONTree]:
    return [_get(base, name, value) for name in names]


def _get(base: type, name: str, value: Any) -> Any:
    for owner in base.__mro__:
        if name in owner.__dict__:
            return owner.__dict__[name].__get__(value)
    raise AttributeError(name)


def _read_decimal(body: list[Any]) -> Decimal:
    negative, digits, exponent = body
    return Decimal((int(negative), tuple(map(int, digits)), exponent if exponent in "FnN" else int(exponent)))


def _read_zoned(base: Any, body: list[Any]) -> Any:
    *parts, fold, offset_us = body
    zone = None if offset_us is None else datetime.timezone(datetime.timedelta(microseconds=offset_us))
    return base(*parts, tzinfo=zone, fold=fold)


READ_STANDARD: dict[str, Callable[[Any], Any]] = {
    "decimal": _read_decimal,
    "fraction": lambda body: fractions.Fraction(int(body[0], 16), int(body[1], 16)),
    "timedelta": lambda body: datetime.timedelta(*body),
    "date": lambda body: datetime.date(*body),
    "time": lambda body: _read_zoned(datetime.time, body),
    "datetime": lambda body: _read_zoned(datetime.datetime, body),
}
"""By tag, from a checked body."""
