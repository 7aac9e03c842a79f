import ast
import dataclasses
import enum
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codearena import values
from codearena.v1 import common_pb2
from grader_service import render


@dataclasses.dataclass
class Point:
    x: int
    y: str


class Colour(enum.Enum):
    RED = 1


def shown(value: object, max_chars: int = 400) -> str:
    return render.value(values.parse(values.encode(value)), max_chars)


LITERALS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(LITERALS)
def test_literals_read_back_as_the_same_value(value: object) -> None:
    assert ast.literal_eval(shown(value, 10_000)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((1,), "(1,)"),
        ((), "()"),
        (set(), "set()"),
        ({1}, "{1}"),
        (frozenset({1}), "frozenset({1})"),
        (math.nan, "float('nan')"),
        (complex(1, 2), "complex(1.0, 2.0)"),
        (2**70, str(2**70)),
        (Point(1, "a"), "Point(x=1, y='a')"),
        (Colour.RED, "Colour.RED"),
        (iter([1, 2]), "<iterator of [1, 2]>"),
    ],
)
def test_other_kinds_are_shown_as_python_would_write_them(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    "value",
    [list(range(100_000)), "x" * 500_000, b"x" * 500_000, 1 << 400_000, [["a" * 30] * 300] * 30, {"a" * 9999: 1}],
    ids=lambda value: type(value).__name__,
)
def test_large_values_are_cut(value: object) -> None:
    text = shown(value, 100)
    assert len(text) <= 100
    assert text.endswith(render.CUT)


@given(st.text())
def test_shown_text_is_printable_utf8(text: str) -> None:
    plain = render.plain(text)
    assert plain.encode("utf-8").decode("utf-8") == plain
    assert all(char.isprintable() or char == "\n" for char in plain)


def test_lone_surrogates_and_terminal_escapes_are_shown_as_escapes() -> None:
    assert render.plain("\ud800\x1b[2J\r") == "\\ud800\\x1b[2J\\r"
    assert shown("\ud800") == "'\\ud800'"


@given(st.text(), st.integers(8, 60))
def test_cut_text_keeps_its_bound(text: str, bound: int) -> None:
    assert len(render.clip(text, bound)) <= bound
    assert len(render.clip_middle(text, bound)) <= bound
    encodable = render.plain(text)
    assert len(render.clip_bytes(encodable, bound).encode("utf-8")) <= bound


def test_output_shows_both_ends_of_what_was_truncated() -> None:
    stream = common_pb2.Output(head=b"start\n", tail=b"end\xff\n", truncated=True, total_bytes=999)
    assert render.output(stream, 100) == "start\n\n...\nend\\xff"
