import ast
import random
import subprocess
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from codearena.generation.operators.operator import Kind, rewritten
from codearena.generation.operators.registry import BY_NAME, OPERATORS
from codearena.generation.operators.source import Source
from tests.codearena.generation.operators.cases import BEHAVIOUR, DAMAGED, SLOWER, Case

CASES = [*BEHAVIOUR, *SLOWER, *DAMAGED]


def ways(case: Case) -> list[str]:
    source = Source(case.before)
    sites = BY_NAME[case.operator].sites(source)
    return [rewritten(source, way) for site in sites for way in site.ways]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operator)
def test_the_operator_makes_exactly_this_change(case: Case) -> None:
    assert case.after in ways(case)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: (args, kwargs))
    monkeypatch.setenv("KEY", "of the environment")


def value(text: str, call: str) -> object:
    """What a call gives, or the exception that it raises."""
    namespace: dict[str, Any] = {"numbers": Counted.up_to}
    exec(text, namespace)
    try:
        return eval(call, namespace)
    except Exception as error:  # noqa: BLE001 - whatever it is
        return type(error).__name__


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("case", BEHAVIOUR, ids=lambda case: case.operator)
def test_the_wrong_program_does_something_else(case: Case) -> None:
    right, wrong = value(case.before, case.call), value(case.after, case.call)
    assert (type(right), right) != (type(wrong), wrong)


class Counted(int):
    """A number that counts how often it is compared and hashed."""

    steps = 0

    def __eq__(self, other: object) -> bool:
        Counted.steps += 1
        return int(self) == other

    def __lt__(self, other: int) -> bool:
        Counted.steps += 1
        return int(self) < int(other)

    def __hash__(self) -> int:
        Counted.steps += 1
        return int(self)

    def __repr__(self) -> str:
        Counted.steps += 1
        return "a number"

    @classmethod
    def up_to(cls, n: int) -> list["Counted"]:
        return [cls(number) for number in range(n)]


def steps(text: str, call: str) -> int:
    """Lines, calls and comparisons that a call takes."""
    namespace: dict[str, Any] = {"numbers": Counted.up_to}
    exec(text, namespace)
    taken = 0

    def count(_: FrameType, event: str, __: object) -> Any:
        nonlocal taken
        taken += event in ("line", "call")
        return count

    Counted.steps = 0
    before = sys.gettrace()
    sys.settrace(count)
    try:
        eval(call, namespace)
    finally:
        sys.settrace(before)
    return taken + Counted.steps


@pytest.mark.parametrize("case", SLOWER, ids=lambda case: case.operator)
def test_the_slower_program_gives_the_same(case: Case) -> None:
    call = case.call or "f([3, 1, 2])"
    assert value(case.before, call) == value(case.after, call)


@pytest.mark.parametrize("case", [case for case in SLOWER if case.call], ids=lambda case: case.operator)
def test_the_slower_program_takes_more_steps(case: Case) -> None:
    assert steps(case.after, case.call) > 1.5 * steps(case.before, case.call)


@pytest.mark.parametrize("case", DAMAGED, ids=lambda case: case.operator)
def test_the_damaged_program_does_not_parse(case: Case) -> None:
    damaged = [text for text in ways(case) if not parses(text)]
    assert damaged == ways(case) != []


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def test_every_operator_has_a_case() -> None:
    assert sorted(case.operator for case in CASES) == sorted(BY_NAME)
    assert len(BY_NAME) == len(OPERATORS) >= 30


def test_apply_is_given_by_the_state_of_the_generator() -> None:
    source = Source(BEHAVIOUR[0].before)
    for operator in OPERATORS:
        for site in operator.sites(source):
            made = [operator.apply(source, site, random.Random(7)) for _ in range(3)]
            assert len(set(made)) == 1


PROGRAM = '''"""Keeps   its  own look."""


def area( width,height ) :  # as the author has it
    # the larger one first
    if width<height:
        return area(height , width)
    return width*height   # and no space around
'''


def other_programs() -> Iterator[str]:
    source = Source(PROGRAM)
    for operator in OPERATORS:
        if operator.kind is not Kind.EXCEPTIONS:
            yield from (rewritten(source, way) for site in operator.sites(source) for way in site.ways)


def test_what_is_not_changed_keeps_its_look() -> None:
    lines = set(PROGRAM.splitlines())
    for text in other_programs():
        changed = [line for line in text.splitlines() if line not in lines]
        assert len(changed) <= 3, text


def test_text_beyond_ascii_is_changed_where_it_stands() -> None:
    source = Source("def f(a):\n    é = 'ü—' ; return 'ö' + str(a + 1)\n")
    (site,) = BY_NAME["term-off-by-one"].sites(source)
    assert rewritten(source, site.ways[0]).endswith("return 'ö' + str(a)\n")
