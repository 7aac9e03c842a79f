"""Values of the wrong type: methods that a type lacks, sums of text and numbers, keys that may be missing."""

import ast
from collections.abc import Iterator, Sequence

from gateway.repair.edits import Edit, Kind, replacing, wrap
from gateway.repair.source import Source

_STORED = ("1", "0", "True", "None", "[]")
_KINDS = {"dict": "dict", "list": "list", "set": "set", "str": "str", "defaultdict": "dict", "Counter": "dict"}
_ONLY_TEXT_HAS = frozenset({"upper", "lower", "strip", "split", "replace", "title", "startswith", "endswith", "lstrip"})
_ONLY_TEXT_HAS |= {"rstrip", "capitalize", "isdigit", "splitlines", "encode", "zfill", "casefold"}
_OTHER_METHOD = {
    ("list", "add"): "append",
    ("list", "update"): "extend",
    ("set", "append"): "add",
    ("set", "extend"): "update",
    ("dict", "extend"): "update",
    ("set", "push"): "add",
}


def edits(source: Source, words: Sequence[str]) -> Iterator[Edit]:
    """words: texts that the log shows as expected; what a missing value should become may be among them."""
    kinds = _kinds(source)
    yield from _methods(source, kinds)
    yield from _sums(source)
    yield from _texts(source)
    yield from _keys(source, words)
    yield from _results_of_none(source)


def _kinds(source: Source) -> dict[str, str]:
    """Names that are only ever given a value of one builtin container type."""
    found: dict[str, set[str]] = {}
    for node in source.walk(ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, set()).add(_kind(node.value))
    return {name: kinds.pop() for name, kinds in found.items() if len(kinds) == 1}


def _kind(value: ast.expr) -> str:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return _KINDS.get(value.func.id, "")
    if isinstance(value, ast.Constant):
        return type(value.value).__name__
    by_node = {ast.Dict: "dict", ast.DictComp: "dict", ast.List: "list", ast.ListComp: "list", ast.Set: "set"}
    return by_node.get(type(value), "")


def _methods(source: Source, kinds: dict[str, str]) -> Iterator[Edit]:
    for statement in source.walk(ast.Expr):
        call = statement.value
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or len(call.args) != 1:
            continue
        owner, method, argument = call.func.value, call.func.attr, source.code(call.args[0])
        kind = kinds.get(owner.id, "") if isinstance(owner, ast.Name) else ""
        name = source.code(owner)
        if kind == "dict" and method in ("append", "add", "push", "insert"):
            for place, value in enumerate(_STORED):
                text = f"{name}[{argument}] = {value}"
                note = f"a dict has no {method}: stores under the key"
                yield replacing(Kind.TYPES, f"dict {value}", 0.3 + 0.4 * place, note, source, statement, text)
        elif kind == "str" and method in ("append", "add", "extend", "push"):
            text = f"{name} += str({argument})"
            yield replacing(Kind.TYPES, "str append", 0.4, "a str grows by +=", source, statement, text)
        elif (kind, method) in _OTHER_METHOD:
            better = _OTHER_METHOD[kind, method]
            note = f"a {kind} has {better}, not {method}"
            yield replacing(Kind.TYPES, f"method {method}", 0.3, note, source, call.func, f"{name}.{better}")


def _sums(source: Source) -> Iterator[Edit]:
    for node in source.walk(ast.AST):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Mod):
            for operand in (node.right, node.left):
                yield from _converted(source, operand, isinstance(node.op, ast.Add))
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
            yield from _converted(source, node.value, isinstance(node.op, ast.Add))
        elif isinstance(node, ast.Compare):
            for operand in (node.left, *node.comparators):
                yield from _converted(source, operand, may_be_text=False, extra=1.0)


def _converted(source: Source, operand: ast.expr, may_be_text: bool, extra: float = 0.0) -> Iterator[Edit]:
    if isinstance(operand, ast.Constant | ast.BinOp | ast.List | ast.Dict):
        return
    if isinstance(operand, ast.Call) and isinstance(operand.func, ast.Name) and operand.func.id in ("str", "len"):
        return
    choices = [("float", 0.9), ("int", 1.0)] + ([("str", 0.95)] if may_be_text else [])
    for function, cost in choices:
        note = f"{source.code(operand)[:40]} as {function}"
        yield Edit(Kind.TYPES, f"as {function}", cost + extra, note, wrap(source, operand, f"{function}(", ")"))


def _texts(source: Source) -> Iterator[Edit]:
    for call in source.walk(ast.Call):
        if not isinstance(call.func, ast.Attribute):
            continue
        owner = call.func.value
        if call.func.attr in _ONLY_TEXT_HAS and not isinstance(owner, ast.Constant | ast.JoinedStr):
            note = f"{source.code(owner)[:40]} as text, since only text has {call.func.attr}"
            yield Edit(Kind.TYPES, "text method", 0.7, note, wrap(source, owner, "str(", ")"))
        elif call.func.attr == "join" and len(call.args) == 1:
            changes = wrap(source, call.args[0], "map(str, ", ")")
            yield Edit(Kind.TYPES, "join", 0.8, "joins the items as text", changes)


def _keys(source: Source, words: Sequence[str]) -> Iterator[Edit]:
    for node in source.walk(ast.Subscript):
        key = node.slice
        if not isinstance(node.ctx, ast.Load) or not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            continue
        owner, written = source.code(node.value), source.code(key)
        defaults = [repr(word) for word in words] + ['""', "0", "None", "[]"]
        for place, default in enumerate(dict.fromkeys(defaults)):
            text = f"({default} if {owner}.get({written}) is None else {owner}[{written}])"
            note = f"{key.value!r} may be missing: then {default}"
            cost = 0.8 + 0.05 * place
            yield replacing(Kind.TYPES, f"key {default}", cost, note, source, node, text)


def _results_of_none(source: Source) -> Iterator[Edit]:
    """`return x.sort()` and `x = x.sort()`: the method changes the list and returns None."""
    for call in source.walk(ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("sort", "reverse"):
            continue
        if any(statement.value is call for statement in source.walk(ast.Expr)):
            continue
        owner = source.code(call.func.value)
        arguments = [source.code(each) for each in call.args]
        arguments += [f"{each.arg}={source.code(each.value)}" for each in call.keywords if each.arg]
        inner = ", ".join([owner, *arguments])
        text = f"sorted({inner})" if call.func.attr == "sort" else f"list(reversed({owner}))"
        yield replacing(Kind.TYPES, "in place", 0.3, f"{call.func.attr}() returns None", source, call, text)
