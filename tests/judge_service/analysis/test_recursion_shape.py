"""How a function calls itself."""

import ast

import pytest

from judge_service.analysis.recursion_shape import RecursionShape, recursion_shape


def shape(source: str) -> RecursionShape:
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    return recursion_shape(function)


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        ("return n", 0),
        ("return f(n - 1)", 1),
        ("return f(n - 1) + f(n - 2)", 2),
        ("return f(1) if n else f(2)", 1),
        ("if n: return f(1)\n return f(2)", 1),
        ("if n: f(1)\n return f(2)", 2),
        ("if n: return f(1)\n elif n > 2: return f(2)\n else: return f(3)", 1),
    ],
)
def test_calls_are_counted_along_the_way_with_the_most(body: str, calls: int) -> None:
    assert shape(f"def f(n):\n {body}").calls == calls


def test_halving_is_seen() -> None:
    assert shape("def f(a):\n m = len(a) // 2\n return f(a[:m])").halves
    assert not shape("def f(a):\n return f(a[1:])").halves


def test_remembering_is_seen_as_decorator_and_as_mapping() -> None:
    assert shape("@functools.lru_cache(maxsize=None)\ndef f(n):\n return f(n - 1)").remembers
    assert shape("def f(n, memo):\n memo[n] = f(n - 1, memo)\n return memo[n]").remembers


def test_going_down_into_parts_is_seen() -> None:
    assert shape("def f(node):\n return f(node.left) + f(node.right)").over_parts


def test_a_call_in_a_loop_is_seen() -> None:
    assert shape("def f(node):\n for child in node: f(child)").in_loop
