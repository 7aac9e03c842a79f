"""Comparing what an attempt returned with what was expected: one pure function for each mode.

All work on the JSON trees of `codearena.values.parse`, never on Python objects made from them: nothing of the attempt's
is hashed but strings, and no order of a hostile type is asked for. The limits of `parse` on depth, number of values and
bytes bound their time and memory: each is O(n log n) in the size of the text. No function here raises on parsed trees.
"""

import math
from collections.abc import Callable

from codearena.v1 import grader_pb2
from codearena.values import JSONTree, canonical

RELATIVE_TOLERANCE = 1e-9
ABSOLUTE_TOLERANCE = 1e-12
_INVERSE_RELATIVE_TOLERANCE = 10**9


def exact(expected: JSONTree, got: JSONTree) -> bool:
    """Same types, same values; order counts in lists and tuples only; nan equals nan."""
    return canonical(expected) == canonical(got)


def approx(expected: JSONTree, got: JSONTree) -> bool:
    """As `exact`, but numbers within 1e-9 relative or 1e-12 absolute are equal, int and float alike; a bool is none.

    Holds at every depth, save in keys of dicts and in elements of sets that are not numbers: these are exact.
    """
    left, right = _number(expected), _number(got)
    if left is not None and right is not None:
        return _close(left, right)
    if isinstance(expected, list) and isinstance(got, list):
        return _approx_items(expected, got)
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        ((tag, expected_body),) = expected.items()
        compare_body = _APPROX_BODIES.get(tag)
        if compare_body is not None:
            return compare_body(expected_body, got[tag])
    return exact(expected, got)


def unordered(expected: JSONTree, got: JSONTree) -> bool:
    """A list or tuple as a multiset of its items, the items exact; anything else as `exact`."""
    if isinstance(expected, list) and isinstance(got, list):
        return _multiset(expected) == _multiset(got)
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys() == {"tuple"}:
        return _multiset(expected["tuple"]) == _multiset(got["tuple"])
    return exact(expected, got)


def same_type(expected: JSONTree, got: JSONTree) -> bool:
    """Only the type is compared; for records and enum members that is the class's name."""
    return type_name(expected) == type_name(got)


Comparator = Callable[[JSONTree, JSONTree], bool]

COMPARATORS: dict[grader_pb2.Compare.ValueType, Comparator] = {
    grader_pb2.COMPARE_EXACT: exact,
    grader_pb2.COMPARE_APPROX: approx,
    grader_pb2.COMPARE_UNORDERED: unordered,
    grader_pb2.COMPARE_SAME_TYPE: same_type,
}
"""Every mode that an expectation may ask for."""


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


def _close(left: int | float, right: int | float) -> bool:
    if left != left or right != right:
        return left != left and right != right
    try:
        return math.isclose(left, right, rel_tol=RELATIVE_TOLERANCE, abs_tol=ABSOLUTE_TOLERANCE)
    except OverflowError:  # an int beyond every float
        return _close_integers(left, right)


def _close_integers(left: int | float, right: int | float) -> bool:
    if math.inf in (left, right) or -math.inf in (left, right):
        return False
    first, second = int(left), int(right)
    return abs(first - second) * _INVERSE_RELATIVE_TOLERANCE <= max(abs(first), abs(second))


def _approx_items(expected: list[JSONTree], got: list[JSONTree]) -> bool:
    return len(expected) == len(got) and all(map(approx, expected, got))


def _approx_set(expected: list[JSONTree], got: list[JSONTree]) -> bool:
    """Sorted numbers are paired in order: if any pairing within the tolerance exists, this one is."""
    expected_numbers, expected_rest = _sorted_apart(expected)
    got_numbers, got_rest = _sorted_apart(got)
    return (
        expected_rest == got_rest
        and len(expected_numbers) == len(got_numbers)
        and all(map(_close, expected_numbers, got_numbers))
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


def _approx_dict(expected: list[JSONTree], got: list[JSONTree]) -> bool:
    expected_by_key = {canonical(key): item for key, item in expected}
    got_by_key = {canonical(key): item for key, item in got}
    return (
        len(expected) == len(got) == len(got_by_key)  # a forged encoding may repeat a key
        and expected_by_key.keys() == got_by_key.keys()
        and all(approx(item, got_by_key[key]) for key, item in expected_by_key.items())
    )


def _approx_record(expected: list[JSONTree], got: list[JSONTree]) -> bool:
    (expected_class, expected_fields), (got_class, got_fields) = expected, got
    return (
        expected_class == got_class
        and [name for name, _ in expected_fields] == [name for name, _ in got_fields]
        and _approx_items([item for _, item in expected_fields], [item for _, item in got_fields])
    )


_APPROX_BODIES: dict[str, Callable[[list[JSONTree], list[JSONTree]], bool]] = {
    "tuple": _approx_items,
    "iterator": _approx_items,
    "complex": _approx_items,
    "set": _approx_set,
    "frozenset": _approx_set,
    "dict": _approx_dict,
    "record": _approx_record,
}


def _multiset(items: list[JSONTree]) -> list[str]:
    return sorted(canonical(item) for item in items)
