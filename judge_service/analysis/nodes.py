"""The nodes of a tree, walked once for all that look at them."""

import ast
import functools

_KEPT = 256
"""Of a tree and its parts: what is looked at again is looked at soon."""


@functools.lru_cache(_KEPT)
def walk(node: ast.AST) -> tuple[ast.AST, ...]:
    """As `ast.walk`, in its order."""
    return tuple(ast.walk(node))
