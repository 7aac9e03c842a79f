"""Which packages the attempts at a task use, as its author's codes say."""

import ast
import sys
from collections.abc import Iterator

from codearena.tasks.task import Task


def packages_of(task: Task) -> list[str]:
    """Those that it needs, and what its codes import that does not come with Python."""
    codes = (task.solution, task.buggy, task.prelude, task.driver)
    found = {module for code in codes for module in _imported(code)}
    return sorted({*task.needs, *(found - sys.stdlib_module_names)})


def _imported(code: str) -> Iterator[str]:
    """Names of modules, without what is below them; of what does not compile nothing is known."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]
