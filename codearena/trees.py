"""Encoded values as JSON trees: checked and compared without ever becoming the values they stand for.

What an attempt returned is hostile data. As a tree of lists, strings and numbers it has no class, no hash and no method
of the attempt's, so that whoever compares it runs nothing of the attempt's. The encoding is described in `values`.
"""

import base64
import binascii
import datetime
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

JSONTree = Any  # what json.loads returns: the tree itself, not the value it stands for

EXACT_JSON_INT = 2**53
"""Integers up to this size are JSON numbers; any JSON parser reads them exactly."""


class MalformedValueError(ValueError):
    """The text is not an encoded value."""


class BeyondLimitsError(MalformedValueError):
    """The text holds more values than the limits allow, or they are nested deeper."""


@dataclass(frozen=True)
class ValueLimits:
    """Bounds on one encoded value.

    depth: nesting levels; nodes: values inside values, keys included; size_bytes: of the JSON text;
    max_items: taken from an iterator before it counts as endless.
    """

    depth: int = 100
    nodes: int = 200_000
    size_bytes: int = 1024 * 1024
    max_items: int = 10_000


DEFAULT_LIMITS = ValueLimits()


def parse(text: bytes, limits: ValueLimits = DEFAULT_LIMITS) -> JSONTree:
    """The JSON tree of an encoded value, checked for shape and limits but not turned into Python objects.

    Comparing trees rather than values means that no hash of hostile data is ever taken, save of strings.

    Raises:
        MalformedValueError: not the encoding of any value, or beyond `limits`.
    """
    return parse_counted(text, limits)[0]


def parse_counted(text: bytes, limits: ValueLimits = DEFAULT_LIMITS) -> tuple[JSONTree, int]:
    """As `parse`, and the number of values in the tree: that of the value itself and of all inside it."""
    if len(text) > limits.size_bytes:
        raise MalformedValueError(f"more than {limits.size_bytes} bytes")
    try:
        tree = _DECODER.decode(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MalformedValueError(f"not JSON: {error}") from error
    return tree, _check(tree, limits)


def _refuse_constant(name: str) -> None:
    raise MalformedValueError(f"{name} outside a float tag")


# Numbers are checked with the tree: a hook for each of them would take longer than all the rest. An integer of more
# digits than the interpreter converts is refused by it.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _check(tree: JSONTree, limits: ValueLimits) -> int:
    """Checks shape level by level, without recursion, so that depth costs no stack. Returns the number of values."""
    level, nodes, depth = [tree], 1, 0
    while level:
        if depth > limits.depth or nodes > limits.nodes:
            raise BeyondLimitsError("beyond the limits on depth or number of values")
        below: list[JSONTree] = []
        for node in level:
            kind = type(node)
            if kind is list:
                below += node
            elif kind is dict:
                below += _children(node)
            elif kind is int:
                _require(-EXACT_JSON_INT <= node <= EXACT_JSON_INT, "a large integer outside an int tag")
            elif kind is float and not math.isfinite(node):
                raise MalformedValueError("an infinite number outside a float tag")
        level, nodes, depth = below, nodes + len(below), depth + 1
    return nodes


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise MalformedValueError(problem)


def _children(node: dict[str, JSONTree]) -> list[JSONTree]:
    """The values inside a tagged node; raises MalformedValueError if it is none."""
    _require(len(node) == 1, "an object that is not exactly one tag")
    ((tag, body),) = node.items()
    checker = TAGS.get(tag)
    if checker is None:
        raise MalformedValueError(f"unknown tag {tag[:40]!r}")
    return checker(body)


def _check_list(body: JSONTree) -> list[JSONTree]:
    _require(isinstance(body, list), "a container tag without a list")
    found: list[JSONTree] = body
    return found


def _check_pairs(body: JSONTree) -> list[JSONTree]:
    pairs = _check_list(body)
    _require(all(isinstance(pair, list) and len(pair) == 2 for pair in pairs), "a dict tag without pairs")
    return [item for pair in pairs for item in pair]


def _check_record(body: JSONTree) -> list[JSONTree]:
    named = isinstance(body, list) and len(body) == 2 and isinstance(body[0], str)
    _require(named, "a record tag without name and fields")
    items = _check_pairs(body[1])
    _require(all(isinstance(name, str) for name in items[::2]), "a record field without a name")
    return items[1::2]


def _check_enum(body: JSONTree) -> list[JSONTree]:
    named = isinstance(body, list) and len(body) == 3 and isinstance(body[0], str) and isinstance(body[1], str)
    _require(named, "an enum tag without class, member and value")
    return [body[2]]


def _check_int(body: JSONTree) -> list[JSONTree]:
    try:
        number = int(body, 16) if isinstance(body, str) else None
    except ValueError:
        number = None
    _require(number is not None and hex(number) == body, "an int tag without a hexadecimal number")
    return []


def _check_float(body: JSONTree) -> list[JSONTree]:
    _require(body in ("nan", "inf", "-inf"), "a float tag without nan or inf")
    return []


def _check_complex(body: JSONTree) -> list[JSONTree]:
    two = isinstance(body, list) and len(body) == 2 and all(_is_float_tree(part) for part in body)
    _require(two, "a complex tag without two floats")
    return []


def _is_float_tree(node: JSONTree) -> bool:
    if isinstance(node, dict) and list(node) == ["float"]:
        return not _check_float(node["float"])
    return isinstance(node, float)


def _check_bytes(body: JSONTree) -> list[JSONTree]:
    try:
        base64.b64decode(body if isinstance(body, str) else "?", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedValueError("a bytes tag without base64") from error
    return []


def _check_decimal(body: JSONTree) -> list[JSONTree]:
    three = isinstance(body, list) and len(body) == 3 and isinstance(body[0], bool)
    _require(three, "a decimal tag without sign, digits and exponent")
    digits, exponent = body[1:]
    texts = isinstance(digits, str) and _DIGITS.fullmatch(digits) is not None and isinstance(exponent, str)
    _require(texts, "a decimal tag without digits or exponent")
    number = digits != "" and _EXPONENT.fullmatch(exponent) is not None
    _require(exponent in ("F", "n", "N") or number, "a decimal tag with another exponent")
    return []


def _check_fraction(body: JSONTree) -> list[JSONTree]:
    _require(isinstance(body, list) and len(body) == 2, "a fraction tag without two integers")
    for part in body:
        _check_int(part)
    positive = not body[1].startswith("-") and body[1] != "0x0"
    _require(positive, "a fraction tag with a denominator that is not positive")
    return []


def _check_moment(names: tuple[str, ...], zoned: bool) -> Callable[[JSONTree], list[JSONTree]]:
    """A checker of date, time, datetime and timedelta: integers within their ranges, and an offset in microseconds."""
    ranges = [_RANGES[name] for name in names]

    def check(body: JSONTree) -> list[JSONTree]:
        parts = body[:-1] if zoned and isinstance(body, list) else body
        _require(isinstance(parts, list) and len(parts) == len(ranges), "a moment with other parts")
        within = all(type(part) is int and low <= part <= high for part, (low, high) in zip(parts, ranges, strict=True))
        _require(within, "a moment with a part out of its range")
        if zoned and body[-1] is not None:
            known = type(body[-1]) is int and abs(body[-1]) < DAY_US
            _require(known, "a moment with no offset from UTC")
        if names[0] == "year":
            try:
                datetime.date(*parts[:3])
            except ValueError as error:
                raise MalformedValueError("a day that its month lacks") from error
        return []

    return check


DAY_US = 86_400_000_000
_DIGITS = re.compile(r"[0-9]*", re.ASCII)
_EXPONENT = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_RANGES = {
    "year": (1, 9999),
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
    "microsecond": (0, 999_999),
    "fold": (0, 1),
    "days": (-999_999_999, 999_999_999),
    "seconds": (0, 86_399),
}
DATE = ("year", "month", "day")
TIME = ("hour", "minute", "second", "microsecond", "fold")

TAGS = {
    "int": _check_int,
    "float": _check_float,
    "complex": _check_complex,
    "bytes": _check_bytes,
    "tuple": _check_list,
    "set": _check_list,
    "frozenset": _check_list,
    "iterator": _check_list,
    "dict": _check_pairs,
    "record": _check_record,
    "enum": _check_enum,
    "decimal": _check_decimal,
    "fraction": _check_fraction,
    "date": _check_moment(DATE, zoned=False),
    "time": _check_moment(TIME, zoned=True),
    "datetime": _check_moment(DATE + TIME, zoned=True),
    "timedelta": _check_moment(("days", "seconds", "microsecond"), zoned=False),
}


_CANONICAL_SCALARS: dict[type, Callable[[Any], str]] = {
    str: json.encoder.encode_basestring_ascii,
    int: repr,
    float: lambda number: repr(number + 0.0),  # -0.0 + 0.0 is 0.0
    bool: json.dumps,
    type(None): json.dumps,
}


def canonical(tree: JSONTree) -> str:
    """A text that is equal for two trees exactly if they stand for equal values of equal types.

    Order counts in lists and tuples, not in sets and dicts; nan equals nan, 0.0 equals -0.0; 1, 1.0 and True differ.
    """
    if type(tree) is list:
        return "[" + ",".join([canonical(item) for item in tree]) + "]"
    scalar = _CANONICAL_SCALARS.get(type(tree))
    if scalar is not None:
        return scalar(tree)
    ((tag, body),) = tree.items()
    if tag in ("set", "frozenset"):
        inner = ",".join(sorted(canonical(item) for item in body))
    elif tag == "dict":
        inner = ",".join(sorted(f"{canonical(key)}:{canonical(item)}" for key, item in body))
    elif tag == "record":
        fields = ",".join(f"{json.dumps(name)}={canonical(item)}" for name, item in body[1])
        inner = f"{json.dumps(body[0])},{fields}"
    elif tag == "enum":
        inner = f"{json.dumps(body[0])}.{json.dumps(body[1])}={canonical(body[2])}"
    elif tag in ("tuple", "iterator", "complex"):
        inner = ",".join(canonical(item) for item in body)
    elif tag == "decimal":
        inner = _canonical_decimal(*body)
    elif tag in ("time", "datetime"):
        inner = _canonical_moment(body)
    else:
        inner = json.dumps(body)
    return f"{tag}({inner})"


def _canonical_decimal(negative: bool, digits: str, exponent: str) -> str:
    """Equal for equal numbers: 1.0 and 1.00, 0 and -0; nan equals nan."""
    if exponent in ("n", "N"):
        return "nan"
    significant = digits.lstrip("0").rstrip("0")
    if exponent == "F":
        return "-inf" if negative else "inf"
    if not significant:
        return "0"
    shift = len(digits) - len(digits.rstrip("0"))
    return f"{'-' if negative else ''}{significant}e{int(exponent) + shift}"


def _canonical_moment(body: list[JSONTree]) -> str:
    """Equal for equal moments: with an offset, the same instant. Which of two folded hours is meant counts for none."""
    *parts, offset_us = body
    hour, minute, second, microsecond, _ = parts[-5:]
    since_us = ((hour * 60 + minute) * 60 + second) * 1_000_000 + microsecond
    if len(parts) > 5:
        since_us += datetime.date(*parts[:3]).toordinal() * DAY_US
    return f"local {since_us}" if offset_us is None else f"{since_us - offset_us}"
