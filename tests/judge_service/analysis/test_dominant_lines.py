"""Which lines are named as those that dominate."""

import ast
import sys

import pytest

from judge_service.analysis.dominant_lines import MOST, dominant_lines

NESTED = """
def f(values):
    total = sum(values)
    for a in values:
        total += a
        for b in values:
            total += b
    return total
"""
COPIES = """
def f(values):
    found = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
"""
HELPER = """
def f(values):
    return sorted(values)

def slow(values):
    while values:
        values = values[1:]
"""
RECURSION = """
def f(n):
    return n if n < 2 else f(n - 1) + f(n - 2)
"""
CONSTANT = "def f(a):\n    return a + 1\n"


@pytest.mark.parametrize(
    ("source", "lines"),
    [(NESTED, [4, 6]), (COPIES, [4, 5]), (HELPER, [6, 7]), (RECURSION, [3]), (CONSTANT, [])],
)
def test_the_lines_that_dominate(source: str, lines: list[int]) -> None:
    assert dominant_lines(ast.parse(source)) == lines


def test_no_more_lines_are_named_than_a_hint_can_hold() -> None:
    loops = "".join("    " * depth + f"for v{depth} in data:\n" for depth in range(1, 12))
    assert len(dominant_lines(ast.parse(f"def f(data):\n{loops}{'    ' * 12}pass\n"))) == MOST


@pytest.mark.parametrize(("head", "most"), [("while a < b:", 4), ("for a in b:", 2)])
def test_what_looking_costs_grows_no_faster_than_loops_nest(head: str, most: int) -> None:
    def calls(depth: int) -> int:
        source = "\n".join([*(" " * at + head for at in range(depth)), *[" " * depth + "if a: break"] * 100])
        tree, counted = ast.parse(source), 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal counted
            counted += event == "call"

        sys.setprofile(count)
        try:
            dominant_lines(tree)
        finally:
            sys.setprofile(None)
        return counted

    assert calls(16) < most * calls(4)
