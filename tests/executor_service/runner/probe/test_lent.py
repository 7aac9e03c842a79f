"""A lent list does what a list does, for whoever does not take its memory for granted."""

import copy
import pickle
from bisect import bisect_left
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor_service.runner.probe.lent import LentList

ITEMS = [3, 1, 4, 1, 5, 9, 2, 6]
Use = Callable[[list[Any]], Any]


def lent(items: list[Any], read: list[int] | None = None) -> LentList:
    def borrow(index: int) -> Any:
        if read is not None:
            read.append(index)
        return items[index]

    return LentList(len(items), borrow)


def outcome(use: Use, values: list[Any]) -> tuple[Any, Any]:
    """What came of it, and what the list is then."""
    try:
        result = use(values)
    except (IndexError, TypeError, ValueError) as error:
        result = type(error), "" if isinstance(error, TypeError) else str(error)
    return result, list(values)


USES: dict[str, Use] = {
    "len": len,
    "bool": bool,
    "iterate": lambda values: [value for value in values],  # noqa: C416
    "list": list,
    "tuple": tuple,
    "star": lambda values: [*values],
    "enumerate": lambda values: list(enumerate(values)),
    "pairwise": lambda values: list(pairwise(values)),
    "reversed": lambda values: list(reversed(values)),
    "sorted": sorted,
    "min": min,
    "max": max,
    "sum": sum,
    "set": set,
    "in": lambda values: [4 in values, 7 in values],
    "index": lambda values: values.index(9),
    "index of none": lambda values: values.index(7),
    "count": lambda values: values.count(1),
    "bisect": lambda values: bisect_left(values, 4),
    "unpack": lambda values: (lambda first, *rest: (first, rest))(*values),
    "equal": lambda values: [values == ITEMS, values == [], values == lent(ITEMS)],
    "compare": lambda values: [values < [9], values <= ITEMS, values > [1], values >= [4]],
    "add": lambda values: values + [7],  # noqa: RUF005 - the operator is what is tried
    "multiply": lambda values: [values * 2, 2 * values],
    "copy": lambda values: values.copy(),
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "pickle": lambda values: pickle.loads(pickle.dumps(values)),
    "repr": repr,
    "append": lambda values: values.append(7),
    "extend": lambda values: values.extend([7, 8]),
    "insert": lambda values: values.insert(0, 7),
    "pop": lambda values: [values.pop(), values.pop(0)],
    "remove": lambda values: values.remove(4),
    "reverse": lambda values: values.reverse(),
    "sort": lambda values: values.sort(),
    "clear": lambda values: values.clear(),
    "set item": lambda values: values.__setitem__(0, 7),
    "set slice": lambda values: values.__setitem__(slice(1, 3), [7]),
    "delete": lambda values: values.__delitem__(slice(None, None, 2)),
    "in place": lambda values: values.__iadd__([7])[-1],
    "hash": hash,
    "a float as index": lambda values: values[1.0],  # type: ignore[call-overload]
    "isinstance": lambda values: isinstance(values, list),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("items", [ITEMS, []], ids=["some", "none"])
def test_it_is_used_like_a_list(use: Use, items: list[int]) -> None:
    assert outcome(use, lent(items)) == outcome(use, list(items))


@given(st.lists(st.integers()), st.integers(-20, 20))
def test_an_index_counts_from_either_end(items: list[int], index: int) -> None:
    assert outcome(lambda values: values[index], lent(items)) == outcome(lambda values: values[index], items)


@given(st.lists(st.integers()), st.slices(12))
def test_a_slice_is_a_list_of_its_items(items: list[int], part: slice) -> None:
    assert lent(items)[part] == items[part]


def test_only_what_is_asked_for_is_read_and_that_once() -> None:
    read: list[int] = []
    values = lent(ITEMS, read)
    assert [len(values), values[2], values[-1], values[2]] == [8, 4, 6, 4]
    assert read == [2, 7]
    assert 1 in values
    assert read == [2, 7, 0, 1]
    values.sort()
    assert sorted(read) == list(range(8))
