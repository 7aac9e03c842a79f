import dataclasses
import enum
import json
import math
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codearena import trees, values
from codearena.v1 import grader_pb2
from grader_service import compare, examine
from grader_service.compare_output import OUTPUT_MODES
from tests.grader_service.build import LIMITS, encoded, reader

ALL = list(compare.COMPARATORS.values())
HUGE = 10**400


@dataclasses.dataclass
class Point:
    x: float
    y: float


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


def tree(value: object) -> values.JSONTree:
    return values.parse(values.encode(value))


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.complex_numbers()
)
HASHABLE = SCALARS | st.tuples(SCALARS, SCALARS)
PLAIN = st.recursive(
    SCALARS | st.sets(HASHABLE, max_size=4) | st.frozensets(HASHABLE, max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.builds(Point, inner, inner)
    ),
    max_leaves=12,
)
FORGED_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
FORGED_TAGS = st.sampled_from([*trees.TAGS, "pickle", ""])
FORGED = st.recursive(
    FORGED_LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FORGED_TAGS, inner, max_size=2),
    max_leaves=12,
)


@given(PLAIN)
def test_every_mode_is_reflexive(value: object) -> None:
    assert all(equal(tree(value), tree(value)) for equal in ALL)


@given(PLAIN, PLAIN)
def test_no_mode_raises_and_each_is_symmetric(left: object, right: object) -> None:
    assert all(equal(tree(left), tree(right)) == equal(tree(right), tree(left)) for equal in ALL)


@given(PLAIN, PLAIN)
def test_what_is_exactly_equal_is_equal_in_every_mode(left: object, right: object) -> None:
    if compare.exact(tree(left), tree(right)):
        assert all(equal(tree(left), tree(right)) for equal in ALL)


@given(PLAIN, FORGED, st.sampled_from(list(compare.COMPARATORS)))
def test_a_forged_encoding_is_compared_or_refused_but_never_raises(
    value: object, forged: object, mode: grader_pb2.Compare.ValueType
) -> None:
    got = encoded(None)
    got.json = json.dumps(forged).encode()
    assert examine.same_value(encoded(value), got, mode, reader()) in (True, False)


@given(st.binary(max_size=64))
def test_bytes_that_are_no_encoding_equal_nothing(raw: bytes) -> None:
    got = encoded(None)
    got.json = b"!" + raw
    assert not examine.same_value(encoded(None), got, grader_pb2.COMPARE_SAME_TYPE, reader())


@given(st.lists(HASHABLE, max_size=6), st.randoms())
def test_unordered_holds_for_every_permutation(items: list[object], rng: object) -> None:
    shuffled = list(items)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert compare.unordered(tree(items), tree(shuffled))
    assert compare.unordered(tree(tuple(items)), tree(tuple(shuffled)))


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1, 1.0),
        (1, True),
        (0, False),
        ([1], (1,)),
        ({1}, frozenset({1})),
        ("1", 1),
        (None, False),
        ([1, 2], [2, 1]),
        (b"a", "a"),
        ({"a": 1}, [["a", 1]]),
        (Point(1, 2), (1, 2)),
        (Colour.RED, 1),
        (1.0, 1.0 + 1e-12),
    ],
)
def test_exact_tells_types_and_values_apart(expected: object, got: object) -> None:
    assert not compare.exact(tree(expected), tree(got))


@pytest.mark.parametrize("value", [math.nan, math.inf, HUGE, [math.nan], {"a": {1, 2}}, Point(1, 2), Colour.RED])
def test_exact_accepts_the_same_value(value: object) -> None:
    assert compare.exact(tree(value), tree(value))


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1, 1.0),
        (1.0, 1.0 + 5e-10),
        (0.0, 5e-13),
        (math.nan, math.nan),
        (math.inf, math.inf),
        ([1, (2.0, 3)], [1.0, (2, 3.0000000001)]),
        ({"a": 0.1 + 0.2}, {"a": 0.3}),
        ({0.1 + 0.2, "x"}, {0.3, "x"}),
        ({math.nan, 1}, {1.0, math.nan}),
        (complex(1, 0.1 + 0.2), complex(1, 0.3)),
        (Point(0.1 + 0.2, 1), Point(0.3, 1.0)),
        (HUGE, HUGE + 1),
        (2**1024 - 2**970, 2.0**1023 * (2 - 2**-52)),
    ],
)
def test_approx_accepts_numbers_within_the_tolerance(expected: object, got: object) -> None:
    assert compare.approx(tree(expected), tree(got))


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1.0, 1.0 + 1e-8),
        (0.0, 1e-11),
        (1, True),
        (1.0, "1.0"),
        (math.nan, 0.0),
        (math.inf, HUGE),
        (math.inf, -math.inf),
        (HUGE, 2 * HUGE),
        (HUGE, -HUGE),
        (HUGE, 1.5),
        ([1.0], (1.0,)),
        ([1.0], [1.0, 1.0]),
        ({1.0}, {1.0, 2.0}),
        ({1: "a"}, {1.0: "a"}),
        ({"a": 1.0}, {"b": 1.0}),
        (Point(1, 2), {"x": 1, "y": 2}),
    ],
)
def test_approx_refuses_everything_else(expected: object, got: object) -> None:
    assert not compare.approx(tree(expected), tree(got))


def test_approx_refuses_a_forged_dict_that_repeats_a_key() -> None:
    forged = {"dict": [["a", 1], ["a", 1]]}
    assert not compare.approx(tree({"a": 1}), forged)
    assert not compare.approx(tree({"a": 1, "b": 1}), forged)


@pytest.mark.parametrize(
    ("expected", "got"),
    [([1, 1, 2], [1, 2, 2]), ([1], [1, 1]), ([1, 2], (2, 1)), ([1], [1.0]), ([[1, 2]], [[2, 1]]), ("ab", "ba")],
)
def test_unordered_frees_the_order_of_the_outermost_items_only(expected: object, got: object) -> None:
    assert not compare.unordered(tree(expected), tree(got))


@pytest.mark.parametrize(
    ("expected", "got"), [("a", "b"), (1, HUGE), (1.5, math.nan), ([], [1]), ({}, {1: 2}), (Point(1, 2), Point(3, 4))]
)
def test_same_type_ignores_the_value(expected: object, got: object) -> None:
    assert compare.same_type(tree(expected), tree(got))


@pytest.mark.parametrize(
    ("expected", "got"), [(1, True), (1, 1.0), ([], ()), (None, 0), (Colour.RED, Point(1, 2)), ("", b"")]
)
def test_same_type_tells_types_apart(expected: object, got: object) -> None:
    assert not compare.same_type(tree(expected), tree(got))


def test_every_mode_of_the_protocol_has_a_comparator() -> None:
    assert {grader_pb2.COMPARE_UNSPECIFIED, *compare.MODES, *OUTPUT_MODES} == set(grader_pb2.Compare.values())


def test_values_at_every_limit_are_compared() -> None:
    deep: object = 0
    for _ in range(LIMITS.depth - 1):
        deep = [deep]
    wide = list(range(100_000))
    for value in (deep, wide, "x" * (LIMITS.size_bytes - 100), 1 << (4 * (LIMITS.size_bytes - 100))):
        assert all(equal(tree(value), tree(value)) for equal in ALL)


def near(expected: object, got: object, **tolerance: float | bool) -> bool:
    return compare.approx(tree(expected), tree(got), compare.Tolerance(**tolerance))  # type: ignore[arg-type]


def test_a_tolerance_is_relative_or_absolute_whichever_allows_more() -> None:
    assert near(100.0, 101.0, relative=0.01)
    assert not near(100.0, 102.5, relative=0.01)
    assert near(0.0, 0.05, absolute=0.1)
    assert not near([{"a": 0.0}], [{"a": 0.2}], absolute=0.1)
    assert near(HUGE, HUGE + HUGE // 200, relative=0.01)
    assert not near(HUGE, HUGE + HUGE // 50, relative=0.01)


def test_nan_is_near_nan_only_where_the_task_says_so() -> None:
    assert near([math.nan], [math.nan])
    assert not near([math.nan], [math.nan], nan_equal=False)
    assert not near(math.nan, 0.0, absolute=1e300)


def test_the_policy_on_nan_holds_for_equal_bytes_too() -> None:
    strict = compare.Tolerance(nan_equal=False)
    nan = encoded(math.nan)
    assert not examine.same_value(nan, nan, grader_pb2.COMPARE_APPROX, reader(), strict)


def test_one_equals_one_point_zero_only_where_the_task_says_so() -> None:
    assert not compare.exact(tree(1), tree(1.0))
    assert compare.numeric(tree([1, {"a": 2}]), tree([1.0, {"a": 2.0}]))
    assert not compare.numeric(tree(1), tree(True))
    assert not compare.numeric(tree(2**53), tree(2**53 + 1))
    assert not compare.numeric(tree(0.1 + 0.2), tree(0.3))


def test_as_a_set_neither_order_nor_repetition_nor_kind_counts() -> None:
    for other in ([2, 1, 1], (1, 2), {1, 2}, frozenset({2, 1}), iter([1, 2, 2])):
        assert compare.as_set(tree([1, 2]), tree(other))
    assert not compare.as_set(tree([1, 2]), tree([1, 2, 3]))
    assert not compare.as_set(tree([1]), tree([True]))
    assert not compare.as_set(tree([1, 2]), tree({1: 2}))
    assert not compare.as_set(tree([1]), tree(1))


def test_decimals_and_fractions_are_near_their_like_only() -> None:
    assert near(Decimal("0.1"), Decimal("0.1000000000001"))
    assert not near(Decimal("0.1"), Decimal("0.11"))
    assert not near(Decimal(1), 1)
    assert near(Decimal("1e999999"), Decimal("10e999998"))
    assert not near(Decimal("1e999999"), Decimal("2e999999"))
    assert near(Fraction(1, 3), Fraction(333333333333, 1000000000000))
    assert not near(Fraction(1, 3), Fraction(1, 4))
    assert near(Fraction(HUGE, 3), Fraction(HUGE + 1, 3))


@given(st.text("ab*?", max_size=12), st.text("ab*?", max_size=8))
def test_a_pattern_means_what_the_shell_means(text: str, pattern: str) -> None:
    regular = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    assert compare.matches_pattern(text, pattern) is (re.fullmatch(regular, text, re.DOTALL) is not None)


def test_a_hostile_message_costs_a_pattern_no_more_than_their_lengths() -> None:
    """With a regular expression of the same meaning this would not end."""
    assert not compare.matches_pattern("a" * 20_000, "*a" * 40 + "b")


def test_a_huge_forged_fraction_is_compared_within_the_limits() -> None:
    forged = [{"fraction": ["0x" + digit * 200_000, "0x" + "e" * 199_999]} for digit in "fd"]
    assert not compare.approx(*forged)
