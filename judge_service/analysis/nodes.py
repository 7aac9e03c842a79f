"""The nodes of a tree, walked once for all that look at them, and what several of those ask of a node."""

import ast
import functools
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_KEPT = 256
"""Of a tree and its parts: what is looked at again is looked at soon."""


@functools.lru_cache(_KEPT)
def walk(node: ast.AST) -> tuple[ast.AST, ...]:
    """As `ast.walk`, in its order."""
    return tuple(ast.walk(node))


def names_of(node: ast.AST) -> Iterator[str]:
    """Every name in it."""
    return (inner.id for inner in walk(node) if isinstance(inner, ast.Name))


def called(node: ast.Call) -> str:
    """The last part of the name that is called; empty if there is none."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def is_halving(node: ast.AST) -> bool:
    """Whether it divides something by two."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.right, ast.Constant):
        return False
    divides = isinstance(node.op, ast.FloorDiv | ast.Div) and node.right.value == 2
    return divides or (isinstance(node.op, ast.RShift) and node.right.value == 1)
