"""A right program: its text, its syntax tree, and where in the text each node stands."""

import ast
import io
import itertools
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)
_BLOCKS = ("body", "orelse", "finalbody", "handlers")


@dataclass(frozen=True, order=True)
class Change:
    """Replaces the bytes from start to end of the text in UTF-8; an insertion if the two are equal."""

    start: int
    end: int
    text: str


class Source:
    """Text with its tree. Positions are offsets in its UTF-8 form, as those of the tree are.

    Raises SyntaxError, ValueError or RecursionError if the text does not parse.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode()
        self.tree = ast.parse(text)
        self.lines = self.data.splitlines(keepends=True)
        self._starts = [0, *itertools.accumulate(map(len, self.lines))]
        self._parents = {id(child): node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def walk(self, kind: type[Node], below: ast.AST | None = None) -> list[Node]:
        """Every node of a kind, in the order in which they stand; docstrings and annotations are left out."""
        nodes = (node for node in _own_nodes(below or self.tree) if isinstance(node, kind))
        return sorted(nodes, key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that this one is a part of; None for the module."""
        return self._parents.get(id(node))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around one, from the inside out."""
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)

    def scope(self, node: ast.AST) -> ast.AST:
        """The function, class or module whose names a node uses."""
        return next(above for above in self.ancestors(node) if isinstance(above, _SCOPES))

    def loop(self, node: ast.AST) -> ast.For | ast.AsyncFor | ast.While | None:
        """The innermost loop of the same function whose body a node is in."""
        inner = node
        for above in self.ancestors(node):
            if isinstance(above, _SCOPES):
                return None
            if isinstance(above, ast.For | ast.AsyncFor | ast.While) and any(each is inner for each in above.body):
                return above
            inner = above
        return None

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statements that a statement is one of."""
        parent = self.parent(statement)
        for name in _BLOCKS:
            block: list[ast.stmt] = getattr(parent, name, [])
            if any(each is statement for each in block):
                return block
        raise ValueError("not a statement of the program")

    def span(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler) -> tuple[int, int]:
        """Start and end of a node."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def code(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.data[start:end].decode()

    def grouped(self, node: ast.expr) -> str:
        """The text of a node, in parentheses unless it can stand beside any operator."""
        whole = isinstance(
            node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript | ast.List | ast.Dict
        )
        return self.code(node) if whole else f"({self.code(node)})"

    def indent(self, statement: ast.stmt) -> str:
        """White space before a statement; of one that shares its line with others, that of its column."""
        start = self._starts[statement.lineno - 1]
        before = self.data[start : start + statement.col_offset].decode()
        return before if not before.strip() else " " * statement.col_offset

    def line_start(self, lineno: int) -> int:
        """Where a line starts. lineno: from 1; one more than there are means the end."""
        return self._starts[min(lineno, len(self._starts)) - 1]

    def whole_lines(self, statement: ast.stmt) -> tuple[int, int] | None:
        """Start and end of the lines that a statement has to itself, decorators too; None if it shares one."""
        start, end = self.span(statement)
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(each.lineno for each in decorators)])
        line, after = self._starts[first - 1], self._starts[(statement.end_lineno or 0)]
        shares = self.data[line : min(start, after)].strip() if first == statement.lineno else b""
        behind = self.data[end:after].strip()
        return None if shares or (behind and not behind.startswith(b"#")) else (line, after)

    def deleted(self, statement: ast.stmt) -> Change | None:
        """Deletes a statement, or puts `pass` where it is the only one of its block; None if it shares its line."""
        lines = self.whole_lines(statement)
        if lines is None:
            return None
        if len(self.block(statement)) == 1:
            return Change(*lines, f"{self.indent(statement)}pass\n")
        return Change(*lines, "")

    def replaced(self, node: ast.expr | ast.stmt | ast.arg, text: str) -> Change:
        """Puts a text in the place of a node."""
        return Change(*self.span(node), text)

    def between(self, left: ast.expr, right: ast.expr, written: str) -> tuple[int, int] | None:
        """Where an operator stands between two nodes; None if it is not to be found there alone."""
        start, end = self.span(left)[1], self.span(right)[0]
        text = self.data[start:end].decode()
        if text.strip(" \t\n\\()") != written:
            return None
        start += len(text[: text.index(written)].encode())
        return start, start + len(written)

    @cached_property
    def tokens(self) -> list[tokenize.TokenInfo]:
        """As Python reads the text."""
        return list(tokenize.generate_tokens(io.StringIO(self.text).readline))

    def offset(self, position: tuple[int, int]) -> int:
        """Of a token's start or end, which counts characters."""
        line, column = position
        text = self.lines[line - 1].decode() if line <= len(self.lines) else ""
        return self._starts[min(line, len(self._starts)) - 1] + len(text[:column].encode())


def names_in(node: ast.AST, context: type[ast.expr_context] = ast.Load) -> set[str]:
    """The names that are read below a node, or those that are written, by the context."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, context)}


def is_call(node: ast.AST | None, *names: str) -> bool:
    """Whether it is a call of a plain name, or of a dotted one, that is among `names`."""
    return isinstance(node, ast.Call) and dotted(node.func) in names


def dotted(node: ast.expr) -> str:
    """`a.b.c` of names and attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def is_docstring(statement: ast.stmt) -> bool:
    """Whether it is a text that stands alone."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Itself and all below, but for docstrings and annotations, in which a mistake changes nothing."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (isinstance(child, ast.stmt) and is_docstring(child)):
                yield from _own_nodes(child)
