"""Off by one: comparisons, ranges, indices, and loops that do not come closer to their end."""

import ast
from collections.abc import Iterator

from gateway.repair.edits import Change, Edit, Kind, replacing, wrap
from gateway.repair.source import Source

_WRITTEN: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=="}
_WRITTEN |= {ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"}
_NEAR = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_FAR = {"<": (">", ">="), "<=": (">=", ">"), ">": ("<", "<="), ">=": ("<=", "<"), "==": ("!=",), "!=": ("==",)}
_FAR |= {"is": ("==",), "is not": ("!=",), "in": ("not in",), "not in": ("in",)}


def edits(source: Source) -> Iterator[Edit]:
    yield from _loops(source)
    yield from _comparisons(source)
    yield from _ranges(source)
    yield from _numbers(source)


def _loops(source: Source) -> Iterator[Edit]:
    """`while low < high: middle = ...; low = middle`: an end that is set to what the round computed may not move."""
    for loop in source.walk(ast.While):
        test = loop.test
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            continue
        rising = isinstance(test.ops[0], ast.Lt | ast.LtE)
        ends = {ast.unparse(test.left): rising, ast.unparse(test.comparators[0]): not rising}
        for node in ast.walk(loop):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Name):
                end = ast.unparse(node.targets[0])
                if end in ends:
                    sign = "+" if ends[end] else "-"
                    text = f"{node.value.id} {sign} 1"
                    yield replacing(Kind.BOUNDS, "loop", 0.6, f"{end} moves on to {text}", source, node.value, text)


def _comparisons(source: Source) -> Iterator[Edit]:
    tests = {id(loop.test) for loop in source.walk(ast.While)}
    for node in source.walk(ast.Compare):
        operands = [node.left, *node.comparators]
        for place, operator in enumerate(node.ops):
            written = _WRITTEN[type(operator)]
            between = source.between(operands[place], operands[place + 1], written)
            if between is None:
                continue
            if better := _NEAR.get(written):
                cost = 1.0 if id(node) in tests else 1.4
                yield _compared(between, written, better, cost)
            for other in _FAR[written]:
                yield _compared(between, written, other, 0.5 if written in ("is", "is not") else 1.9)


def _compared(between: tuple[int, int], written: str, better: str, cost: float) -> Edit:
    note = f"compares with {better} and not {written}"
    return Edit(Kind.BOUNDS, f"compare {written}", cost, note, (Change(*between, better),))


def _ranges(source: Source) -> Iterator[Edit]:
    for call in source.walk(ast.Call):
        if not isinstance(call.func, ast.Name) or call.func.id != "range" or not 1 <= len(call.args) <= 3:
            continue
        stop = call.args[0] if len(call.args) == 1 else call.args[1]
        yield from _moved(source, stop, "range stop", 1.2)
        if len(call.args) > 1:
            yield from _moved(source, call.args[0], "range start", 1.5)


def _moved(source: Source, node: ast.expr, rule: str, cost: float) -> Iterator[Edit]:
    """One more and one less; `x - 1` becomes `x`."""
    code = source.code(node)
    one = isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and node.right.value == 1
    if isinstance(node, ast.BinOp) and one and isinstance(node.op, ast.Add | ast.Sub):
        text = source.code(node.left)
        yield replacing(Kind.BOUNDS, rule, cost - 0.2, f"{text} in place of {code}", source, node, text)
    for sign in ("+", "-"):
        if not isinstance(node, ast.Constant):
            changes = wrap(source, node, "", f" {sign} 1")
            yield Edit(Kind.BOUNDS, f"{rule} {sign}", cost, f"{code} {sign} 1", changes)


def _numbers(source: Source) -> Iterator[Edit]:
    indices = {id(part) for node in source.walk(ast.Subscript) for part in ast.walk(node.slice)}
    for node in source.walk(ast.Constant):
        if type(node.value) is not int or abs(node.value) > 1000:
            continue
        cost = 1.5 if id(node) in indices else 2.2
        for better in (node.value + 1, node.value - 1):
            if better >= 0:
                note = f"{better} in place of {node.value}"
                yield replacing(Kind.BOUNDS, f"number {better}", cost, note, source, node, str(better))
    for item in source.walk(ast.Subscript):
        if isinstance(item.slice, ast.Name | ast.BinOp):
            for sign in ("-", "+"):
                changes = wrap(source, item.slice, "", f" {sign} 1")
                yield Edit(Kind.BOUNDS, f"index {sign}", 1.8, f"index {sign} 1", changes)
