"""An edit: one repair, as replacements of pieces of the text. Edits that do not overlap can be combined."""

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from gateway.repair.source import Source


class Kind(StrEnum):
    """What sort of mistake an edit repairs."""

    SYNTAX = "syntax"
    NAMES = "names"
    TYPES = "types"
    GUARDS = "guards"
    BOUNDS = "bounds"
    LOGIC = "logic"
    SECURITY = "security"
    SPEED = "speed"


@dataclass(frozen=True)
class Change:
    """Replaces the bytes from start to end; an insertion if they are equal."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Edit:
    """One repair.

    cost: how unlikely it is to be what is wanted, from 0; costs of combined edits add up. note: one line for people.
    imports: statements that it needs. rule: edits of one rule can be tried all at once.
    """

    kind: Kind
    rule: str
    cost: float
    note: str
    changes: tuple[Change, ...]
    imports: frozenset[str] = frozenset()


def replace(source: Source, node: ast.expr | ast.stmt, text: str) -> Change:
    return Change(*source.span(node), text)


def replacing(
    kind: Kind, rule: str, cost: float, note: str, source: Source, node: ast.expr | ast.stmt, text: str, *imports: str
) -> Edit:
    """An edit that puts a text in the place of one node."""
    return Edit(kind, rule, cost, note, (replace(source, node, text),), frozenset(imports))


def wrap(source: Source, node: ast.expr, before: str, after: str) -> tuple[Change, Change]:
    """Insertions around a node: they can be combined with edits inside of it."""
    start, end = source.span(node)
    return Change(start, start, before), Change(end, end, after)


def insert_before(source: Source, statement: ast.stmt, lines: Iterable[str]) -> Change:
    """Whole lines before a statement, indented as it is."""
    start, _ = source.span(statement)
    indent = source.indent(statement)
    return Change(start, start, "".join(f"{line}\n{indent}" for line in lines))


def apply(source: Source, edits: Collection[Edit]) -> str | None:
    """The text with every edit made; None if they overlap."""
    changes = sorted(
        (change for edit in edits for change in edit.changes), key=lambda change: (change.start, change.end)
    )
    data, position = bytearray(), 0
    for change in changes:
        if change.start < position:
            return None
        data += source.data[position : change.start] + change.text.encode()
        position = change.end
    data += source.data[position:]
    wanted = {statement for edit in edits for statement in edit.imports}
    return _with_imports(source, data.decode(), wanted)


def _with_imports(source: Source, text: str, wanted: Collection[str]) -> str:
    present = {ast.unparse(node) for node in source.walk(ast.stmt) if isinstance(node, ast.Import | ast.ImportFrom)}
    missing = sorted(set(wanted) - present)
    if not missing:
        return text
    # As bytes they end where they end in Python; as text also at form feeds and separators.
    lines = [line.decode() for line in text.encode().splitlines(keepends=True)]
    place = _import_line(source)
    gap = [] if any(line.startswith(("import ", "from ")) for line in lines[place : place + 1]) else ["\n\n"]
    return "".join([*lines[:place], *(f"{statement}\n" for statement in missing), *gap, *lines[place:]])


def _import_line(source: Source) -> int:
    """After the docstring and the imports from __future__."""
    place = 0
    for node in source.tree.body:
        documentation = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not documentation and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        place = node.end_lineno or 0
    return place
