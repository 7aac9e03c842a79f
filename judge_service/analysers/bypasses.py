"""Ways past Python's own functions, where no rule that names those functions applies. Runs in the limited child only.

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
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        if any(name.partition(".")[0] in _MODULES for name in names):
            yield node.lineno
