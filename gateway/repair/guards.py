"""Input that the code does not expect: empty, None, or a divisor of zero."""

import ast
from collections.abc import Iterator, Sequence

from gateway.repair.edits import Change, Edit, Kind, insert_before, wrap
from gateway.repair.source import FunctionNode, Source

_RETURNED = ("0", "0.0", "[]", "None", '""', "-1", "False", "{}", "True")


def edits(source: Source, expected: Sequence[str]) -> Iterator[Edit]:
    """expected: values that the log shows as expected, as Python writes them."""
    for function in source.functions():
        yield from _on_empty(source, function, expected)
        yield from _mutable_defaults(source, function)
    for node in source.walk(ast.BinOp):
        if isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod) and not isinstance(node.right, ast.Constant):
            changes = wrap(source, node, "(", f" if {source.code(node.right)} else 0)")
            yield Edit(Kind.GUARDS, "divisor", 1.2, "nothing is divided by zero", changes)


def _on_empty(source: Source, function: FunctionNode, expected: Sequence[str]) -> Iterator[Edit]:
    statement = source.first_statement(function)
    values = [value for value in dict.fromkeys(expected) if value in _RETURNED] or list(_RETURNED)
    for argument in function.args.args[:3]:
        name = argument.arg
        if name == "self" or _guarded(function, name):
            continue
        for place, value in enumerate(values):
            change = insert_before(source, statement, [f"if not {name}:", f"    return {value}"])
            note = f"returns {value} if {name} is empty"
            yield Edit(Kind.GUARDS, f"empty {name}", 1.0 + 0.15 * place, note, (change,))


def _guarded(function: FunctionNode, name: str) -> bool:
    tests = [node.test for node in ast.walk(function) if isinstance(node, ast.If | ast.IfExp)]
    return any(isinstance(test, ast.UnaryOp) and ast.unparse(test) == f"not {name}" for test in tests)


def _mutable_defaults(source: Source, function: FunctionNode) -> Iterator[Edit]:
    names = function.args.args[len(function.args.args) - len(function.args.defaults) :]
    for argument, default in zip(names, function.args.defaults, strict=True):
        if isinstance(default, ast.List | ast.Dict | ast.Set) or ast.unparse(default) in ("list()", "dict()", "set()"):
            value = source.code(default)
            guard = [f"if {argument.arg} is None:", f"    {argument.arg} = {value}"]
            changes = (
                Change(*source.span(default), "None"),
                insert_before(source, source.first_statement(function), guard),
            )
            note = f"the default of {argument.arg} is made at every call"
            yield Edit(Kind.GUARDS, "default", 0.4, note, changes)
