"""Wrong operators, wrong functions, results that are returned too early or not at all."""

import ast
from collections.abc import Iterator

from gateway.repair.edits import Change, Edit, Kind, replace, replacing
from gateway.repair.source import FunctionNode, Source

_OPERATORS: dict[type[ast.operator], tuple[str, tuple[str, ...]]] = {
    ast.Add: ("+", ("-", "*")),
    ast.Sub: ("-", ("+",)),
    ast.Mult: ("*", ("+", "/", "**")),
    ast.Div: ("/", ("//", "*")),
    ast.FloorDiv: ("//", ("/", "%")),
    ast.Mod: ("%", ("//",)),
    ast.Pow: ("**", ("*",)),
    ast.BitXor: ("^", ("**",)),
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "int": "round", "sum": "max"}
_METHODS = {"append": "extend", "extend": "append", "upper": "lower", "lower": "upper", "lstrip": "strip"}
_METHODS |= {"rstrip": "strip", "startswith": "endswith", "endswith": "startswith", "keys": "values", "find": "index"}
_LARGEST = "max best largest biggest longest most high"
_SMALLEST = "min smallest shortest least low"


def edits(source: Source) -> Iterator[Edit]:
    yield from _operators(source)
    yield from _calls(source)
    yield from _conditions(source)
    yield from _starts(source)
    for function in source.functions():
        yield from _early_returns(source, function)
        yield from _missing_return(source, function)


def _operators(source: Source) -> Iterator[Edit]:
    for node in source.walk(ast.BinOp):
        written, others = _OPERATORS.get(type(node.op), ("", ()))
        between = source.between(node.left, node.right, written) if written else None
        if between is None:
            continue
        for other in others:
            change = Change(*between, other)
            yield Edit(Kind.LOGIC, f"operator {written}", 1.6, f"{other} in place of {written}", (change,))
        if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv):
            swapped = f"{source.code(node.right)} {written} {source.code(node.left)}"
            yield replacing(Kind.LOGIC, "swap", 2.0, f"operands of {written} swapped", source, node, swapped)
    for statement in source.walk(ast.AugAssign):
        written, others = _OPERATORS.get(type(statement.op), ("", ()))
        for other in others[:1]:
            text = f"{source.code(statement.target)} {other}= {source.code(statement.value)}"
            yield replacing(Kind.LOGIC, f"augmented {written}", 1.7, f"{other}=", source, statement, text)
    for assignment in source.walk(ast.Assign):
        yield from _accumulated(source, assignment)


def _accumulated(source: Source, node: ast.Assign) -> Iterator[Edit]:
    """`total = value` in a loop, where `total += value` may be meant."""
    inside = any(node in ast.walk(loop) for loop in source.walk(ast.AST) if isinstance(loop, ast.For | ast.While))
    target = node.targets[0]
    if inside and isinstance(target, ast.Name):
        text = f"{target.id} += {source.code(node.value)}"
        yield replacing(Kind.LOGIC, "accumulate", 1.9, f"adds to {target.id}", source, node, text)


def _calls(source: Source) -> Iterator[Edit]:
    for call in source.walk(ast.Call):
        name = call.func
        if isinstance(name, ast.Name) and name.id in _FUNCTIONS:
            better = _FUNCTIONS[name.id]
            yield replacing(Kind.LOGIC, f"call {name.id}", 1.6, f"{better} in place of {name.id}", source, name, better)
        elif isinstance(name, ast.Attribute) and name.attr in _METHODS:
            better = _METHODS[name.attr]
            text, note = f"{source.code(name.value)}.{better}", f".{better} in place of .{name.attr}"
            yield replacing(Kind.LOGIC, f"method {name.attr}", 1.7, note, source, name, text)
        if len(call.args) == 2 and not call.keywords:
            first, second = call.args
            changes = (replace(source, first, source.code(second)), replace(source, second, source.code(first)))
            yield Edit(Kind.LOGIC, "arguments", 2.2, f"arguments of {ast.unparse(name)[:30]} swapped", changes)
        if isinstance(name, ast.Name) and name.id == "sorted" and not call.keywords:
            end = source.span(call)[1] - 1
            change = Change(end, end, ", reverse=True")
            yield Edit(Kind.LOGIC, "order", 1.8, "sorts downwards", (change,))


def _conditions(source: Source) -> Iterator[Edit]:
    for node in source.walk(ast.BoolOp):
        written, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        text = f" {other} ".join(f"({source.code(value)})" for value in node.values)
        yield replacing(Kind.LOGIC, f"boolean {written}", 1.5, f"{other} in place of {written}", source, node, text)
    for branch in source.walk(ast.If):
        if isinstance(branch.test, ast.UnaryOp) and isinstance(branch.test.op, ast.Not):
            text = source.code(branch.test.operand)
        else:
            text = f"not ({source.code(branch.test)})"
        yield replacing(Kind.LOGIC, "condition", 2.0, "the condition's opposite", source, branch.test, text)


def _starts(source: Source) -> Iterator[Edit]:
    """`best = 0` before a loop: the first of the values, or beyond all of them, may be meant."""
    parameters = [function.args.args[0].arg for function in source.functions() if function.args.args]
    for node in source.walk(ast.Assign):
        target = node.targets[0]
        if not isinstance(target, ast.Name) or not isinstance(node.value, ast.Constant) or node.col_offset == 0:
            continue
        if not isinstance(node.value.value, int) or isinstance(node.value.value, bool):
            continue
        words = set(target.id.lower().split("_"))
        texts = [f"{name}[0]" for name in parameters]
        if words & set(_LARGEST.split()):
            texts.append('float("-inf")')
        elif words & set(_SMALLEST.split()):
            texts.append('float("inf")')
        else:
            texts.clear()
        for text in [*texts, "1" if node.value.value == 0 else "0"]:
            cost = 1.9 if text in "01" else 1.1
            note = f"{target.id} starts at {text}"
            yield replacing(Kind.LOGIC, f"start {text}", cost, note, source, node.value, text)


def _early_returns(source: Source, function: FunctionNode) -> Iterator[Edit]:
    """A return that ends a loop in its first round may belong behind the loop."""
    for loop in ast.walk(function):
        if isinstance(loop, ast.For | ast.While) and isinstance(loop.body[-1], ast.Return) and len(loop.body) > 1:
            last = loop.body[-1]
            start = source.line_start(last.lineno)
            end = source.span(last)[1]
            change = Change(start, end, f"{source.indent(loop)}{source.code(last)}")
            yield Edit(Kind.LOGIC, "early return", 0.8, "returns after the loop", (change,))


def _missing_return(source: Source, function: FunctionNode) -> Iterator[Edit]:
    if any(isinstance(node, ast.Return) and node.value for node in ast.walk(function)):
        last = function.body[-1]
        if isinstance(last, ast.Return) or not isinstance(last, ast.Expr):
            return
    last = function.body[-1]
    if isinstance(last, ast.Expr) and not isinstance(last.value, ast.Constant):
        inner = last.value
        if isinstance(inner, ast.Call) and ast.unparse(inner.func) == "print" and inner.args:
            text = f"return {source.code(inner.args[0])}"
            yield replacing(Kind.LOGIC, "return", 0.6, "returns what it printed", source, last, text)
        yield replacing(Kind.LOGIC, "return", 0.7, "returns the value", source, last, f"return {source.code(inner)}")
    stored = [node.targets[0] for node in function.body if isinstance(node, ast.Assign)]
    for name in dict.fromkeys(target.id for target in stored if isinstance(target, ast.Name)):
        end = source.span(last)[1]
        change = Change(end, end, f"\n{source.indent(function.body[0])}return {name}")
        yield Edit(Kind.LOGIC, "return", 0.9, f"returns {name}", (change,))
