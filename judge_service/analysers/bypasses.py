"""Ways past Python's own functions, where no rule that names those functions applies. Runs in workers only.

A program that calls the C library's `system` starts a shell as surely as one that calls `os.system`, and no fix of a
bug in Python needs it.
"""

import ast
from collections.abc import Iterator

RULE = "CA102"
"""The rule's id, in the manner of bandit's."""

_MODULES = frozenset({"ctypes", "_ctypes", "cffi", "_cffi_backend", "_posixsubprocess"})


def imported(tree: ast.AST) -> Iterator[int]:
    """Lines that import a module of that kind, whole or in part."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(_is_one(alias.name) for alias in node.names):
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and node.level == 0 and _is_one(node.module or ""):
            yield node.lineno


def _is_one(module: str) -> bool:
    return module.partition(".")[0] in _MODULES
