"""Nothing is earned by absence: what is not there, does nothing or is the code as given gets the least reward there is.

For each task: nothing <= stubs <= the code as given <= each partial fix <= the reference, and a step is strict where a
fix does something that the code as given does not do.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from codearena import CodeArena
from codearena.embedded import embedded_gateway
from codearena.models import Verdict
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task
from tests.integration.playing import ROOT, TASKS, collected

pytestmark = pytest.mark.redis

LEAST = 0.01
ABSENT = {
    "nothing": "",
    "a comment": "# {name}\n",
    "None in its place": "{name} = None\n",
    "a condition that never holds": "if 0 > 1:\n    def {name}(*args):\n        return args\n",
    "names of others": "from math import *\n",
    "a name inside of another": "class Other:\n    def {name}(*args):\n        return None\n",
    "a module that answers for it": "def __getattr__(name):\n    raise ValueError(name)\n",
}
"""Sources that do not define the entry point."""
STUBS = {
    "no body": "def {name}(*args):\n    pass\n",
    "no arguments": "def {name}():\n    pass\n",
    "an empty class": "class {name}:\n    pass\n",
    "not implemented": "def {name}(*args):\n    raise NotImplementedError\n",
    "a value refused": "def {name}(*args):\n    raise ValueError('no')\n",
    "a type refused": "def {name}(*args):\n    raise TypeError('no')\n",
    "a name refused": "def {name}(*args):\n    raise NameError('no')\n",
    "methods without a body": "class {name}:\n    def push(self, item):\n        pass\n\n"
    "    def pop(self):\n        pass\n",
    "methods that refuse": "class {name}:\n    def push(self, item):\n        pass\n\n"
    "    def pop(self):\n        raise IndexError\n",
    "a token refused": "def {name}(*args):\n    raise RuntimeError('API_TOKEN is not set')\n",
}
"""Sources that do nothing; what they raise is what some test expects."""
GIVEN = {
    "as given": "{code}",
    "with a comment": "# mended\n\n{code}\n\n",
    "with a line that changes nothing": "{code}\n_MENDED = True\n",
}
SCRIPTED = """\
id: easy-2
title: Half
category: easy
level: easy
description: Halves even numbers, and refuses odd ones with ValueError.
entry_point: half
script: {visible: [test_even, test_odd]}
"""
SCRIPT = """\
import pytest
from fix import half

def test_even():
    assert half(4) == 2

def test_odd():
    with pytest.raises(ValueError):
        half(3)

def test_anything_else():
    with pytest.raises(Exception):
        half("a")
"""
SEQUENCE = """\
id: easy-3
title: Stack
category: easy
level: easy
description: A stack. To pop from an empty one raises IndexError.
entry_point: Stack
tests:
  - {name: pushed, calls: [{call: Stack}, {call: push, args: [6]}], expect: [null], visible: true}
  - {name: popped, calls: [{call: Stack}, {call: push, args: [6]}, {call: pop}], expect: [null, 6], visible: true}
  - {name: last, calls: [{call: Stack}, {call: push, args: [1]}, {call: push, args: [2]}, {call: pop}],
     expect: [null, null, 2]}
  - {name: nothing, calls: [{call: Stack}, {call: pop}], raises: IndexError}
  - {name: no such name, calls: [{call: Stack}, {call: pop}], raises: LookupError}
checks:
  - {rule: forbid_call, argument: eval, name: no eval, visible: true}
"""
STACK = """\
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()
"""
OTHER_KINDS = {
    "easy-2": (
        SCRIPTED,
        "def half(n):\n    return n // 4\n",
        "def half(n):\n    if n % 2:\n        raise ValueError(n)\n    return n // 2\n",
    ),
    "easy-3": (SEQUENCE, STACK.replace("self.items.append(item)", "eval('self.items').insert(item)"), STACK),
}
PARTIAL = {
    "easy-2": {"odd numbers let through": "def half(n):\n    return n // 2\n"},
    "easy-3": {
        "first in, first out": STACK.replace("pop()", "pop(0)"),
        "None of an empty one": STACK.replace("self.items.pop()", "self.items.pop() if self.items else None"),
    },
}

each_task = pytest.mark.parametrize("task_id", [*TASKS, *OTHER_KINDS])


@dataclass(frozen=True)
class Graded:
    """A task, and the verdicts on what was tried at it, by the words for each source."""

    task: Task
    verdicts: Mapping[str, Verdict]

    def of(self, *groups: Mapping[str, str]) -> dict[str, Verdict]:
        return {words: self.verdicts[words] for group in groups for words in group}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Graded]]:
    """Everything, as one batch. Hidden inputs are the same for all, so that attempts can be compared."""
    root = _tasks(tmp_path_factory.mktemp("absence") / "tasks")
    tasks = load_tasks(root)
    tried = [(task.id, words, source) for task in tasks.values() for words, source in _sources(task).items()]
    with embedded_gateway("local", root) as url, CodeArena(url, timeout_s=600) as arena:
        answers = arena.grade_batch([(task_id, source) for task_id, _, source in tried], group_id="absence")
    found: dict[str, dict[str, Verdict]] = {task_id: {} for task_id in tasks}
    for (task_id, words, _), answer in zip(tried, answers, strict=True):
        assert isinstance(answer, Verdict), answer
        found[task_id][words] = answer
    yield {task_id: Graded(tasks[task_id], verdicts) for task_id, verdicts in found.items()}


def _tasks(root: Path) -> Path:
    """Those of the benchmark, and one of each other kind."""
    shutil.copytree(ROOT / "gateway" / "tasks", root)
    for task_id, (text, buggy, solution) in OTHER_KINDS.items():
        folder = root / "easy" / task_id
        folder.mkdir()
        (folder / "task.yaml").write_text(text)
        (folder / "buggy.py").write_text(buggy)
        (folder / "solution.py").write_text(solution)
    (root / "easy" / "easy-2" / "test_script.py").write_text(SCRIPT)
    return root


def _sources(task: Task) -> dict[str, str]:
    stubs = {words: text.replace("{name}", task.entry_point) for words, text in {**ABSENT, **STUBS}.items()}
    given = {words: text.replace("{code}", task.buggy) for words, text in GIVEN.items()}
    return {**stubs, **given, **_partial(task.id), "reference": task.solution}


def _partial(task_id: str) -> dict[str, str]:
    """Attempts at the task that are neither hostile nor the code as given."""
    named = {sample.name: sample.source for sample in collected() if sample.task_id == task_id}
    named.pop("unchanged", None)
    return {**named, **PARTIAL.get(task_id, {})}


@each_task
def test_what_does_not_define_the_entry_point_passes_nothing_and_gets_the_least(
    graded: Mapping[str, Graded], task_id: str
) -> None:
    for words, verdict in graded[task_id].of(ABSENT).items():
        assert (verdict.unearned, verdict.reward) == ("no_entry_point", LEAST), words
        assert verdict.execution_metadata.test_passed == 0, words
        assert f"defines no {graded[task_id].task.entry_point}" in verdict.error_log, words


@each_task
def test_what_does_nothing_gets_no_more_than_nothing(graded: Mapping[str, Graded], task_id: str) -> None:
    for words, verdict in graded[task_id].of(STUBS).items():
        assert verdict.reward == LEAST, (words, verdict.error_log)
        # A class that lacks a method which is called defines no more than one that is not there.
        assert verdict.unearned in ("no_work", "no_entry_point"), words


@each_task
def test_the_code_as_given_gets_the_least_whatever_is_added_that_changes_nothing(
    graded: Mapping[str, Graded], task_id: str
) -> None:
    for words, verdict in graded[task_id].of(GIVEN).items():
        assert verdict.reward == LEAST, (words, verdict.unearned, verdict.error_log)
        assert verdict.unearned in ("compile_error", "unchanged", "no_work", "no_progress"), words


@each_task
def test_a_partial_fix_is_between_the_code_as_given_and_the_reference(
    graded: Mapping[str, Graded], task_id: str
) -> None:
    best = graded[task_id].verdicts["reference"]
    fixes = graded[task_id].of(_partial(task_id))
    assert any(not verdict.unearned and not verdict.solved for verdict in fixes.values())
    for words, verdict in fixes.items():
        assert LEAST <= verdict.reward <= best.reward, words
        assert (verdict.reward > LEAST) == (not verdict.unearned), words
        passes_all = verdict.execution_metadata.test_passed == verdict.execution_metadata.test_total
        assert verdict.reward < best.reward or passes_all, words


@each_task
def test_the_reference_earns_everything(graded: Mapping[str, Graded], task_id: str) -> None:
    verdict = graded[task_id].verdicts["reference"]
    assert verdict.solved
    assert verdict.reward_components.test_pass_ratio == verdict.reward_components.compile_score == 1.0


@each_task
def test_no_component_is_left_to_what_earned_nothing(graded: Mapping[str, Graded], task_id: str) -> None:
    for words, verdict in graded[task_id].verdicts.items():
        components = verdict.reward_components.model_dump().values()
        assert (verdict.base == 0.0) == bool(verdict.unearned), words
        assert not verdict.unearned or set(components) == {0.0}, words
