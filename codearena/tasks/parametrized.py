"""Tests of a script that pytest.mark.parametrize makes several of: how many there are, read and not run."""

import ast
import itertools
from collections.abc import Mapping, Sequence
from typing import TypeGuard

MOST_CASES = 200
"""Of one test. One of more cases stays one test, as does one whose cases are not written out as a list."""


def constants(tree: ast.Module) -> Mapping[str, ast.expr]:
    """What is assigned to a name once, at the top level of a script."""
    found: dict[str, ast.expr] = {}
    twice: set[str] = set()
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        for name in [target.id for target in targets if isinstance(target, ast.Name)]:
            twice |= {name} & found.keys()
            found[name] = statement.value  # type: ignore[attr-defined]
    return {name: value for name, value in found.items() if name not in twice}


def cases(decorators: Sequence[ast.expr], known: Mapping[str, ast.expr]) -> list[str] | None:
    """The sources of a test's cases, in the order in which the referee has them; None: it stays one test.

    decorators: the test's own and, after them, those of its class. known: see `constants`.
    """
    lists = [_written_out(call.args[1], known) for call in reversed(decorators) if _parametrizes(call)]
    if not lists or any(each is None for each in lists):
        return None
    written = [each for each in lists if each is not None]
    combined = itertools.islice(itertools.product(*written), MOST_CASES + 1)
    found = [", ".join(ast.unparse(each) for each in case) for case in combined]
    return found if 0 < len(found) <= MOST_CASES else None


def _parametrizes(decorator: ast.expr) -> TypeGuard[ast.Call]:
    is_call = isinstance(decorator, ast.Call) and len(decorator.args) > 1
    return is_call and ast.unparse(decorator.func).endswith("mark.parametrize")  # type: ignore[attr-defined]


def _written_out(values: ast.expr, known: Mapping[str, ast.expr]) -> list[ast.expr] | None:
    if isinstance(values, ast.Name):
        values = known.get(values.id, values)
    if not isinstance(values, ast.List | ast.Tuple) or any(isinstance(each, ast.Starred) for each in values.elts):
        return None
    return values.elts
