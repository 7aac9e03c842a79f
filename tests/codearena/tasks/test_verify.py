"""What the author of a task is warned of. Whether it may be served: tests/codearena/test_cli.py."""

from collections.abc import Iterator
from typing import Any

import pytest

from codearena.embedded import embedded_gateway
from codearena.sdk.client import CodeArena
from codearena.tasks.jsonl import write_jsonl
from codearena.tasks.record import from_record
from codearena.tasks.task import Task
from codearena.tasks.verify import Verification, verify_all

pytestmark = pytest.mark.redis
NO_EVAL = {"rule": "forbid_call", "argument": "eval", "name": "no eval"}
NO_SHELL = {"rule": "forbid_call", "argument": "os.system", "name": "no shell"}
OF_NUMPY = "an attempt that imports numpy counts as one that breaks the check 'no eval': "


def task(task_id: str, **fields: Any) -> Task:
    tests = [{"name": str(at), "args": [at], "expect": at + 1, "visible": True} for at in range(3)]
    right = {"buggy": "def f(x):\n    return x\n", "solution": "def f(x):\n    return x + 1\n", "entry_point": "f"}
    return from_record({"id": task_id, "description": "?", "tests": tests, **right, **fields}, task_id)


TASKS = [
    task("needs", needs=["numpy"], checks=[NO_EVAL]),
    task("imports", buggy="import numpy.linalg as la\n\ndef f(x):\n    return x\n", checks=[NO_EVAL, NO_SHELL]),
    task("no-rule", buggy="import numpy\n\ndef f(x):\n    return x\n"),
    task("library", buggy="import json\n\ndef f(x):\n    return x\n", checks=[NO_EVAL]),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Verification]]:
    file = tmp_path_factory.mktemp("served") / "tasks.jsonl"
    served = [each.model_copy(update={"needs": []}) for each in TASKS]  # local isolation has no packages
    write_jsonl(served, file)
    with embedded_gateway("local", file) as url, CodeArena(url) as arena:
        yield {each.task_id: each for each in verify_all(arena, TASKS)}


@pytest.mark.parametrize("task_id", ["needs", "imports"])
def test_the_author_is_warned_of_a_package_that_breaks_a_rule_by_being_imported(
    found: dict[str, Verification], task_id: str
) -> None:
    assert any(warning.startswith(OF_NUMPY) for warning in found[task_id].warnings)


def test_a_rule_that_packages_break_by_machine_code_alone_is_told_as_such(found: dict[str, Verification]) -> None:
    (warning,) = (each for each in found["imports"].warnings if "'no shell'" in each)
    assert "'no shell', if that has machine code of its own: " in warning


@pytest.mark.parametrize("task_id", ["no-rule", "library"])
def test_nobody_is_warned_without_a_rule_or_without_a_package(found: dict[str, Verification], task_id: str) -> None:
    assert found[task_id].warnings == []
