"""The argument of a tool is code."""

import pytest

from codearena.completions import code_of
from tests.codearena.completions.corpus import SOURCES

FIX, DOCUMENTED, CUT = SOURCES["fix"], SOURCES["documented"], SOURCES["cut"]


@pytest.mark.parametrize("source", [*SOURCES.values(), "", "print(1)", "no code", "<think>", "x = 1\r\n", " x = 1"])
def test_it_is_taken_as_it_is(source: str) -> None:
    assert code_of(source) == source


@pytest.mark.parametrize(
    ("argument", "source"),
    [
        (f"```python\n{FIX}```", FIX),
        (f"\n```python\n{FIX}```\n", FIX),
        (f"```\n{FIX}```", FIX),
        (f"~~~python\n{FIX}~~~", FIX),
        (f"````python\n{DOCUMENTED}````", DOCUMENTED),
        (f"```python\n{DOCUMENTED}```", DOCUMENTED),
        (f"```python\n{CUT}```", CUT),
        (f"```python\n{FIX}```".replace("\n", "\r\n"), FIX),
    ],
)
def test_one_fence_around_all_of_it_is_taken_off(argument: str, source: str) -> None:
    assert code_of(argument) == source


@pytest.mark.parametrize(
    "argument",
    [
        f"The fix:\n```python\n{FIX}```",
        f"```python\n{FIX}```\nThere.",
        f"```python\n{FIX}```\n```python\n{FIX}```",
        f"```python\n{FIX}",
    ],
)
def test_what_is_no_single_fence_is_left_for_the_sandbox_to_refuse(argument: str) -> None:
    assert code_of(argument) == argument
