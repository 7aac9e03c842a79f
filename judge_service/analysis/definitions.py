"""Which names a module gives a meaning at its top level, and where."""

import ast
from collections.abc import Iterator

_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def definitions(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Each place that binds a name of the module, and the name; in no order.

    ``globals()["name"] = ...`` and ``setattr(module, "name", ...)`` count by their text, wherever they stand.
    """
    for node in _of_module(tree):
        yield from ((node, name) for name in _bound(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from ((node, name) for name in node.names)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and _is_namespace(node.value):
            yield from _named(node, node.slice)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            yield from (found for argument in node.args[1:2] for found in _named(node, argument))


def _of_module(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes whose names are the module's."""
    nodes: list[ast.AST] = list(tree.body)
    while nodes:
        node = nodes.pop()
        yield node
        if isinstance(node, _Scope):
            continue
        # The target of a comprehension is its own; a name that := binds inside of it is not.
        own = ast.comprehension if isinstance(node, _Comprehension) else ()
        nodes += [child for child in ast.iter_child_nodes(node) if not isinstance(child, own)]


def _bound(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).partition(".")[0] for alias in node.names]
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return [node.name] if node.name else []
    return [node.rest] if isinstance(node, ast.MatchMapping) and node.rest else []


def _is_namespace(node: ast.expr) -> bool:
    """A call, as of globals() or vars(module), or an attribute, as module.__dict__."""
    return isinstance(node, ast.Call | ast.Attribute)


def _named(node: ast.AST, key: ast.expr) -> Iterator[tuple[ast.AST, str]]:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield node, key.value
