"""Values of tests as JSON says them: what JSON lacks is an object with one key, a tag, the same as in YAML.

    {"!tuple": [1, 2]}              {"!set": [1, 2]}                {"!frozenset": [1, 2]}
    {"!bytes": "text as UTF-8"}     {"!base64": "/w=="}             {"!bytearray": "/w=="} (base64)
    {"!float": "nan"}               {"!complex": "1+2j"}            {"!int": "36893488147419103232"}
    {"!decimal": "1.50"}            {"!fraction": "1/3"}            {"!dict": [[1, "one"], [2, "two"]]}
    {"!date": "2024-02-29"}         {"!time": "12:30:00"}           {"!datetime": "2024-02-29T12:30:00+01:00"}
    {"!timedelta": [1, 0, 500000]}  days, seconds, microseconds

A dict whose only key starts with an exclamation mark looks like a tag and is written as !dict, as is one with keys that
are no text. Ints of more than 2**53 are written as !int, because many a reader of JSON rounds them, and read as both.
"""

import base64
import binascii
import json
import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]

_EXACT_INT = 2**53
_DECIMAL_DIGITS_BITS = 10_000  # beyond it an int is written in hex, which takes linear time and has no limit in Python
_DEPTH = 100


class TagError(ValueError):
    """A value that has no tagged form, or a tagged form that stands for no value."""


def to_json(value: object) -> JSON:
    """The value as plain JSON.

    Raises:
        TagError: its type has no tag, or it is nested more than 100 levels deep (as one that contains itself is).
    """
    return _written(value, _DEPTH)


def _written(value: object, depth: int) -> JSON:
    if depth < 0:
        raise TagError(f"is nested deeper than {_DEPTH} levels")
    kind = type(value)
    if value is None or kind in (bool, str):
        return value  # type: ignore[return-value]
    if kind is list:
        return [_written(item, depth - 1) for item in value]  # type: ignore[attr-defined]
    if kind is dict:
        return _written_dict(value, depth - 1)  # type: ignore[arg-type]
    if kind is int:
        return _written_int(value)  # type: ignore[arg-type]
    if kind is float:
        return value if math.isfinite(value) else {"!float": str(value)}  # type: ignore[return-value,arg-type]
    if kind in (tuple, set, frozenset):
        items = [_written(item, depth - 1) for item in value]  # type: ignore[attr-defined]
        return {f"!{kind.__name__}": items if kind is tuple else sorted(items, key=json.dumps)}
    if kind in _WRITERS:
        tag, write = _WRITERS[kind]
        return {tag: write(value)}
    if kind is bytes:
        return _written_bytes(value)  # type: ignore[arg-type]
    raise TagError(f"holds a value of type {kind.__name__}, which a record cannot say")


def _written_dict(value: dict[object, object], depth: int) -> JSON:
    looks_tagged = len(value) == 1 and next(iter(value), "").__class__ is str and str(next(iter(value))).startswith("!")
    if looks_tagged or any(type(key) is not str for key in value):
        return {"!dict": [[_written(key, depth), _written(item, depth)] for key, item in value.items()]}
    return {str(key): _written(item, depth) for key, item in value.items()}


def _written_int(value: int) -> JSON:
    if -_EXACT_INT <= value <= _EXACT_INT:
        return value
    return {"!int": str(value) if value.bit_length() <= _DECIMAL_DIGITS_BITS else hex(value)}


def _written_bytes(value: bytes) -> JSON:
    try:
        return {"!bytes": value.decode()}
    except UnicodeDecodeError:
        return {"!base64": _base64(value)}


def _base64(value: bytes | bytearray) -> str:
    return base64.b64encode(value).decode("ascii")


_WRITERS: dict[type, tuple[str, Callable[[Any], JSON]]] = {
    bytearray: ("!bytearray", _base64),
    complex: ("!complex", lambda value: str(value).strip("()")),
    Decimal: ("!decimal", str),
    Fraction: ("!fraction", str),
    date: ("!date", date.isoformat),
    time: ("!time", time.isoformat),
    datetime: ("!datetime", datetime.isoformat),
    timedelta: ("!timedelta", lambda value: [value.days, value.seconds, value.microseconds]),
}


def from_json(tree: JSON) -> Any:
    """The value that plain JSON stands for.

    Raises:
        TagError: an unknown tag, or what follows a tag is not what it takes.
    """
    return _read(tree, _DEPTH)


def _read(tree: JSON, depth: int) -> Any:
    if depth < 0:
        raise TagError(f"is nested deeper than {_DEPTH} levels")
    if isinstance(tree, list):
        return [_read(item, depth - 1) for item in tree]
    if not isinstance(tree, dict):
        return tree
    tag = next(iter(tree)) if len(tree) == 1 else ""
    if not tag.startswith("!"):
        return {key: _read(item, depth - 1) for key, item in tree.items()}
    return construct(tag, _read(tree[tag], depth - 1))


def construct(tag: str, body: object) -> Any:
    """The value of a tag, e.g. "!tuple", of a body that has been read.

    Raises:
        TagError: an unknown tag, or the body is not what it takes.
    """
    if tag not in _READERS:
        known = ", ".join(_READERS)
        raise TagError(f'{tag} is no tag: there are {known}; a dict of one key "!x" is {{"!dict": [["!x", ...]]}}')
    takes, read = _READERS[tag]
    if not isinstance(body, takes):
        raise TagError(f"{tag} needs a {'list' if takes is list else 'text'}")
    try:
        return read(body)
    except (TypeError, ValueError, ArithmeticError, InvalidOperation, binascii.Error) as error:
        raise TagError(f"{tag}: {error}") from error


def _pairs(body: list[Any]) -> dict[Any, Any]:
    read = {key: item for key, item in body}  # noqa: C416 - a pair of another length is told by the unpacking
    if len(read) != len(body):
        raise ValueError("two keys are equal")
    return read


def _unbase64(body: str) -> bytes:
    return base64.b64decode(body, validate=True)


_READERS: dict[str, tuple[type, Callable[[Any], Any]]] = {
    "!tuple": (list, tuple),
    "!set": (list, set),
    "!frozenset": (list, frozenset),
    "!bytes": (str, str.encode),
    "!base64": (str, _unbase64),
    "!bytearray": (str, lambda body: bytearray(_unbase64(body))),
    "!float": (str, float),
    "!int": (str, lambda body: int(body, 0)),
    "!complex": (str, complex),
    "!decimal": (str, Decimal),
    "!fraction": (str, Fraction),
    "!dict": (list, _pairs),
    "!date": (str, date.fromisoformat),
    "!time": (str, time.fromisoformat),
    "!datetime": (str, datetime.fromisoformat),
    "!timedelta": (list, lambda body: timedelta(*body)),
}
TAGS = tuple(_READERS)
"""Every tag."""
