"""Comparing what an attempt returned with what was expected: one pure function for each mode.

All work on the JSON trees of `codearena.values.parse`, never on Python objects made from them: nothing of the attempt's
is hashed but strings, and no order of a hostile type is asked for. The limits of `parse` on depth, number of values and
bytes bound their time and memory: each is O(n log n) in the size of the text. No function here raises on parsed trees.

What differs in type or length is told apart without a look at the rest. In all modes of SAME_SHAPE two values can be
equal only if they are made of equally many: who checks that first compares no more than the author's own value has.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

from codearena.v1 import grader_pb2
from codearena.values import JSONTree, canonical


@dataclass(frozen=True, order=True)
class Tolerance:
    """When two numbers are close: |a - b| <= max(relative * max(|a|, |b|), absolute). nan_equal: if both are nan."""

    relative: float = 1e-9
    absolute: float = 1e-12
    nan_equal: bool = True


DEFAULT_TOLERANCE = Tolerance()
_NONE_AT_ALL = Tolerance(0.0, 0.0)
_COLLECTIONS = ("tuple", "set", "frozenset", "iterator")


def exact(expected: JSONTree, got: JSONTree) -> bool:
    """Same types, same values; order counts in lists and tuples only; nan equals nan."""
    if isinstance(expected, list) and isinstance(got, list):
        return _exact_items(expected, got)
    if type_name(expected) != type_name(got):
        return False
    if isinstance(expected, dict) and (tag := next(iter(expected))) in ("tuple", "iterator"):
        return _exact_items(expected[tag], got[tag])
    return canonical(expected) == canonical(got)


def _exact_items(expected: list[JSONTree], got: list[JSONTree]) -> bool:
    return len(expected) == len(got) and all(exact(left, right) for left, right in zip(expected, got, strict=True))


def approx(expected: JSONTree, got: JSONTree, tolerance: Tolerance = DEFAULT_TOLERANCE) -> bool:
    """As `exact`, but numbers within the tolerance are equal, int and float alike; a bool is none.

    Holds at every depth, save in keys of dicts and in elements of sets that are not numbers: these are exact. A Decimal
    or a Fraction is compared with its like only, as the float next to it.
    """
    left, right = _number(expected), _number(got)
    if left is not None and right is not None:
        return close(left, right, tolerance)
    if isinstance(expected, list) and isinstance(got, list):
        return _approx_items(expected, got, tolerance)
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        ((tag, expected_body),) = expected.items()
        compare_body = _APPROX_BODIES.get(tag)
        if compare_body is not None:
            return compare_body(expected_body, got[tag], tolerance)
    return exact(expected, got)


def numeric(expected: JSONTree, got: JSONTree) -> bool:
    """As `exact`, but an int equals a float of the same value, at every depth save in keys of dicts."""
    return approx(expected, got, _NONE_AT_ALL)


def unordered(expected: JSONTree, got: JSONTree) -> bool:
    """A list or tuple as a multiset of its items, the items exact; anything else as `exact`."""
    if isinstance(expected, list) and isinstance(got, list):
        return _same_items(expected, got)
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys() == {"tuple"}:
        return _same_items(expected["tuple"], got["tuple"])
    return exact(expected, got)


def as_set(expected: JSONTree, got: JSONTree) -> bool:
    """Lists, tuples, sets, frozensets and iterators by which exact items are in them; anything else as `exact`."""
    left, right = _collection(expected), _collection(got)
    if left is None or right is None:
        return exact(expected, got)
    wanted = {canonical(item) for item in left}
    seen: set[str] = set()
    for item in right:
        text = canonical(item)
        if text not in wanted:
            return False
        seen.add(text)
    return len(seen) == len(wanted)


def matches_pattern(text: str, pattern: str) -> bool:
    """Whether the whole text is of the pattern, where * is any text and ? any one character.

    Takes O(len(text) * len(pattern)) steps for any text: of all earlier stars only the last is ever tried again, since
    what stands before it has matched already.
    """
    at, star, resume, place = 0, -1, 0, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = star + 1, resume
        else:
            return False
    return not pattern[at:].strip("*")


def same_type(expected: JSONTree, got: JSONTree) -> bool:
    """Only the type is compared; for records and enum members that is the class's name."""
    return type_name(expected) == type_name(got)


Comparator = Callable[[JSONTree, JSONTree], bool]

COMPARATORS: dict[grader_pb2.Compare.ValueType, Comparator] = {
    grader_pb2.COMPARE_EXACT: exact,
    grader_pb2.COMPARE_APPROX: approx,
    grader_pb2.COMPARE_UNORDERED: unordered,
    grader_pb2.COMPARE_SAME_TYPE: same_type,
    grader_pb2.COMPARE_SET: as_set,
    grader_pb2.COMPARE_NUMERIC: numeric,
}
"""Every mode that is a matter of the two values alone."""
SAME_SHAPE = frozenset(COMPARATORS) - {grader_pb2.COMPARE_SAME_TYPE, grader_pb2.COMPARE_SET}
"""Modes in which no two values are equal that are made of different numbers of values."""
MODES = {*COMPARATORS, grader_pb2.COMPARE_CUSTOM}
"""Every mode that an expectation may ask for."""


def comparator(mode: grader_pb2.Compare.ValueType, tolerance: Tolerance = DEFAULT_TOLERANCE) -> Comparator:
    """The function for a mode of COMPARATORS; only approx looks at the tolerance."""
    if mode == grader_pb2.COMPARE_APPROX:
        return functools.partial(approx, tolerance=tolerance)
    return COMPARATORS[mode]


def type_name(tree: JSONTree) -> str:
    """The type that a tree's value has, e.g. "int", "tuple", "record Point"."""
    if tree is None:
        return "None"
    if not isinstance(tree, dict):
        return type(tree).__name__
    ((tag, body),) = tree.items()
    return f"{tag} {body[0]}" if tag in ("record", "enum") else str(tag)


def _number(tree: JSONTree) -> int | float | None:
    if isinstance(tree, bool):
        return None
    if isinstance(tree, (int, float)):
        return tree
    if isinstance(tree, dict) and "int" in tree:
        return int(tree["int"], 16)
    if isinstance(tree, dict) and "float" in tree:
        return float(tree["float"])
    return None


def close(left: int | float, right: int | float, tolerance: Tolerance) -> bool:
    """Whether two numbers are equal within the tolerance. An infinity is near itself alone."""
    if left != left or right != right:
        return tolerance.nan_equal and left != left and right != right
    if left == right:  # exact for ints of any size too
        return True
    if tolerance == _NONE_AT_ALL:
        return False
    try:
        return math.isclose(left, right, rel_tol=tolerance.relative, abs_tol=tolerance.absolute)
    except OverflowError:  # an int beyond every float
        return _close_integers(left, right, tolerance)


def _close_integers(left: int | float, right: int | float, tolerance: Tolerance) -> bool:
    if math.inf in (left, right) or -math.inf in (left, right):
        return False
    first, second = int(left), int(right)
    over, under = tolerance.relative.as_integer_ratio()
    return abs(first - second) * under <= max(abs(first), abs(second)) * over


def _approx_items(expected: list[JSONTree], got: list[JSONTree], tolerance: Tolerance) -> bool:
    return len(expected) == len(got) and all(
        approx(left, right, tolerance) for left, right in zip(expected, got, strict=True)
    )


def _approx_set(expected: list[JSONTree], got: list[JSONTree], tolerance: Tolerance) -> bool:
    """Sorted numbers are paired in order: if any pairing within the tolerance exists, this one is."""
    if len(expected) != len(got):
        return False
    expected_numbers, expected_rest = _sorted_apart(expected)
    got_numbers, got_rest = _sorted_apart(got)
    return (
        expected_rest == got_rest
        and len(expected_numbers) == len(got_numbers)
        and all(close(left, right, tolerance) for left, right in zip(expected_numbers, got_numbers, strict=True))
    )


def _sorted_apart(items: list[JSONTree]) -> tuple[list[int | float], list[str]]:
    numbers: list[int | float] = []
    rest: list[str] = []
    for item in items:
        number = _number(item)
        if number is None or number != number:
            rest.append(canonical(item))
        else:
            numbers.append(number)
    return sorted(numbers), sorted(rest)


def _approx_dict(expected: list[JSONTree], got: list[JSONTree], tolerance: Tolerance) -> bool:
    if len(expected) != len(got):
        return False
    expected_by_key = {canonical(key): item for key, item in expected}
    got_by_key = {canonical(key): item for key, item in got}
    return (
        len(expected) == len(got) == len(got_by_key)  # a forged encoding may repeat a key
        and expected_by_key.keys() == got_by_key.keys()
        and all(approx(item, got_by_key[key], tolerance) for key, item in expected_by_key.items())
    )


def _approx_record(expected: list[JSONTree], got: list[JSONTree], tolerance: Tolerance) -> bool:
    (expected_class, expected_fields), (got_class, got_fields) = expected, got
    return (
        expected_class == got_class
        and [name for name, _ in expected_fields] == [name for name, _ in got_fields]
        and _approx_items([item for _, item in expected_fields], [item for _, item in got_fields], tolerance)
    )


def _approx_decimal(expected: list[JSONTree], got: list[JSONTree], tolerance: Tolerance) -> bool:
    left, right = (decimal_float(body) for body in (expected, got))
    if left is None or right is None:  # beyond what a float tells apart
        return exact({"decimal": expected}, {"decimal": got})
    return close(left, right, tolerance) or exact({"decimal": expected}, {"decimal": got})


def decimal_float(body: list[JSONTree]) -> float | None:
    """The float next to an encoded Decimal; None if it lies beyond all of them."""
    negative, digits, exponent = body
    if exponent in ("n", "N"):
        return math.nan
    # Cut, because only the first digits matter to a float and reading many takes quadratic time.
    kept = digits[:_FLOAT_DIGITS]
    number = math.inf if exponent == "F" else float(f"{kept or '0'}e{int(exponent) + len(digits) - len(kept)}")
    if exponent != "F" and math.isinf(number):
        return None
    return -number if negative else number


def _approx_fraction(expected: list[str], got: list[str], tolerance: Tolerance) -> bool:
    over, under = (int(text, 16) for text in expected)
    got_over, got_under = (int(text, 16) for text in got)
    # a/b against c/d without a division: a*d against c*b, which differ as much, relative to their size.
    left, right = over * got_under, got_over * under
    if left == right or tolerance == _NONE_AT_ALL:
        return left == right
    try:
        return close(over / under, got_over / got_under, tolerance)
    except OverflowError:
        return _close_integers(left, right, tolerance)


_FLOAT_DIGITS = 800  # no float needs more: IEEE 754 doubles have at most 767 significant digits

_APPROX_BODIES: dict[str, Callable[[list[JSONTree], list[JSONTree], Tolerance], bool]] = {
    "decimal": _approx_decimal,
    "fraction": _approx_fraction,
    "tuple": _approx_items,
    "iterator": _approx_items,
    "complex": _approx_items,
    "set": _approx_set,
    "frozenset": _approx_set,
    "dict": _approx_dict,
    "record": _approx_record,
}


def _same_items(expected: list[JSONTree], got: list[JSONTree]) -> bool:
    return len(expected) == len(got) and _multiset(expected) == _multiset(got)


def _multiset(items: list[JSONTree]) -> list[str]:
    return sorted(canonical(item) for item in items)


def _collection(tree: JSONTree) -> list[JSONTree] | None:
    if isinstance(tree, list):
        return tree
    if isinstance(tree, dict) and tree.keys() <= set(_COLLECTIONS):
        ((_, body),) = tree.items()
        return list(body)
    return None
