"""Comparisons and their bounds, indices, ranges and slices."""

import ast
from collections.abc import Iterator

from codearena.generation.operators.operator import Kind, Operator, Site, site
from codearena.generation.operators.source import Change, Source, is_call

_WRITTEN: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "!=", "!=": "=="}
_FLIPPED |= {"is": "is not", "is not": "is", "in": "not in", "not in": "in"}
_NEAR = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_LONGEST_INDEX = 1000


def _operators(source: Source) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every comparing operator, and where it stands."""
    for node in source.walk(ast.Compare):
        operands = [node.left, *node.comparators]
        for place, kind in enumerate(node.ops):
            written = _WRITTEN[type(kind)]
            between = source.between(operands[place], operands[place + 1], written)
            if between is not None:
                yield written, between


def _flipped(source: Source) -> Iterator[Site]:
    for written, between in _operators(source):
        yield site(Change(*between, _FLIPPED[written]))


def _boundary(source: Source) -> Iterator[Site]:
    for written, between in _operators(source):
        if near := _NEAR.get(written):
            yield site(Change(*between, near))


def _identity(source: Source) -> Iterator[Site]:
    for written, between in _operators(source):
        if written in ("==", "!="):
            yield site(Change(*between, "is" if written == "==" else "is not"))


def _equal_for_order(source: Source) -> Iterator[Site]:
    for written, between in _operators(source):
        if written in _NEAR:
            yield site(Change(*between, "=="), Change(*between, "!="))


def moved(source: Source, node: ast.expr) -> list[Change]:
    """One more and one less than a number; of `x + 1` and `x - 1`, `x` too."""
    if isinstance(node, ast.Constant):
        number = node.value
        if type(number) is not int or abs(number) > _LONGEST_INDEX:
            return []
        return [source.replaced(node, str(number + step)) for step in (1, -1)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) and _is_one(node.right):
        sign = "-" if isinstance(node.op, ast.Add) else "+"
        return [
            source.replaced(node, source.code(node.left)),
            source.replaced(node, f"{source.code(node.left)} {sign} 1"),
        ]
    text = (
        source.code(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
        else source.grouped(node)
    )
    return [source.replaced(node, f"{text} {sign} 1") for sign in "+-"]


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == 1


def _index(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.Subscript):
        if isinstance(node.slice, ast.Name | ast.BinOp):
            yield site(*moved(source, node.slice))
        elif _negative_one(node.slice):
            yield site(source.replaced(node.slice, "0"), source.replaced(node.slice, "-2"))


def _negative_one(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and _is_one(node.operand)


def _ranges(source: Source) -> Iterator[ast.Call]:
    for call in source.walk(ast.Call):
        if is_call(call, "range") and 1 <= len(call.args) <= 3 and not call.keywords:
            yield call


def _range_stop(source: Source) -> Iterator[Site]:
    for call in _ranges(source):
        yield site(*moved(source, call.args[0] if len(call.args) == 1 else call.args[1]))


def _range_start(source: Source) -> Iterator[Site]:
    for call in _ranges(source):
        if len(call.args) == 1:
            start = source.span(call.args[0])[0]
            yield site(Change(start, start, "1, "))
        else:
            first, second = call.args[:2]
            dropped = Change(source.span(first)[0], source.span(second)[0], "") if len(call.args) == 2 else None
            yield site(*moved(source, first), dropped)


def _range_step(source: Source) -> Iterator[Site]:
    for call in _ranges(source):
        if len(call.args) == 3:
            yield site(Change(source.span(call.args[1])[1], source.span(call.args[2])[1], ""))


def _slice_bound(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.Slice):
        for bound in (node.lower, node.upper):
            if bound is not None:
                yield site(*moved(source, bound), source.replaced(bound, ""))


def _term(source: Source) -> Iterator[Site]:
    """`x + 1` outside of indices and ranges, which have operators of their own."""
    for node in source.walk(ast.BinOp):
        if isinstance(node.op, ast.Add | ast.Sub) and _is_one(node.right):
            parent = source.parent(node)
            if not isinstance(parent, ast.Subscript | ast.Slice) and not is_call(parent, "range"):
                yield site(source.replaced(node, source.code(node.left)))


OPERATORS = (
    Operator("comparison-flipped", Kind.COMPARISON, "compares the wrong way round", _flipped),
    Operator("equality-for-order", Kind.COMPARISON, "asks for equality where order matters", _equal_for_order),
    Operator("identity-for-equality", Kind.COMPARISON, "asks whether two values are one object", _identity),
    Operator("boundary-shifted", Kind.BOUNDARY, "treats the boundary itself as the other side", _boundary),
    Operator("index-off-by-one", Kind.BOUNDARY, "looks one place beside the right one", _index),
    Operator("range-stop-off-by-one", Kind.BOUNDARY, "ends its loop a round early or late", _range_stop),
    Operator("range-start-off-by-one", Kind.BOUNDARY, "begins its loop at the wrong place", _range_start),
    Operator("range-step-dropped", Kind.BOUNDARY, "walks in the wrong steps", _range_step),
    Operator("slice-bound-shifted", Kind.BOUNDARY, "cuts a slice at the wrong place", _slice_bound),
    Operator("term-off-by-one", Kind.BOUNDARY, "forgets to add or take away one", _term),
)
