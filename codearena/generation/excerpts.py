"""Parts of a module that stand alone: some of its definitions and all that these refer to.

A base is one module, so that one file says everything of it and linters see real code. Its reference, its makers of
cases and its probe go into a task as three separate sources. Each of them is cut out here.
"""

import ast
import symtable
from collections.abc import Iterable, Iterator, Mapping

_Import = ast.Import | ast.ImportFrom
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def excerpt(source: str, roots: Iterable[str]) -> str:
    """Return the source of the top-level names `roots` and of every top-level name that they need, in its order.

    Imports are narrowed to the names in use. Comments right above a statement belong to it.

    Raises:
        KeyError: A root is not defined at the top level of `source`.
    """
    body = ast.parse(source).body
    owners = {name: node for node in body for name in _bound(node)}
    needed = _closure(owners, roots)
    blocks = [(node, text) for node in body if (text := _text(source.splitlines(), node, needed))]
    parts: list[str] = []
    for at, (node, text) in enumerate(blocks):
        parts.append(("\n" * _gap(blocks[at - 1][0], node) if at else "") + text)
    return "".join(parts) + "\n"


def _closure(owners: Mapping[str, ast.stmt], roots: Iterable[str]) -> set[str]:
    needed: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        if not isinstance(owners[name], _Import):
            waiting += [used for used in _used(owners[name]) if used in owners]
    return needed


def _used(node: ast.stmt) -> Iterator[str]:
    """The names that a statement takes from the module: a local variable of the same name is none of them."""
    return _globals(symtable.symtable(ast.unparse(node), "base", "exec"))


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    at_top = table.get_type() == "module"
    yield from (
        each.get_name() for each in table.get_symbols() if each.is_global() or (at_top and each.is_referenced())
    )
    for inner in table.get_children():
        yield from _globals(inner)


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a top-level statement binds."""
    if isinstance(node, _Import):
        yield from (_alias_name(alias) for alias in node.names)
    elif isinstance(node, _Definition):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _alias_name(alias: ast.alias) -> str:
    return (alias.asname or alias.name).partition(".")[0]


def _text(lines: list[str], node: ast.stmt, needed: set[str]) -> str:
    """The statement as the excerpt has it, or nothing if it is not needed."""
    if not needed.intersection(_bound(node)):
        return ""
    if isinstance(node, _Import):
        names = [alias for alias in node.names if _alias_name(alias) in needed]
        narrowed = ast.Import(names) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, names, node.level)
        return ast.unparse(narrowed)
    decorators = node.decorator_list if isinstance(node, _Definition) else []
    first = min([node.lineno, *(each.lineno for each in decorators)]) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(lines[first : node.end_lineno])


def _gap(before: ast.stmt, after: ast.stmt) -> int:
    """Line ends between two statements, as formatters set them."""
    if isinstance(before, _Definition) or isinstance(after, _Definition):
        return 3
    return 1 if isinstance(before, _Import) == isinstance(after, _Import) else 2
