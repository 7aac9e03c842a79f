"""What tasks are made from: a right program with its tests, be it a base or a task of somebody's data set."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from codearena.generation.base import Base
from codearena.generation.replaying import Call, call_of_case, call_of_run, calls_of
from codearena.tasks.calls import TestCase
from codearena.tasks.record import from_record, to_record
from codearena.tasks.task import Task

NOTHING = "raise NotImplementedError\n"
"""The code as given of the tasks that originals are examined with: it does nothing, and so is like no attempt."""

Draw = Callable[[random.Random], Sequence[Call]]


@dataclass(frozen=True)
class Original:
    """A right program with its tests.

    name: unique among the originals of one generation; family: of like programs; record: a task's, without `buggy`;
    examined: the task that the program and its mutants are graded with: its inputs are the same for all of them.
    """

    name: str
    family: str
    record: Mapping[str, object]
    examined: Task
    draw: Draw

    @property
    def solution(self) -> str:
        """The right program's text."""
        return self.examined.solution

    @property
    def fixed(self) -> list[Call]:
        """The calls of its tests, as they are graded."""
        return calls_of(self.examined)

    def task(self, fields: Mapping[str, object]) -> Task:
        """A task: the record with the fields given in the place of its own."""
        return from_record({**self.record, **fields}, self.name)


def of_base(base: Base, seed: int) -> Original:
    """An original of our own. seed: its inputs are drawn by it, and by its name."""
    record = base.record(random.Random(f"{seed}:{base.name}"))
    whole = from_record({**record, "buggy": NOTHING}, base.name)
    fixed = {call.test: call.packed for call in calls_of(whole)}

    def draw(rng: random.Random) -> list[Call]:
        drawn = from_record({**record, **base.tests(rng), "buggy": NOTHING}, base.name)
        return [call for call in _drawable(drawn) if call.packed != fixed.get(call.test)]

    return Original(base.name, base.family, record, _same_for_all(whole), draw)


def _drawable(task: Task) -> Iterator[Call]:
    for test in task.tests:
        if test.process is None:
            yield call_of_case(task, test)
    for run in task.program.tests if task.program else ():
        yield call_of_run(run)


def of_task(task: Task) -> Original:
    """An original of somebody's task: its solution, with its tests. To draw inputs runs the author's makers of them."""
    record = to_record(task)
    for field in ("buggy", "certificate"):
        record.pop(field, None)
    made = [test for test in task.tests if test.make]

    def draw(rng: random.Random) -> list[Call]:
        return [call_of_case(task, _made(test, task.makers[test.make](rng))) for test in made]

    return Original(task.id, task.source or task.category, record, _same_for_all(task), draw)


def _made(test: TestCase, inputs: object) -> TestCase:
    given = inputs if isinstance(inputs, dict) else {"args": inputs}
    return test.model_copy(update={"args": list(given["args"]), "kwargs": dict(given.get("kwargs", {}))})


def _same_for_all(task: Task) -> Task:
    """With the inputs that the record has as examples, and nothing given."""
    tests = [test.model_copy(update={"make": ""}) for test in task.tests]
    changes = {"tests": tests, "cases": "", "buggy": NOTHING, "certificate": None}
    return Task.model_validate({**_fields(task), **changes})


def _fields(task: Task) -> dict[str, object]:
    names = {name: field.alias or name for name, field in Task.model_fields.items()}
    return {alias: getattr(task, name) for name, alias in names.items() if name in task.model_fields_set}


def drawn_names(original: Original) -> frozenset[str]:
    """Names of the tests whose inputs are made anew for each attempt."""
    tests: Iterable[Mapping[str, object]] = original.record.get("tests", [])  # type: ignore[assignment]
    return frozenset(str(test["name"]) for test in tests if test.get("make"))
