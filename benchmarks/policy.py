"""What a policy sends: sources that nobody has seen, of the kinds and in the shares that training brings.

Each source is a task's reference made different: a wrong one returns its values in a list, one that does not compile
breaks off, one that raises uses a name that is not there, and one that hangs loops before all else. (The code as given
would not do for a wrong one: it may hang or raise.)
"""

import ast
import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codearena.tasks.task import Task

RIGHT, WRONG, NOT_COMPILING, RAISING, HANGING = "right", "wrong", "not compiling", "raising", "hanging"
KINDS = (RIGHT, WRONG, NOT_COMPILING, RAISING, HANGING)
SHARES: Mapping[str, int] = {RIGHT: 45, WRONG: 25, NOT_COMPILING: 12, RAISING: 13, HANGING: 5}
"""In percent."""
WITHOUT_HANGS: Mapping[str, int] = {RIGHT: 45, WRONG: 25, NOT_COMPILING: 12, RAISING: 18}


@dataclass(frozen=True)
class Sent:
    """One answer of the policy."""

    kind: str
    task: Task
    source: str


def answers(tasks: Sequence[Task], shares: Mapping[str, int], seed: int, first: int = 0) -> Iterator[Sent]:
    """Endless. first: number of the first; no two numbers have the same source.

    Kinds come in their exact shares in every hundred, and each kind of every task in turn, in an order by chance.
    """
    chance, numbers = random.Random(seed), itertools.count(first)
    turns = {kind: itertools.cycle(chance.sample(tasks, len(tasks))) for kind in shares}
    while True:
        hundred = [kind for kind, share in shares.items() for _ in range(share)]
        chance.shuffle(hundred)
        for kind in hundred:
            task = next(turns[kind])
            yield Sent(kind, task, source(task, kind, next(numbers)))


def source(task: Task, kind: str, number: int) -> str:
    """The source of that kind and number."""
    if kind == WRONG:
        return _own(_wrapping(task), number)
    if kind == NOT_COMPILING:
        lines = _own(task.solution, number).splitlines()
        return "\n".join([*lines[: 1 + number % len(lines)], f"value = ({number},"])
    if kind == RAISING:
        return _own(_beginning_with(task, f"total = missing_{number}"), number)
    if kind == HANGING:
        return _own(_beginning_with(task, f"count = {number}\nwhile count >= 0:\n    count += 1"), number)
    return _own(task.solution, number)


def _own(text: str, number: int) -> str:
    """Another syntax tree that does the same."""
    return f"{text.rstrip()}\n\n\ndef _helper_{number}(value):\n    return value + {number}\n"


def _beginning_with(task: Task, statements: str) -> str:
    """The reference, whose entry point does this first."""
    tree, entry = _parsed(task)
    entry.body[:0] = ast.parse(statements).body
    return ast.unparse(ast.fix_missing_locations(tree))


def _wrapping(task: Task) -> str:
    """The reference, whose entry point returns what it should as the one item of a list."""
    tree, entry = _parsed(task)
    for node in ast.walk(entry):
        if isinstance(node, ast.Return) and node.value is not None:
            node.value = ast.List([node.value], ast.Load())
    return ast.unparse(ast.fix_missing_locations(tree))


def _parsed(task: Task) -> tuple[ast.Module, ast.FunctionDef]:
    tree = ast.parse(task.solution)
    return tree, next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == task.entry_point)
