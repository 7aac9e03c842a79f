"""A task whose tests are a script, graded end to end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from codearena import CodeArena
from codearena.embedded import embedded_gateway
from codearena.models import Verdict
from codearena.tasks.folder import load_tasks
from codearena.tasks.verify import verify
from tests.executor_service.images import require_engine

pytestmark = pytest.mark.redis

TASK = """\
id: queue-1
title: A queue
category: easy
level: easy
description: Items leave in the order in which they came. An empty queue raises EmptyQueueError.
entry_point: Queue
script: {visible: [TestQueue.test_order, TestQueue.test_empty]}
"""
SOLUTION = """\
from collections import deque

class EmptyQueueError(LookupError):
    pass

class Queue:
    def __init__(self, items=()):
        self._items = deque(items)

    def put(self, item):
        self._items.append(item)
        return self

    def take(self):
        if not self._items:
            raise EmptyQueueError("nothing to take")
        return self._items.popleft()

    def __len__(self):
        return len(self._items)
"""
BUGGY = SOLUTION.replace("popleft", "pop")
SCRIPT = """\
import unittest
from fix import EmptyQueueError, Queue


class TestQueue(unittest.TestCase):
    def setUp(self):
        self.queue = Queue()

    def test_order(self):
        self.queue.put(1).put(2)
        self.assertEqual(self.queue.take(), 1)

    def test_empty(self):
        with self.assertRaisesRegex(EmptyQueueError, "nothing"):
            self.queue.take()

    def test_hidden_length(self):
        self.queue.put("hidden-input-1").put("hidden-input-2")
        self.assertEqual(len(self.queue), 2, "hidden-message")

    def test_hidden_order(self):
        queue = Queue(["hidden-input-3", "hidden-input-4"])
        self.assertEqual([queue.take(), queue.take()], ["hidden-input-3", "hidden-input-4"])
"""
TELLS_ALL = SOLUTION.replace(
    "self._items.append(item)",
    "self._items.append(item); Queue.kept = getattr(Queue, 'kept', []) + [item]; print(Queue.kept); "
    "open('/tmp/attempt/kept', 'a').write(str(item)); print(open('/tmp/attempt/kept').read())",
).replace("popleft", "pop")
LIES = """\
class EmptyQueueError(LookupError):
    pass

class Queue:
    def __init__(self, *items): pass
    def put(self, *items): return self
    def take(self): return Queue()
    def __len__(self): return 2
    def __eq__(self, other): return True
    def __ne__(self, other): return False
"""

METHOD_TASK = """\
id: two-sum
title: Two numbers
category: easy
level: easy
description: Return the positions of the two numbers that add up to the target.
entry_point: Solution().twoSum
script: {visible: [assert-1]}
tests: [{name: a case, args: [[1, 2], 3], expect: [0, 1]}]
"""
METHOD_SOLUTION = """\
from typing import List

class Solution:
    def twoSum(self, nums: List[int], target: int) -> List[int]:
        places = {}
        for place, number in enumerate(nums):
            if target - number in places:
                return [places[target - number], place]
            places[number] = place
        return []
"""
INIT = "    def __init__(self): self.places = {}\n"
METHOD_SCRIPT = """\
def check(candidate):
    assert candidate(nums = [2, 7, 11, 15], target = 9) == [0, 1]
    assert candidate(nums = [3, 2, 4], target = 6) == [1, 2]
    assert candidate([3, 3], 6) == [0, 1]

check(Solution().twoSum)
"""


def write_task(folder: Path, task: str, solution: str, buggy: str, script: str) -> None:
    folder.mkdir(parents=True)
    for name, text in (("task.yaml", task), ("solution.py", solution), ("buggy.py", buggy), ("test_script.py", script)):
        (folder / name).write_text(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tasks")
    write_task(root / "easy" / "queue-1", TASK, SOLUTION, BUGGY, SCRIPT)
    forgets = METHOD_SOLUTION.replace("places[number] = place", "places[place] = number")
    write_task(root / "easy" / "two-sum", METHOD_TASK, METHOD_SOLUTION, forgets, METHOD_SCRIPT)
    return root


@pytest.fixture(scope="module", params=[pytest.param("container", marks=pytest.mark.docker), "local"])
def arena(request: pytest.FixtureRequest, folder: Path) -> Iterator[CodeArena]:
    if request.param == "container":
        require_engine()
    with embedded_gateway(request.param, folder) as url, CodeArena(url) as arena:
        yield arena


def graded(arena: CodeArena, source: str) -> Verdict:
    return arena.grade("queue-1", source)


def test_the_task_may_be_served(arena: CodeArena, folder: Path) -> None:
    verification = verify(arena, load_tasks(folder)["queue-1"])
    assert verification.problems == []
    assert verification.reference is not None
    assert verification.reference.execution_metadata.test_total == 4


def test_a_failed_visible_test_is_explained_and_hidden_ones_are_counted(arena: CodeArena) -> None:
    verdict = graded(arena, BUGGY)
    ran = verdict.execution_metadata
    assert (ran.test_passed, ran.test_total, ran.hidden_passed, ran.hidden_total) == (2, 4, 1, 2)
    assert "self.assertEqual(self.queue.take(), 1)" in verdict.error_log
    assert "AssertionError: 2 != 1" in verdict.error_log
    assert [(test.name, test.passed) for test in verdict.tests] == [
        ("TestQueue.test_order", False),
        ("TestQueue.test_empty", True),
    ]


@pytest.mark.parametrize("source", [BUGGY, TELLS_ALL, LIES, "1 / 0", "def f(:"])
def test_nothing_of_a_hidden_test_leaves(arena: CodeArena, source: str) -> None:
    assert "hidden-" not in graded(arena, source).model_dump_json()
    assert "test_hidden" not in graded(arena, source).model_dump_json()


def test_a_lying_object_gains_nothing(arena: CodeArena) -> None:
    verdict = graded(arena, LIES)
    assert verdict.execution_metadata.test_passed == 1  # the length, which it returns as a number
    assert not verdict.solved


def test_an_attempt_without_the_names_that_the_script_asks_for_passes_nothing(arena: CodeArena) -> None:
    assert graded(arena, "class Other: pass").execution_metadata.test_passed == 0


def test_a_task_about_a_method_may_be_served(arena: CodeArena, folder: Path) -> None:
    verification = verify(arena, load_tasks(folder)["two-sum"])
    assert verification.problems == []
    assert verification.reference is not None
    assert verification.reference.execution_metadata.test_total == 4


@pytest.mark.parametrize(
    ("source", "passed", "unearned"),
    [
        (METHOD_SOLUTION, 4, ""),
        (
            METHOD_SOLUTION.replace("places = {}", "places = self.places").replace("    def two", INIT + "    def two"),
            4,
            "",
        ),
        ("twoSum = lambda nums, target: [0, 1]", 0, "no_entry_point"),
        ("class Solution: pass", 0, "no_entry_point"),
        ("class Solution:\n    def __init__(self): 1 / 0\n    def twoSum(self, nums, target): pass", 0, "no_work"),
    ],
)
def test_a_method_earns_what_its_tests_say(arena: CodeArena, source: str, passed: int, unearned: str) -> None:
    verdict = arena.grade("two-sum", source)
    assert (verdict.execution_metadata.test_passed, verdict.unearned) == (passed, unearned)
