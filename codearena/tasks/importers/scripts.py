"""Published tests as the script of a task, and which of them an agent may be shown."""

import ast
from collections.abc import Iterable, Sequence

from codearena.tasks.importers.item import RefusedError
from codearena.tasks.scripts import ScriptError, read_script
from codearena.tasks.tagged import JSON


def script_of(source: str, shown: Iterable[str] = (), visible: int = 1) -> dict[str, JSON]:
    """The field `script`: visible are the tests that stand in `shown`, too; if there are none, the first ones.

    shown: statements, as an item's examples have them. visible: how many of the first. One test stays hidden.

    Raises:
        RefusedError: its tests cannot be told.
    """
    try:
        tests = read_script(source, []).tests
    except ScriptError as error:
        raise RefusedError(f"test: {error}") from error
    known = {_plain(text) for text in shown}
    names = [test.name for test in tests if _plain(test.text) in known] or [test.name for test in tests[:visible]]
    return {"source": source, "visible": list(names[: max(1, len(tests) - 1)] if len(tests) > 1 else [])}


def _plain(text: str) -> str:
    """A statement however it is laid out, and whatever it says if it fails."""
    try:
        tree = ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError):
        return text.strip()
    if tree.body and isinstance(statement := tree.body[0], ast.Assert):
        statement.msg = None
    return ast.dump(tree)


def assertions_in(source: str) -> list[str]:
    """Every assertion of a script, as text: those of its functions, too."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Assert)]


def called_in(statement: str) -> str:
    """The name of the first function that an assertion calls and that is no builtin. Raises RefusedError."""
    import builtins

    try:
        tree = ast.parse(statement.strip())
    except (SyntaxError, ValueError, RecursionError) as error:
        raise RefusedError(f"test: is no Python: {error}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not hasattr(builtins, node.func.id):
            return node.func.id
    raise RefusedError(f"test: calls nothing: {statement.strip()[:80]}")


def definitions_in(source: str, leave_out: Sequence[str] = ()) -> str:
    """The imports, functions and classes at the top of a source, but for those names: what its tests may use."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign)
    body = [node for node in tree.body if isinstance(node, kept) and getattr(node, "name", "") not in leave_out]
    return "".join(f"{ast.unparse(node)}\n" for node in body)
