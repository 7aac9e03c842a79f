"""Loops whose counter is multiplied, not added to, and which so end after few turns."""

import ast
from collections.abc import Iterator, Sequence

from judge_service.analysis.nodes import names_of, walk


def multiplies_itself(assigned: Sequence[tuple[str, ast.expr]]) -> bool:
    """Whether a name becomes a multiple of what it was, maybe by way of another: child = 2 * node + 1; node = child.

    assigned: names and what they are set to, in one loop.
    """
    flows = {(name, source) for name, value in assigned for source in names_of(value)}
    return any(source == name or (source, name) in flows for name, value in assigned for source in _multiplied(value))


def _multiplied(value: ast.expr) -> Iterator[str]:
    """Names that are multiplied by a whole number of two or more."""
    for node in walk(value):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for factor, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(factor, ast.Constant) and isinstance(factor.value, int) and factor.value > 1:
                    yield from names_of(other)
