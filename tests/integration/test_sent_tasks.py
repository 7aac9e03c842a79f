"""Tasks that come with requests, really run: graded like those that are served; their author's code harms nobody."""

from typing import Any

import httpx
import pytest

from codearena.tasks.record import to_record
from tests.integration.playing import TASKS

PROBED = next(task for task in TASKS.values() if task.probe is not None and not task.cases)
DRAWN = next(task for task in TASKS.values() if task.cases)
_HOSTILE = {
    "loops when it is loaded": "while True: pass\ndef {name}(*given): return (1,)",
    "loops when it is called": "def {name}(*given):\n    while True: pass",
    "forks": "import os\ndef {name}(*given):\n    while True:\n        try: os.fork()\n        except OSError: pass",
    "kills what is above it": "import os\ndef {name}(*given):\n    os.kill(os.getppid(), 9)\n    os.kill(-1, 9)",
    "takes all memory": "def {name}(*given): return ('x' * 10 ** 12,)",
    "returns far too much": "def {name}(*given): return ([0] * 10 ** 8,)",
    "returns nothing": "def {name}(*given): pass",
    "prints": "def {name}(*given):\n    print('{{}}' * 10 ** 6)\n    return object()",
    "raises": "def {name}(*given): raise SystemExit",
    "is none": "{name} = 7",
}


def _graded(api: httpx.Client, task: dict[str, Any], source: str) -> httpx.Response:
    return api.post("/grade", json={"task": task, "source": source})


@pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))
def test_a_task_of_ones_own_is_graded_as_if_it_were_served(api: httpx.Client, task: Any) -> None:
    answer = _graded(api, to_record(task), task.solution).raise_for_status().json()
    assert answer["revisions"]["task"] == task.revision
    assert answer["solved"], answer["error_log"]
    assert answer["reward_components"]["efficiency_score"] is not None
    assert not _graded(api, to_record(task), task.buggy).raise_for_status().json()["solved"]


@pytest.mark.parametrize("code", _HOSTILE.values(), ids=list(_HOSTILE))
@pytest.mark.parametrize("field", ["probe", "cases"])
def test_hostile_code_of_an_author_is_the_authors_mistake_and_nobody_elses(
    api: httpx.Client, field: str, code: str
) -> None:
    if field == "probe":
        task = to_record(PROBED)
        task["probe"] = {"sizes": [8, 64], "source": code.format(name="make_input")}
    else:
        task = to_record(DRAWN)
        names = sorted({test["make"] for test in task["tests"] if "make" in test})
        task["cases"] = "\n".join(code.format(name=name) for name in names)
    answer = _graded(api, task, task["solution"])
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (422, "validation"), answer.text
    assert "task." in answer.json()["detail"] or "made no inputs" in answer.json()["detail"]
    served = api.post("/grade", json={"task_id": PROBED.id, "source": PROBED.solution}).raise_for_status().json()
    assert served["solved"]
