"""Types taken for each other."""

import ast
from collections.abc import Iterator

from codearena.generation.operators.operator import Kind, Operator, Site, site
from codearena.generation.operators.source import Change, Source, is_call

_CONVERSIONS = ("str", "int", "float", "bool", "Decimal", "Fraction", "bytes")


def _conversion(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        if is_call(call, *_CONVERSIONS) and len(call.args) == 1 and not isinstance(call.args[0], ast.Constant):
            yield site(source.replaced(call, source.grouped(call.args[0])))


def _added_text(source: Source) -> Iterator[Site]:
    """`str(...)` around what is returned as a number, the way that input is left unconverted."""
    for node in source.walk(ast.Return):
        if isinstance(node.value, ast.BinOp | ast.Name) or is_call(
            node.value, "len", "sum", "round", "int", "max", "min"
        ):
            assert node.value is not None
            yield site(source.replaced(node.value, f"str({source.code(node.value)})"))


def _truthiness(source: Source) -> Iterator[Site]:
    """`x is not None` -> `x`, so that 0 and "" count as absent."""
    for node in source.walk(ast.Compare):
        right = node.comparators[0]
        if len(node.ops) == 1 and isinstance(right, ast.Constant) and right.value is None:
            if isinstance(node.ops[0], ast.IsNot):
                yield site(source.replaced(node, source.code(node.left)))
            elif isinstance(node.ops[0], ast.Is):
                yield site(source.replaced(node, f"not {source.grouped(node.left)}"))


def _container(source: Source) -> Iterator[Site]:
    """The other kind of sequence is returned."""
    for node in source.walk(ast.Return):
        value = node.value
        if isinstance(value, ast.Tuple):
            text = source.code(value)
            inner = text[1:-1] if text.startswith("(") else text
            yield site(source.replaced(value, f"[{inner}]"))
        elif is_call(value, "list", "tuple", "sorted") and isinstance(value, ast.Call):
            assert isinstance(value.func, ast.Name)
            yield site(source.replaced(value.func, {"list": "tuple", "tuple": "list", "sorted": "set"}[value.func.id]))
        elif isinstance(value, ast.ListComp):
            start, end = source.span(value)
            yield site([Change(start, start + 1, "tuple("), Change(end - 1, end, ")")])


def _narrow_check(source: Source) -> Iterator[Site]:
    """`isinstance(x, T)` -> `type(x) is T`; and one type of several forgotten."""
    for call in source.walk(ast.Call):
        if not is_call(call, "isinstance") or len(call.args) != 2:
            continue
        value, kinds = call.args
        if isinstance(kinds, ast.Tuple) and len(kinds.elts) > 1:
            yield site(*(source.replaced(kinds, source.code(kind)) for kind in kinds.elts))
        elif isinstance(kinds, ast.BinOp):
            yield site(*(source.replaced(kinds, source.code(kind)) for kind in (kinds.left, kinds.right)))
        else:
            yield site(source.replaced(call, f"type({source.code(value)}) is {source.code(kinds)}"))


def _reversed_none(source: Source) -> Iterator[Site]:
    """`x = sorted(v)` -> `x = v.sort()`, which is None."""
    for call in source.walk(ast.Call):
        if is_call(call, "sorted") and len(call.args) == 1 and isinstance(call.args[0], ast.Name):
            options = ", ".join(source.code(keyword) for keyword in call.keywords)
            yield site(source.replaced(call, f"{source.code(call.args[0])}.sort({options})"))


OPERATORS = (
    Operator("conversion-dropped", Kind.TYPES, "forgets to convert a value", _conversion),
    Operator("text-for-number", Kind.TYPES, "returns a text where a number is meant", _added_text),
    Operator("truthiness-for-none", Kind.TYPES, "takes zero and empty values for absent ones", _truthiness),
    Operator("wrong-container", Kind.TYPES, "returns the wrong kind of container", _container),
    Operator("type-check-narrowed", Kind.TYPES, "accepts too few types", _narrow_check),
    Operator("none-from-sort", Kind.TYPES, "uses what a method that returns nothing returns", _reversed_none),
)
