"""Arithmetic, conditions, and constants."""

import ast
from collections.abc import Iterator

from codearena.generation.operators.operator import Kind, Operator, Site, site
from codearena.generation.operators.source import Change, Source

_WRITTEN: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_OTHER = {"+": ("-",), "-": ("+",), "*": ("+", "**"), "/": ("*",), "//": ("%", "*"), "%": ("//",), "**": ("*",)}
_OTHER |= {"&": ("|",), "|": ("&",), "^": ("&", "|"), "<<": (">>",), ">>": ("<<",)}
_LARGEST = 10**6


def _operator(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.BinOp):
        written = _WRITTEN.get(type(node.op), "")
        between = source.between(node.left, node.right, written) if written in _OTHER else None
        if between is not None and not _is_text(node.left):
            yield site(*(Change(*between, other) for other in _OTHER[written]))


def _is_text(node: ast.expr) -> bool:
    """`"%s" % x` and `"a" + b`: no other operator makes sense."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _augmented(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.AugAssign):
        written = _WRITTEN.get(type(node.op), "")
        between = source.between(node.target, node.value, f"{written}=")
        if between is not None:
            others = [f"{other}=" for other in _OTHER.get(written, ())[:1]]
            yield site(*(Change(*between, other) for other in [*others, "="]))


def _operands(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.BinOp):
        if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Mod) and not _is_text(node.left):
            left, right = source.grouped(node.left), source.grouped(node.right)
            if left != right:
                yield site((source.replaced(node.left, right), source.replaced(node.right, left)))


def _sign(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.UnaryOp):
        if isinstance(node.op, ast.USub):
            start, _ = source.span(node)
            yield site(Change(start, source.span(node.operand)[0], ""))


def _division(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.BinOp):
        if isinstance(node.op, ast.FloorDiv | ast.Div):
            written = _WRITTEN[type(node.op)]
            between = source.between(node.left, node.right, written)
            yield site(Change(*between, "/" if written == "//" else "//") if between else None)


def _connective(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.BoolOp):
        written, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            between = source.between(left, right, written)
            yield site(Change(*between, other) if between else None)


def _dropped_part(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.BoolOp):
        first, last = node.values[0], node.values[-1]
        yield site(
            Change(source.span(first)[0], source.span(node.values[1])[0], ""),
            Change(source.span(node.values[-2])[1], source.span(last)[1], ""),
        )


def _negated(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.AST):
        test = getattr(node, "test", None)
        if not isinstance(node, ast.If | ast.While | ast.IfExp) or not isinstance(test, ast.expr):
            continue
        start, end = source.span(test)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield site(Change(start, source.span(test.operand)[0], ""))
        elif not isinstance(test, ast.Compare):
            simple = isinstance(test, ast.Name | ast.Call | ast.Attribute | ast.Subscript)
            yield site([Change(start, start, "not " if simple else "not ("), Change(end, end, "" if simple else ")")])


def _number(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.Constant):
        value = node.value
        if type(value) is int and value < _LARGEST and not _is_index(source, node):
            others = {0: (1,), 1: (0, 2), 2: (1, 3)}.get(value, (value - 1, value + 1))
            yield site(*(source.replaced(node, str(other)) for other in others))
        elif type(value) is float and abs(value) < _LARGEST:
            yield site(source.replaced(node, repr(value + 1.0)), source.replaced(node, repr(round(value / 10, 12))))


def _is_index(source: Source, node: ast.Constant) -> bool:
    return isinstance(source.parent(node), ast.Slice | ast.Subscript)


def _constant_index(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.Subscript):
        if isinstance(node.slice, ast.Constant) and type(node.slice.value) is int:
            other = {0: ("1", "-1"), 1: ("0",)}.get(node.slice.value, (str(node.slice.value - 1),))
            yield site(*(source.replaced(node.slice, each) for each in other))


def _text(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.Constant):
        if not isinstance(node.value, str) or isinstance(source.parent(node), ast.JoinedStr) or "\n" in node.value:
            continue
        value = node.value
        others = [" "] if not value else [value[:-1], value.swapcase(), value + " "]
        made = dict.fromkeys(other for other in others if other != value)
        yield site(*(source.replaced(node, _quoted(source, node, other)) for other in made))


def _quoted(source: Source, node: ast.Constant, value: str) -> str:
    written = repr(value)
    return f'"{written[1:-1]}"' if source.code(node).endswith('"') and '"' not in written else written


def _flag(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.Constant):
        if isinstance(node.value, bool):
            yield site(source.replaced(node, str(not node.value)))


OPERATORS = (
    Operator("arithmetic-operator", Kind.ARITHMETIC, "computes with the wrong operator", _operator),
    Operator("augmented-operator", Kind.ARITHMETIC, "updates a value by the wrong operator", _augmented),
    Operator("operands-swapped", Kind.ARITHMETIC, "takes the operands in the wrong order", _operands),
    Operator("sign-dropped", Kind.ARITHMETIC, "forgets a minus sign", _sign),
    Operator("division-kind", Kind.TYPES, "divides with and without a rest where the other is meant", _division),
    Operator("connective-swapped", Kind.BOOLEAN, "joins conditions by the wrong word", _connective),
    Operator("condition-part-dropped", Kind.BOOLEAN, "forgets a part of a condition", _dropped_part),
    Operator("condition-negated", Kind.BOOLEAN, "does the opposite of what a condition says", _negated),
    Operator("number-changed", Kind.CONSTANT, "has a wrong number in it", _number),
    Operator("index-constant", Kind.CONSTANT, "takes a wrong item of a sequence", _constant_index),
    Operator("text-changed", Kind.CONSTANT, "has a misspelt text in it", _text),
    Operator("flag-flipped", Kind.CONSTANT, "sets a flag the wrong way", _flag),
)
