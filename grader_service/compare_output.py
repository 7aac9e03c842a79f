"""Comparing what a program wrote with an answer: byte by byte, or token by token.

A token is text between white space (of ASCII: space, tab, line ends, vertical tab, form feed). Where numbers have a
tolerance, tokens are equal if their text is, or if both are numbers and within it. Two integers are equal only if they
are the same: an answer modulo a prime is not nearly right; and no fraction misses one by more than a thousandth. nan is
near nan where the tolerance says so, an infinity is near itself alone, and a number beyond every float near those alone
that are equal to it.

An output may be any 24 MiB. It is read in pieces up to the first difference, in linear time and in memory for a piece
or its longest token. A token that is longer than any number is compared as text.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from codearena.v1 import grader_pb2
from grader_service.compare import Tolerance, close

OUTPUT_MODES = frozenset(
    (
        grader_pb2.COMPARE_EXACT,
        grader_pb2.COMPARE_TOKENS,
        grader_pb2.COMPARE_APPROX,
        grader_pb2.COMPARE_CUSTOM,
    )
)
"""Every mode that an expected output may ask for."""
OUTPUT_TOLERANCE = Tolerance(relative=1e-6, absolute=1e-6)
"""Of numbers in outputs, where a test states none: what contests ask for."""

_PIECE_BYTES = 64 * 1024
_NUMBER_BYTES = 1000
_SPACE = re.compile(rb"[ \t\n\r\v\f]")
_TOKEN = re.compile(rb"[^ \t\n\r\v\f]+")
_END = b"\n"
_SHOWN_BYTES = 60

_OFF_INTEGER = 1e-3
"""Most by which a number may miss an integer: 7 / 2 is not nearly 3, whatever the integers before it are."""
_WHOLE = 2.0**53
"""Below it two integers that are equal as floats are equal."""

Number = TypeVar("Number", float, Decimal)
Differ = Callable[[Sequence[bytes], Sequence[bytes]], int | None]
"""The place of the first of as many tokens that is not equal; None: all are."""


@dataclass(frozen=True)
class Comparison:
    """How an output is compared with an answer: by one of OUTPUT_MODES but COMPARE_CUSTOM."""

    mode: grader_pb2.Compare.ValueType
    tolerance: Tolerance = OUTPUT_TOLERANCE
    ignore_case: bool = False

    def same(self, answer: bytes, got: bytes) -> bool:
        """Whether the output is right by this answer."""
        if answer == got:
            return True
        if self.mode == grader_pb2.COMPARE_EXACT:
            return self.ignore_case and answer.lower() == got.lower()
        return self._by_tokens(answer, got) is None

    def difference(self, answer: bytes, got: bytes) -> str:
        """Where the output first differs from the answer, in one line for people; empty if it is right."""
        if self.mode != grader_pb2.COMPARE_EXACT:
            found = self._by_tokens(answer, got)
            return found.told() if found else ""
        answer, got = self._folded(answer), self._folded(got)
        return "" if answer == got else _by_lines(answer, got)

    def _folded(self, text: bytes) -> bytes:
        return text.lower() if self.ignore_case else text

    def _by_tokens(self, answer: bytes, got: bytes) -> "_TokenDifference | None":
        differ = self._differ if self.mode == grader_pb2.COMPARE_APPROX else _other_text
        return _first_difference(self._folded(answer), self._folded(got), differ)

    def _differ(self, answer: Sequence[bytes], got: Sequence[bytes]) -> int | None:
        exact = not (self.tolerance.relative or self.tolerance.absolute)
        for index in _not_clear(answer, got, exact=exact):
            if answer[index] != got[index] and not near(answer[index], got[index], self.tolerance):
                return index
        return None


def is_blank(output: bytes) -> bool:
    """Whether there is no token in it."""
    return not output or output.isspace()


def near(left: bytes, right: bytes, tolerance: Tolerance) -> bool:
    """Whether two tokens are numbers that are equal within the tolerance. left: the answer's."""
    first, second = _float(left), _float(right)
    if first is None or second is None:
        return False
    if _is_named(left) or _is_named(right):
        return _is_named(left) == _is_named(right) and close(first, second, tolerance)
    beyond = math.isinf(first) or math.isinf(second)
    if beyond or not (tolerance.relative or tolerance.absolute) or (_is_integer(left) and _is_integer(right)):
        return _same_number(left, right)
    if _is_integer(left) and abs(first - second) > _OFF_INTEGER:
        return False
    return close(first, second, tolerance)


def _float(token: bytes) -> float | None:
    if len(token) > _NUMBER_BYTES or b"_" in token:  # 1_000 is a number to Python alone
        return None
    try:
        return float(token)
    except ValueError:
        return None


def _is_named(number: bytes) -> bool:
    """Whether it is nan or an infinity, which have names in place of digits."""
    return number.lstrip(b"+-")[:1].isalpha()


def _is_integer(number: bytes) -> bool:
    return number.lstrip(b"+-").isdigit()


def _same_number(left: bytes, right: bytes) -> bool:
    """As they are written, however large: exponents are compared, and no number of so many digits is made."""
    try:
        return Decimal(left.decode()) == Decimal(right.decode())
    except ArithmeticError:  # an exponent beyond every Decimal
        return False


def _not_clear(answer: Sequence[bytes], got: Sequence[bytes], *, exact: bool) -> Sequence[int]:
    """Places of as many tokens of which not all at once can tell that they are equal numbers. exact: as written."""
    try:
        if exact:
            decimals = zip(_parsed(answer, Decimal), _parsed(got, Decimal), strict=True)
            return [index for index, (left, right) in enumerate(decimals) if left != right]
        floats = zip(_parsed(answer, float), _parsed(got, float), strict=True)
        return [index for index, (left, right) in enumerate(floats) if left != right or not -_WHOLE < left < _WHOLE]
    except (ArithmeticError, ValueError):  # not all of them are numbers
        return range(len(answer))


def _parsed(tokens: Sequence[bytes], kind: Callable[[str], Number]) -> Iterator[Number]:
    """Raises what `kind` does of what is no number to it, and ValueError of what is none to us."""
    joined = b" ".join(tokens)
    if b"_" in joined or max(map(len, tokens)) > _NUMBER_BYTES:
        raise ValueError("no number")
    return map(kind, joined.decode("ascii").split(" "))


def _other_text(answer: Sequence[bytes], got: Sequence[bytes]) -> int | None:
    return next((index for index, (left, right) in enumerate(zip(answer, got, strict=True)) if left != right), None)


@dataclass(frozen=True)
class _TokenDifference:
    """The first tokens that differ, empty where a text has ended. number, line: of it in the output, from 1."""

    number: int
    line: int
    answer: bytes
    got: bytes

    def told(self) -> str:
        place = f"token {self.number}, on line {self.line},"
        if not self.answer:
            return f"{place} is {_shown(self.got)}, where nothing should follow"
        if not self.got:
            return f"it ends after {self.number - 1} tokens, and {_shown(self.answer)} should follow"
        return f"{place} is {_shown(self.got)} and should be {_shown(self.answer)}"


def _first_difference(answer: bytes, got: bytes, differ: Differ) -> _TokenDifference | None:
    ours, theirs = _Tokens(answer), _Tokens(got)
    number = 0
    while True:
        expected, seen = ours.ahead(), theirs.ahead()
        count = min(len(expected), len(seen))
        if not count:
            if not expected and not seen:
                return None
            first, other = (each[0] if each else b"" for each in (expected, seen))
            return _TokenDifference(number + 1, theirs.line(0), first, other)
        expected, seen = expected[:count], seen[:count]
        if expected != seen and (index := differ(expected, seen)) is not None:
            return _TokenDifference(number + index + 1, theirs.line(index), expected[index], seen[index])
        ours.pass_by(count)
        theirs.pass_by(count)
        number += count


class _Tokens:
    """The tokens of a text, piece by piece."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._pieces = self._read()
        self._begin = 0
        self._piece: list[bytes] = []
        self._passed = 0

    def ahead(self) -> list[bytes]:
        """Some that come next, at least one unless there are no more."""
        while self._passed == len(self._piece):
            begin_and_piece = next(self._pieces, None)
            if begin_and_piece is None:
                return []
            (self._begin, self._piece), self._passed = begin_and_piece, 0
        return self._piece[self._passed :]

    def pass_by(self, count: int) -> None:
        """Leaves so many of those ahead behind."""
        self._passed += count

    def line(self, index: int) -> int:
        """From 1: of the token so far ahead; at the end of the text, the last line."""
        places = _TOKEN.finditer(self._text, self._begin)
        at = self._passed + index
        place = next((match.start() for number, match in enumerate(places) if number == at), len(self._text.rstrip()))
        return self._text.count(_END, 0, place) + 1

    def _read(self) -> Iterator[tuple[int, list[bytes]]]:
        begin = 0
        while begin < len(self._text):
            space = _SPACE.search(self._text, begin + _PIECE_BYTES)
            end = space.start() if space else len(self._text)
            yield begin, self._text[begin:end].split()
            begin = end


def _by_lines(answer: bytes, got: bytes) -> str:
    """Of two texts that differ."""
    at = _first_different_byte(answer, got)
    number = got.count(_END, 0, at) + 1
    if at == len(got):
        return f"it ends after {at} bytes, and {_shown(answer[at : at + _SHOWN_BYTES + 1])} should follow"
    if at == len(answer):
        return f"from line {number} on there is {_shown(got[at : at + _SHOWN_BYTES + 1])}, where nothing should follow"
    column = at - got.rfind(_END, 0, at)
    expected, seen = (_shown(_line_at(text, at)) for text in (answer, got))
    return f"line {number} differs from byte {column} on: it is {seen} and should be {expected}"


def _first_different_byte(left: bytes, right: bytes) -> int:
    """Or the length of the shorter one."""
    low, high = 0, min(len(left), len(right))
    while low < high:  # what is before low is equal; and what is before high, or the difference lies there
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _line_at(text: bytes, at: int) -> bytes:
    """The line that this byte is on, with its end, or as much of it as is shown."""
    begin = max(text.rfind(_END, 0, at) + 1, at - _SHOWN_BYTES // 2)
    end = text.find(_END, at, begin + _SHOWN_BYTES)
    return text[begin : end + 1] if end >= 0 else text[begin : begin + _SHOWN_BYTES + 1]


def _shown(text: bytes) -> str:
    whole = text if len(text) <= _SHOWN_BYTES else text[:_SHOWN_BYTES] + b"..."
    return repr(whole.decode("utf-8", "backslashreplace"))
