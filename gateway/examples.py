"""A request or two of each call that people try first, for the OpenAPI document and the page at /docs.

Each is valid as it stands and is answered with success where the tasks of the repository are served; a step needs the
episode that a reset begins.
"""

from collections.abc import Mapping
from typing import Any

_BUGGY = "def average_list(numbers):\n    return sum(numbers) / len(numbers)\n"
_FIXED = "def average_list(numbers):\n    return sum(numbers) / len(numbers) if numbers else 0.0\n"
_TASK = {
    "id": "mine/average",
    "level": "easy",
    "description": "The average of a list of numbers, 0 of an empty one.",
    "entry_point": "average_list",
    "buggy": _BUGGY,
    "solution": _FIXED,
    "tests": [
        {"name": "some", "args": [[1, 2, 6]], "expect": 3.0, "visible": True},
        {"name": "none", "args": [[]], "expect": 0.0},
    ],
}
_ITEMS = [{"task_id": "easy-1", "source": _FIXED}, {"task_id": "easy-1", "source": _BUGGY}]


def _example(summary: str, **value: object) -> dict[str, Any]:
    return {"summary": summary, "value": value}


EXAMPLES: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "/reset": {
        "a task": _example("An episode of one task", task_id="easy-1"),
        "a level": _example("Of any easy task, the same one for the same seed", task_id="easy", seed=7),
        "auto": _example("Of the level at which the agent stands", task_id="auto", agent_id="my-agent"),
    },
    "/step": {
        "a fix": _example("A step of the episode that was reset last", proposed_fix=_FIXED),
        "repeatable": _example(
            "The same, safe to send again: one request_id is one step", proposed_fix=_FIXED, request_id="step-1"
        ),
    },
    "/grade": {
        "a source": _example("A verdict without an episode", task_id="easy-1", source=_FIXED),
        "a task of your own": _example("Its tests come with the request", task=_TASK, source=_FIXED),
    },
    "/tasks": {"a task": _example("Kept, and named by its task_ref from then on", **_TASK)},
    "/grade/batch": {"two sources": _example("Graded in parallel, answered in order", items=_ITEMS)},
    "/jobs": {"two sources": _example("Graded in the background", items=_ITEMS)},
    "/fix": {
        "code": _example(
            "What an error log says of it helps", code=_BUGGY, error_log="ZeroDivisionError: division by zero"
        ),
        "a task": _example("Repairs are graded on the task's visible tests", code=_BUGGY, task_id="easy-1"),
    },
    "/run_raw": {
        "a program": _example("What it reads is stdin", code="print(sum(map(int, input().split())))", stdin="2 3\n")
    },
}
"""By path, each of a POST; an example's name says what it is of, its summary what it shows."""
