"""What tasks are made from: a right program with its tests, be it a base or a task of somebody's data set."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codearena.generation.base import Base
from codearena.generation.replaying import Call, call_of_case, call_of_run, calls_of
from codearena.tasks.calls import TestCase
from codearena.tasks.program import ProgramTest
from codearena.tasks.record import from_record, to_record
from codearena.tasks.task import Task

NOTHING = "raise NotImplementedError\n"
"""The code as given of the tasks that originals are examined with: it does nothing, and so is like no attempt."""

Draw = Callable[[random.Random], Sequence[Call]]


@dataclass(frozen=True)
class Original:
    """A right program with its tests.

    name: unique among the originals of one generation; family: of like programs; record: a task's, without `buggy`;
    examined: the task that the program and its mutants are graded with: its inputs are the same for all of them; drawn:
    names of the tests whose inputs attempts get anew; draw: calls of those tests, with inputs made anew.
    """

    name: str
    family: str
    record: Mapping[str, object]
    examined: Task
    drawn: frozenset[str]
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
        return [call for call in calls_of(drawn) if call.packed != fixed.get(call.test)]

    return Original(base.name, base.family, record, _same_for_all(whole), _drawn(whole), draw)


def of_task(task: Task) -> Original:
    """An original of somebody's task: its solution, with its tests. To draw inputs runs the author's makers of them."""
    record = to_record(task)
    for field in ("buggy", "certificate"):
        record.pop(field, None)
    cases = [test for test in task.tests if test.make]
    runs = [test for test in (task.program.tests if task.program else ()) if test.make]

    def draw(rng: random.Random) -> list[Call]:
        made = [call_of_case(task, _made(test, task.makers[test.make](rng))) for test in cases]
        return [*made, *(call_of_run(task, _made_run(test, task.makers[test.make](rng))) for test in runs)]

    return Original(task.id, task.source or task.category, record, _same_for_all(task), _drawn(task), draw)


def _made(test: TestCase, inputs: object) -> TestCase:
    given: dict[str, Any] = inputs if isinstance(inputs, dict) else {"args": inputs}
    return test.model_copy(update={"args": list(given["args"]), "kwargs": dict(given.get("kwargs", {}))})


def _made_run(test: ProgramTest, inputs: object) -> ProgramTest:
    given = inputs if isinstance(inputs, dict) else {"stdin": inputs}
    return test.model_copy(update=given)


def _drawn(task: Task) -> frozenset[str]:
    return frozenset(call.test for call in calls_of(task) if call.drawn)


def _same_for_all(task: Task) -> Task:
    """With the inputs that the record has as examples, and nothing given. An example without an answer is left out."""
    changes: dict[str, object] = {"cases": "", "buggy": NOTHING, "certificate": None}
    changes["tests"] = [test.model_copy(update={"make": ""}) for test in task.tests]
    if task.program is not None:
        answered = [test for test in task.program.tests if test.right or not test.make]
        runs = [test.model_copy(update={"make": ""}) for test in answered]
        changes["program"] = task.program.model_copy(update={"tests": runs})
    return Task.model_validate({**_fields(task), **changes})


def _fields(task: Task) -> dict[str, object]:
    names = {name: field.alias or name for name, field in Task.model_fields.items()}
    return {alias: getattr(task, name) for name, alias in names.items() if name in task.model_fields_set}
