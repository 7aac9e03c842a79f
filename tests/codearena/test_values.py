"""Values cross the sandbox boundary as plain data: what goes in comes out, and nothing hostile gets through."""

import enum
import json
import math
import subprocess
import sys
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codearena import trees, values
from codearena.values import MalformedValueError, UnencodableError, ValueLimits, ValueTooLargeError

STANDARD: st.SearchStrategy[Any] = (
    st.decimals(allow_nan=True).filter(lambda number: not number.is_snan())
    | st.fractions()
    | st.dates()
    | st.timedeltas()
    | st.times(timezones=st.none() | st.just(UTC))
    | st.datetimes(timezones=st.none() | st.timezones())
)
_HASHABLE: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary(max_size=50)
    | st.complex_numbers()
    | st.characters(categories=["Cs"])
    | STANDARD,
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.frozensets(inner, max_size=4),
    max_leaves=8,
)
PLAIN: st.SearchStrategy[Any] = st.recursive(
    _HASHABLE | st.sets(_HASHABLE, max_size=4),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_HASHABLE, inner, max_size=5),
    max_leaves=20,
)
JSON_TREES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*trees.TAGS, "pickle", ""]), inner, min_size=1, max_size=2)
    ),
    max_leaves=15,
)


def canonical(value: object) -> str:
    return values.canonical(values.parse(values.encode(value)))


def described(value: Any) -> Any:
    """Type and content, so that 1, 1.0 and True differ, nan equals nan, and order counts where it means something."""
    kind = type(value).__name__
    if isinstance(value, list | tuple):
        return kind, [described(item) for item in value]
    if isinstance(value, set | frozenset):
        return kind, sorted(repr(described(item)) for item in value)
    if isinstance(value, dict):
        return kind, [(described(key), described(item)) for key, item in value.items()]
    if isinstance(value, datetime | time) and value.tzinfo is not None:
        return kind, repr(value.replace(tzinfo=None)), value.utcoffset()
    return kind, repr(value)


@given(PLAIN)
def test_plain_data_survives_the_round_trip_with_its_exact_types(value: Any) -> None:
    assert described(values.decode(values.encode(value))) == described(value)


@given(PLAIN)
def test_what_we_encoded_ourselves_decodes_alike_without_checks(value: Any) -> None:
    text = values.encode(value)
    assert described(values.decode_own(text)) == described(values.decode(text))


@given(PLAIN)
def test_equal_values_have_one_canonical_text(value: Any) -> None:
    assert canonical(values.decode(values.encode(value))) == canonical(value)


@given(JSON_TREES)
def test_any_tree_is_either_a_value_or_refused(tree: Any) -> None:
    text = json.dumps(tree).encode()
    with suppress(MalformedValueError):
        values.canonical(values.parse(text))
        values.decode(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_either_a_value_or_refused(text: bytes) -> None:
    with suppress(MalformedValueError):
        values.parse(text)


class LyingInt(int):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __index__(self) -> int:
        return 999

    def __repr__(self) -> str:
        return "999"


class LyingFloat(float):
    def __add__(self, other: object) -> float:
        return 999.0

    def __pos__(self) -> float:
        return 999.0

    def __float__(self) -> float:
        return 999.0


class LyingStr(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "lie"

    def __getitem__(self, key: object) -> str:
        return "lie"

    def __len__(self) -> int:
        return 0


class LyingList(list[Any]):
    def __iter__(self) -> Iterator[Any]:
        return iter([999])

    def __len__(self) -> int:
        return 0


class LyingDict(dict[Any, Any]):
    def items(self) -> Any:
        return [(9, 9)]

    def __iter__(self) -> Iterator[Any]:
        return iter([9])


class LyingBytes(bytes):
    def __getitem__(self, key: Any) -> Any:
        return b"lie"

    def __bytes__(self) -> bytes:
        return b"lie"


class LyingSet(set[Any]):
    def __iter__(self) -> Iterator[Any]:
        return iter([999])


class LyingTuple(tuple[Any, ...]):
    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return iter([999])


class LyingComplex(complex):
    def __pos__(self) -> complex:
        return 9j


@pytest.mark.parametrize(
    ("lie", "truth"),
    [
        (LyingInt(3), 3),
        (LyingFloat(2.5), 2.5),
        (LyingStr("truth"), "truth"),
        (LyingList([1, 2]), [1, 2]),
        (LyingDict({1: 2}), {1: 2}),
        (LyingBytes(b"truth"), b"truth"),
        (LyingSet({1}), {1}),
        (LyingTuple((1,)), (1,)),
        (LyingComplex(1 + 2j), 1 + 2j),
        (OrderedDict(a=1), {"a": 1}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_subclass_arrives_as_the_builtin_value_whatever_it_says(lie: object, truth: object) -> None:
    arrived = values.decode(values.encode(lie))
    assert (type(arrived), arrived) == (type(truth), truth)


class LyingClass:
    """Claims to be an int."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return int

    def __index__(self) -> int:
        return 3


class ArmedMeta(type):
    def __getattribute__(cls, name: str) -> NoReturn:
        raise RuntimeError("the class was asked something")


def armed() -> object:
    # Made on demand: pytest asks every name of a module what it is.
    return ArmedMeta("Armed", (), {})()


class FakeEnum:
    _member_map_: ClassVar[dict[str, object]] = {}


class NamelessEnum:
    _member_map_: ClassVar[dict[str, object]] = {}
    _name_ = 3
    _value_ = 3


def endless() -> Iterator[int]:
    while True:
        yield 1


def cycle() -> list[Any]:
    inner: list[Any] = []
    inner.append({"again": inner})
    return inner


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "make",
    [LyingClass, armed, FakeEnum, NamelessEnum, object, lambda: print, lambda: int, cycle, lambda: deep(101)],
)
def test_what_is_not_plain_data_is_unencodable(make: Callable[[], object]) -> None:
    with pytest.raises(UnencodableError):
        values.encode(make())


def test_an_abyss_is_unencodable_whatever_the_depth_allowed() -> None:
    with pytest.raises(UnencodableError):
        values.encode(deep(50_000), ValueLimits(depth=10**9, nodes=10**9))


@pytest.mark.parametrize(
    ("value", "limits"),
    [
        ("x" * 101, ValueLimits(size_bytes=100)),
        (b"x" * 101, ValueLimits(size_bytes=100)),
        (2**4000, ValueLimits(size_bytes=100)),
        ("\x00" * 30, ValueLimits(size_bytes=100)),
        (list(range(11)), ValueLimits(nodes=10)),
        (dict.fromkeys(range(6)), ValueLimits(nodes=10)),
        (endless(), ValueLimits(max_items=10)),
        (range(10**12), ValueLimits()),
    ],
    ids=["text", "bytes", "int", "escapes", "list", "dict", "generator", "range"],
)
def test_values_beyond_the_limits_are_too_large(value: object, limits: ValueLimits) -> None:
    with pytest.raises(ValueTooLargeError):
        values.encode(value, limits)


def test_a_shared_container_is_no_cycle() -> None:
    shared = [1]
    assert values.decode(values.encode([shared, shared])) == [[1], [1]]


class Colour(enum.Enum):
    RED = "r"


class Weight(enum.IntEnum):
    LIGHT = 1


@dataclass
class Point:
    x: int
    y: Any


@dataclass(slots=True)
class Half:
    x: int


Pair = namedtuple("Pair", "left right")


@pytest.mark.parametrize(
    ("value", "tree"),
    [
        (Point(1, [2]), {"record": ["Point", [["x", 1], ["y", [2]]]]}),
        (Half(1), {"record": ["Half", [["x", 1]]]}),
        (Pair(1, 2), {"record": ["Pair", [["left", 1], ["right", 2]]]}),
        (Colour.RED, {"enum": ["Colour", "RED", "r"]}),
        (Weight.LIGHT, {"enum": ["Weight", "LIGHT", 1]}),
        ((number for number in (1, 2)), {"iterator": [1, 2]}),
        (range(3), {"iterator": [0, 1, 2]}),
        (2**53, 2**53),
        (2**53 + 1, {"int": "0x20000000000001"}),
        (-math.inf, {"float": "-inf"}),
        (bytearray(b"a"), {"bytes": "YQ=="}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_has_the_documented_encoding(value: object, tree: object) -> None:
    assert values.parse(values.encode(value)) == tree


def test_a_record_without_one_of_its_fields_is_unencodable() -> None:
    point = Point(1, 2)
    del point.x
    with pytest.raises(UnencodableError, match="field x"):
        values.encode(point)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b'{"tuple": [1], "set": [1]}',
        b'{"pickle": "gASVAAAA"}',
        b'{"int": "12"}',
        b'{"int": "0xZZ"}',
        b'{"int": 3}',
        b"NaN",
        b"1e999",
        b"9007199254740993",
        b"123456789012345678901234567890",
        b'{"float": "1.0"}',
        b'{"complex": [1]}',
        b'{"complex": [1, 2]}',
        b'{"bytes": "?"}',
        b'{"dict": [[1]]}',
        b'{"record": ["Point", [[1, 2]]]}',
        b'{"enum": ["Colour", "RED"]}',
        b'{"tuple": {"int": "0x1"}}',
        b"[" * 100_000,
        b"[" * 102 + b"]" * 102,
        b"\xff\xfe",
    ],
)
def test_malformed_text_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedValueError):
        values.parse(text)


def test_parse_holds_to_its_limits() -> None:
    with pytest.raises(MalformedValueError, match="bytes"):
        values.parse(b"[1,2,3]", ValueLimits(size_bytes=3))
    with pytest.raises(MalformedValueError, match="number of values"):
        values.parse(b"[1,2,3]", ValueLimits(nodes=3))


def test_decoding_an_unhashable_key_is_refused() -> None:
    with pytest.raises(MalformedValueError):
        values.decode(b'{"set": [[1]]}')


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({1, 2, 3}, {3, 2, 1}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (math.nan, -math.nan),
        (0.0, -0.0),
        (complex(0.0, 1.0), complex(-0.0, 1.0)),
    ],
)
def test_canonical_is_equal_for_equal_values(left: object, right: object) -> None:
    assert canonical(left) == canonical(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1.0),
        (1, True),
        ([1], (1,)),
        ({1}, frozenset({1})),
        ("1", 1),
        (b"a", "a"),
        ([1, 2], [2, 1]),
        ({"a": 1}, {"a": 2}),
        (Pair(1, 2), (1, 2)),
        (Colour.RED, "r"),
        (iter([1]), [1]),
        (['a","b'], ["a", "b"]),
    ],
)
def test_canonical_differs_for_different_values_or_types(left: object, right: object) -> None:
    assert canonical(left) != canonical(right)


def test_the_module_imports_nothing_but_the_standard_library() -> None:
    """A copy of it runs in the sandbox, where no package is installed: -S leaves site-packages out."""
    root = values.__file__.removesuffix("/codearena/values.py")
    script = f"import sys; sys.path.insert(0, {root!r}); import codearena.values"
    subprocess.run([sys.executable, "-S", "-I", "-c", script], check=True)


class _LyingDate(date):
    year = property(lambda self: 1)  # type: ignore[assignment]


class _LyingDecimal(Decimal):
    def as_tuple(self) -> Any:
        raise AssertionError("asked")


class _LyingFraction(Fraction):
    numerator = property(lambda self: 1)  # type: ignore[assignment]


class _Zone(tzinfo):
    def utcoffset(self, moment: datetime | None) -> timedelta:
        raise AssertionError("asked")


@pytest.mark.parametrize(
    ("lying", "honest"),
    [
        (_LyingDate(2020, 2, 29), date(2020, 2, 29)),
        (_LyingDecimal("1.5"), Decimal("1.5")),
        (_LyingFraction(3, 4), Fraction(3, 4)),
    ],
)
def test_a_subclass_of_a_standard_type_arrives_as_its_base(lying: Any, honest: Any) -> None:
    assert described(values.decode(values.encode(lying))) == described(honest)


def test_a_zone_of_the_attempts_own_is_not_asked() -> None:
    with pytest.raises(UnencodableError):
        values.encode(datetime(2020, 1, 1, tzinfo=_Zone()))


@given(st.lists(STANDARD, min_size=2, max_size=2))
def test_standard_values_of_one_type_have_one_canonical_text_exactly_if_equal(pair: list[Any]) -> None:
    left, right = pair
    if type(left) is type(right) and left == left and right == right:
        assert (canonical(left) == canonical(right)) is (left == right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Decimal("1.0"), Decimal("1.00")),
        (Decimal("-0"), Decimal("0e5")),
        (datetime(2020, 1, 1, 12, tzinfo=UTC), datetime(2020, 1, 1, 14, tzinfo=timezone(timedelta(hours=2)))),
    ],
)
def test_equal_standard_values_are_equal_however_they_are_written(left: Any, right: Any) -> None:
    assert canonical(left) == canonical(right)


def test_decimal_and_fraction_and_float_of_one_value_differ() -> None:
    assert len({canonical(number) for number in (Decimal(1), Fraction(1), 1.0, 1)}) == 4


_FORGED_PARTS = st.lists(
    st.none() | st.booleans() | st.integers(-5, 10_000) | st.sampled_from(["", "1", "F", "n", "-9" * 9, "0x1", "-0x2"]),
    max_size=9,
)


@given(st.sampled_from(["decimal", "fraction", "date", "time", "datetime", "timedelta"]), _FORGED_PARTS)
def test_a_forged_standard_value_is_refused_or_read_with_every_function(tag: str, body: list[Any]) -> None:
    text = json.dumps({tag: body}).encode()
    try:
        tree = values.parse(text)
    except MalformedValueError:
        return
    assert values.canonical(tree)
    with suppress(MalformedValueError):
        values.decode(text)


@pytest.mark.parametrize(
    "forged",
    [
        {"decimal": [False, "9" * 500_000, "9" * 19]},
        {"fraction": ["0x" + "f" * 500_000, "0x" + "e" * 499_999]},
    ],
    ids=["decimal", "fraction"],
)
def test_a_huge_forged_number_is_compared_without_arithmetic(forged: dict[str, Any]) -> None:
    tree = values.parse(json.dumps(forged).encode())
    assert values.canonical(tree) == values.canonical(tree)
