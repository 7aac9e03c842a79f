"""The lines on which an attempt's running time grows fastest, by the estimate: the costliest loops, outermost first."""

import ast
from collections.abc import Iterator, Sequence

from judge_service.analysis.complexity_estimate import CONSTANT, Estimator, Scope, UnknownGrowthError
from judge_service.analysis.nodes import FUNCTIONS

MOST = 4
"""Lines that are named."""


def dominant_lines(tree: ast.Module) -> list[int]:
    """Line numbers from 1, ascending, at most MOST; empty if nothing grows or the tree does not tell."""
    estimator = Estimator(tree)
    try:
        lines = dict.fromkeys(_of_costliest(tree, estimator))
    except (UnknownGrowthError, RecursionError):
        return []
    return sorted(list(lines)[:MOST])


def _of_costliest(tree: ast.Module, estimator: Estimator) -> Iterator[int]:
    whole = estimator.module()
    if whole == CONSTANT:
        return
    for function in estimator.functions.values():
        if estimator.function(function.name) == whole:
            found = list(_of_block(function.body, estimator.scope_of(function), estimator))
            yield from found or [function.lineno]  # the recursion itself
            return
    yield from _of_block(tree.body, estimator.scope_of(tree), estimator)


def _of_block(statements: Sequence[ast.stmt], scope: Scope, estimator: Estimator) -> Iterator[int]:
    """Down into the costliest statement, the first of them if several are."""
    costs = [(estimator.statement(statement, scope), statement) for statement in statements]
    dearest = max((cost for cost, _ in costs), default=CONSTANT)
    if dearest == CONSTANT:
        return
    yield from _of_statement(next(node for cost, node in costs if cost == dearest), scope, estimator)


def _of_statement(node: ast.stmt, scope: Scope, estimator: Estimator) -> Iterator[int]:
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        body = node.body if isinstance(node, ast.While) else [*node.body, *node.orelse]
        yield node.lineno
        yield from _of_block(body, estimator.inside(node, scope), estimator)
    else:
        blocks = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
        inside = list(_of_block(blocks, scope, estimator)) if not isinstance(node, (*FUNCTIONS, ast.ClassDef)) else []
        yield from inside or [node.lineno]
