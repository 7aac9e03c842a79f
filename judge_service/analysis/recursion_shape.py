"""How a function calls itself, read from its syntax tree."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from judge_service.analysis.nodes import is_halving, walk

_MEMO_DECORATORS = {"cache", "lru_cache", "memoize"}
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class RecursionShape:
    """calls: at most so many calls of itself on one way through it; in_loop: any of them in a loop;
    halves: it divides something by two; over_parts: it goes down into attributes of what it got, such as the children
    of a tree, each once; remembers: results are kept, by decorator or in a mapping named memo, cache or the like.
    """

    calls: int = 0
    in_loop: bool = False
    halves: bool = False
    over_parts: bool = False
    remembers: bool = False


def recursion_shape(function: ast.FunctionDef | ast.AsyncFunctionDef) -> RecursionShape:
    """The shape of `function`; calls of itself in functions defined inside it count as its own."""
    nodes = [node for statement in function.body for node in walk(statement)]
    own = [node for node in nodes if isinstance(node, ast.Call) and _is_self_call(node, function.name)]
    if not own:
        return RecursionShape()
    loops = [node for node in nodes if isinstance(node, _LOOPS)]
    return RecursionShape(
        calls=_calls_of_block(function.body, function.name),
        in_loop=any(_calls(loop, function.name) for loop in loops),
        halves=any(is_halving(node) for node in nodes),
        over_parts=all(any(isinstance(arg, ast.Attribute) for arg in call.args) for call in own),
        remembers=_remembers(function, nodes),
    )


def _is_self_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))


def _calls(node: ast.AST, name: str) -> int:
    if isinstance(node, ast.IfExp):
        return _calls(node.test, name) + max(_calls(node.body, name), _calls(node.orelse, name))
    return _is_self_call(node, name) + sum(_calls(child, name) for child in ast.iter_child_nodes(node))


def _calls_of_block(statements: Sequence[ast.stmt], name: str) -> int:
    """On the way with the most calls: branches of an `if` exclude each other, and one that leaves excludes the rest."""
    total = 0
    for index, node in enumerate(statements):
        if not isinstance(node, ast.If):
            total += _calls(node, name)
            continue
        rest = statements[index + 1 :]
        ways = [
            _calls_of_block(branch, name) + (0 if _leaves(branch) else _calls_of_block(rest, name))
            for branch in (node.body, node.orelse)
        ]
        return total + _calls(node.test, name) + max(ways)
    return total


def _leaves(statements: Sequence[ast.stmt]) -> bool:
    return bool(statements) and isinstance(statements[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _remembers(function: ast.FunctionDef | ast.AsyncFunctionDef, nodes: Sequence[ast.AST]) -> bool:
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if {getattr(target, "id", ""), getattr(target, "attr", "")} & _MEMO_DECORATORS:
            return True
    stored = (node.value for node in nodes if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store))
    return any(isinstance(name, ast.Name) and name.id.lower() in ("memo", "cache", "seen", "known") for name in stored)
