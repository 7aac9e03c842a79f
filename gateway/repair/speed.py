"""Work that is done again and again: sums over parts, searches in lists, recursion into the same arguments."""

import ast
from collections.abc import Iterator

from gateway.repair.edits import Edit, Kind, insert_before, replace
from gateway.repair.source import Source


def edits(source: Source) -> Iterator[Edit]:
    yield from _sums(source)
    yield from _recursion(source)
    yield from _searches(source)


def _sums(source: Source) -> Iterator[Edit]:
    """`for end in ...: total = 0; for i in range(start, end + 1): total += x[i]` adds one value to the sum before."""
    for loop in source.walk(ast.For):
        if len(loop.body) < 2 or not isinstance(loop.target, ast.Name):
            continue
        first, inner = loop.body[0], loop.body[1]
        if not (isinstance(first, ast.Assign) and isinstance(inner, ast.For) and len(inner.body) == 1):
            continue
        added, end = inner.body[0], loop.target.id
        wanted = f"range({_range_start(loop.iter)}, {end} + 1)"
        if not isinstance(added, ast.AugAssign) or ast.unparse(inner.iter) != wanted:
            continue
        if ast.unparse(added.target) != ast.unparse(first.targets[0]) or not isinstance(inner.target, ast.Name):
            continue
        once = _renamed(source.code(added), inner.target.id, end)
        changes = (
            insert_before(source, loop, [source.code(first)]),
            replace(source, first, "pass"),
            replace(source, inner, once),
        )
        yield Edit(Kind.SPEED, "sum", 0.5, "adds to the sum before and does not begin anew", changes)


def _range_start(node: ast.expr) -> str:
    """The first of two arguments of range; empty for anything else."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "range" and len(node.args) == 2:
        return ast.unparse(node.args[0])
    return ""


def _renamed(code: str, old: str, new: str) -> str:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new
    return ast.unparse(tree)


def _recursion(source: Source) -> Iterator[Edit]:
    """A function of hashable arguments that calls itself twice or more computes many values again."""
    for function in source.functions():
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        own = [call for call in calls if ast.unparse(call.func) == function.name]
        if len(own) >= 2 and not function.decorator_list:
            change = insert_before(source, function, ["@functools.lru_cache(maxsize=None)"])
            note = f"{function.name} remembers what it has computed"
            yield Edit(Kind.SPEED, "recursion", 0.8, note, (change,), frozenset({"import functools"}))


def _searches(source: Source) -> Iterator[Edit]:
    """`x in values` inside a loop, where values is a list that only grows: a set finds it at once."""
    for node in source.walk(ast.Assign):
        target = node.targets[0]
        empty = ast.unparse(node.value) in ("[]", "list()")
        if not isinstance(target, ast.Name) or not empty:
            continue
        uses = [each for each in source.walk(ast.Name) if each.id == target.id and each is not target]
        calls = [
            call.func
            for call in source.walk(ast.Call)
            if isinstance(call.func, ast.Attribute) and call.func.attr == "append" and call.func.value in uses
        ]
        searched = [
            each
            for each in source.walk(ast.Compare)
            if isinstance(each.ops[0], ast.In | ast.NotIn) and each.comparators[0] in uses
        ]
        if calls and searched and len(uses) == len(calls) + len(searched):
            changes = [replace(source, node.value, "set()")]
            changes += [replace(source, call, f"{target.id}.add") for call in calls]
            yield Edit(Kind.SPEED, "search", 0.6, f"{target.id} is a set, which finds at once", tuple(changes))
