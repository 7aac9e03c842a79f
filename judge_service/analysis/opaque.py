"""Whether code can cost more than its tree shows, because it makes code, reads a clock, or hides its calls."""

import ast

from judge_service.analysis.nodes import walk

_MODULES = {
    *("atexit", "asyncio", "code", "concurrent", "ctypes", "gc", "importlib", "inspect", "marshal", "multiprocessing"),
    *("os", "pickle", "resource", "runpy", "signal", "socket", "subprocess", "threading", "_thread", "time", "timeit"),
    *("types", "weakref"),
}
_NAMES = {"exec", "compile", "__import__", "__builtins__", "globals", "vars", "breakpoint"}
_ATTRIBUTES = {"modules", "_getframe", "setprofile", "settrace", "call_tracing", "now", "utcnow", "today"}
_PLAIN_DUNDERS = {"__init__", "__name__", "__class__", "__doc__", "__dict__", "__file__", "__len__", "__slots__"}


def is_opaque(tree: ast.Module) -> bool:
    """Code that names none of these costs what its loops and calls cost."""
    return any(_hides(node) for node in walk(tree))


def _hides(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in _MODULES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        imported = {alias.name for alias in node.names}
        return (node.module or "").partition(".")[0] in _MODULES or not imported.isdisjoint(_ATTRIBUTES)
    if isinstance(node, ast.Name):
        return node.id in _NAMES
    if isinstance(node, ast.Attribute):
        special = node.attr.startswith("__") and node.attr not in _PLAIN_DUNDERS and not _is_of_super(node)
        return special or node.attr in _ATTRIBUTES
    return False


def _is_of_super(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == "super"
