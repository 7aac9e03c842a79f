"""Runs a task's calls in a bare child process and compares, without any service: a quick look at the task files.

The product's own way is in executor_service/runner and grader_service/compare.py; this is for sources that we wrote.
"""

import base64
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

from codearena import values
from codearena.tasks.calls import CompareMode, ExpectedRaise, ExpectedSpawn, TestCase
from codearena.tasks.task import Task

_ROOT = Path(__file__).resolve().parents[2]
_CHILD = Path(__file__).with_name("plain_child.py")
_CHILD_S = 60.0  # for all the calls of one source


def failed_tests(task: Task, source: str) -> list[str]:
    """The names of the task's tests that `source` does not pass, in the task's order; checks are not looked at."""
    calls = [_call(task.entry_point, test) for test in task.tests]
    outcomes = _run(source, calls, task.limits.call_cpu_s)
    return [test.name for test, outcome in zip(task.tests, outcomes, strict=True) if not _passes(test, outcome)]


def probe_cpu_s(task: Task, source: str, inputs: list[tuple[Any, ...]], call_cpu_s: float = 2.0) -> list[float]:
    """The CPU seconds of one call for each input; infinity for one that did not return."""
    calls = [_call(task.entry_point, TestCase(name="probe", args=list(args), expect=None)) for args in inputs]
    outcomes = _run(source, calls, call_cpu_s)
    return [outcome["cpu_s"] if "value" in outcome else math.inf for outcome in outcomes]


def _call(entry_point: str, test: TestCase) -> dict[str, Any]:
    assert not test.calls, "sequences are not run here"
    args = values.encode([test.args, test.kwargs]).decode()
    return {"entry_point": entry_point, "args": args, "env": test.env, "intercept": test.process is not None}


def _run(source: str, calls: list[dict[str, Any]], call_cpu_s: float) -> list[dict[str, Any]]:
    job = {"root": str(_ROOT), "source": source, "calls": calls, "call_cpu_s": call_cpu_s}
    command = [sys.executable, "-I", "-S", str(_CHILD)]
    done = subprocess.run(command, input=json.dumps(job).encode(), capture_output=True, timeout=_CHILD_S, check=True)
    outcomes: list[dict[str, Any]] = json.loads(base64.b64decode(done.stdout.rsplit(b"\n", 1)[-1]))
    return outcomes


def _passes(test: TestCase, outcome: dict[str, Any]) -> bool:
    if test.raises:
        return _raised(test.raises, outcome)
    if test.process and not _spawned(test.process, outcome):
        return False
    return not test.expects_value or ("value" in outcome and _equal(test, outcome["value"].encode()))


def _raised(expected: ExpectedRaise, outcome: dict[str, Any]) -> bool:
    return expected.type in outcome.get("raised", []) and expected.message_contains in outcome["message"]


def _spawned(expected: ExpectedSpawn, outcome: dict[str, Any]) -> bool:
    spawned = outcome["processes"]
    if not spawned:
        return expected.may_refuse and "ValueError" in outcome.get("raised", [])
    right = [
        not shell and argv[0].rsplit("/", 1)[-1] == expected.program and expected.argument in argv[1:]
        for argv, shell in spawned
    ]
    return all(right)


def _equal(test: TestCase, got: bytes) -> bool:
    if test.compare is CompareMode.APPROX:
        number = values.decode(got)
        return isinstance(number, int | float) and math.isclose(number, test.expect, rel_tol=1e-9, abs_tol=1e-12)
    assert test.compare is CompareMode.EXACT, "other comparisons are not made here"
    return values.canonical(values.parse(got)) == values.canonical(values.parse(values.encode(test.expect)))
