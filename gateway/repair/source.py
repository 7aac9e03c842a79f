"""A source that parses, its syntax tree, and where in the text each node stands."""

import ast
import itertools
from collections.abc import Iterator
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Source:
    """Text with its tree. Positions are offsets in its UTF-8 form, as those of the tree are.

    Raises SyntaxError, ValueError or RecursionError if the text does not parse.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode()
        self.tree = ast.parse(text)
        lengths = (len(line) for line in self.data.splitlines(keepends=True))
        self._starts = [0, *itertools.accumulate(lengths)]
        self.bound = _bound(self.tree)

    def walk(self, kind: type[Node]) -> Iterator[Node]:
        """Every node of a kind, in the order in which they stand."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, kind)]
        return iter(sorted(found, key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))))

    def functions(self) -> list[FunctionNode]:
        return [node for node in self.tree.body if isinstance(node, FunctionNode)]

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Start and end of a node."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def code(self, node: ast.expr | ast.stmt) -> str:
        start, end = self.span(node)
        return self.data[start:end].decode()

    def between(self, left: ast.expr, right: ast.expr, operator: str) -> tuple[int, int] | None:
        """Where the operator stands between two operands; None if parentheses or comments make that unclear."""
        start, end = self.span(left)[1], self.span(right)[0]
        text = self.data[start:end].decode()
        if text.strip() != operator:
            return None
        start += len(text) - len(text.lstrip())
        return start, start + len(operator)

    def line_start(self, lineno: int) -> int:
        """Where a line starts; lineno: from 1, one more than there are means the end."""
        return self._starts[min(lineno, len(self._starts)) - 1]

    def indent(self, statement: ast.stmt) -> str:
        """White space before a statement; of one that shares its line with others, that of its column."""
        return " " * statement.col_offset

    def first_statement(self, function: FunctionNode) -> ast.stmt:
        """The first one that is no docstring; the docstring if there is nothing else."""
        body = function.body
        documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        return body[1] if documented and len(body) > 1 else body[0]


def _bound(tree: ast.AST) -> frozenset[str]:
    """Every name that the source gives a value to, anywhere."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return frozenset(names)
