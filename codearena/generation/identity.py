"""When two sources are the same program for whoever repairs them: by their syntax trees, not by their texts.

Comments, formatting, docstrings and annotations make no other program, and neither do the names that it gives to its
own variables, functions and classes. A text that does not parse is known by its tokens.
"""

import ast
import hashlib
import re

from codearena.generation.operators.source import is_docstring

_WORD = re.compile(r"[^\W\d]\w*|\d[\w.]*|[^\w\s]|\n\s*")


def identity(text: str) -> str:
    """SHA-256 of the normalised program, hex: equal for the same programs."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return hashlib.sha256(repr(tokens(text)).encode()).hexdigest()
    normal = _Normal(_own_names(tree)).visit(tree)
    return hashlib.sha256(ast.dump(normal).encode()).hexdigest()


def tokens(text: str) -> list[str]:
    """The words and signs of a text without its comments, roughly: it need not parse."""
    return _WORD.findall(re.sub(r"(?m)[ \t]*#.*$|[ \t]+$|^\s*\n", "", text))


def _own_names(tree: ast.Module) -> dict[str, str]:
    """The names that the program binds, numbered in the order in which they stand in it."""
    found: list[tuple[int, int, str]] = []
    for node in ast.walk(tree):
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append((line, column, node.id))
        elif isinstance(node, ast.arg):
            found.append((line, column, node.arg))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append((line, column, node.name))
    return {name: f"v{number}" for number, name in enumerate(dict.fromkeys(name for *_, name in sorted(found)))}


class _Normal(ast.NodeTransformer):
    """Drops what does not count, and gives the program's own names numbers."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, changed in place."""
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            node = ast.Assign([node.target], node.value)
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None:
                setattr(node, field, None)
        for field in ("id", "arg", "name", "attr"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                setattr(node, field, self._names.get(name, name))
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and is_docstring(body[0]):
            node.body = body[1:] or [ast.Pass()]  # type: ignore[attr-defined]
        visited: ast.AST = self.generic_visit(node)
        return visited
