"""Attempts that hang, and a host with more work than cores: nobody's reward is missing, and no honest one is lower."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from codearena.models import BatchResponse, GradeItem
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task
from tests.executor_service.images import require_engine, runner_image
from tests.exploits.server import ROOT, running
from tests.integration.scale import BATCH, REFERENCES

TASKS = load_tasks(ROOT / "gateway" / "tasks")
HONEST = [TASKS[task_id] for task_id in ("easy-1", "medium-1", "hard-1")]
HANGS = {
    "loop": "def average_list(numbers):\n    while True:\n        pass\n",
    "sleep": "import time\n\n\ndef average_list(numbers):\n    time.sleep(1000)\n",
    "fork": "import os\n\n\ndef average_list(numbers):\n    while True:\n        try:\n            os.fork()\n"
    "        except OSError:\n            pass\n",
    "threads": "import threading\n\n\ndef spin():\n    while True:\n        pass\n\n\ndef average_list(numbers):\n"
    "    for _ in range(8):\n        threading.Thread(target=spin).start()\n    spin()\n",
    "children": "import os\nimport time\n\n\ndef average_list(numbers):\n    for _ in range(4):\n"
    "        if os.fork() == 0:\n            os.setsid()\n            while True:\n                pass\n"
    "    time.sleep(1000)\n",
}
BURNING = 20
_BURN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"  # not longer than we are there


@pytest.fixture(
    scope="module", params=["local", *(pytest.param(name, marks=pytest.mark.docker) for name in ("container", "cell"))]
)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of everything in one process, with one isolation."""
    environment = {}
    if request.param != "local":
        require_engine()
        environment["CODEARENA_EXECUTOR_IMAGE"] = runner_image()
    with running(request.param, tmp_path_factory.mktemp("busy"), ROOT / "gateway" / "tasks", **environment) as server:
        yield server.url


def graded(url: str, items: list[tuple[str, str]]) -> list[GradeItem]:
    body = {"items": [{"task_id": task_id, "source": source} for task_id, source in items]}
    answer = httpx.post(f"{url}/grade/batch", json=body, timeout=600, trust_env=False)
    return BatchResponse.model_validate_json(answer.raise_for_status().content).items


def own(task: Task, number: int) -> tuple[str, str]:
    """The reference, as a source that was not seen before."""
    return task.id, f"{task.solution}\n# {number}\n"


def problems(items: list[GradeItem]) -> list[str]:
    return [item.problem.detail for item in items if item.problem]


def test_what_hangs_is_graded_and_takes_nothing_from_the_others(url: str) -> None:
    kinds = list(HANGS)
    items = [
        ("easy-1", f"{HANGS[kinds[number // 10 % len(kinds)]]}\n# {number}\n")
        if number % 10 == 3
        else own(HONEST[number % len(HONEST)], number)
        for number in range(BATCH)
    ]
    answers = graded(url, items)
    assert problems(answers) == []
    rewards = [item.verdict.reward for item in answers if item.verdict]
    assert Counter(reward for number, reward in enumerate(rewards) if number % 10 != 3).keys() == {0.99}
    assert all(reward < 0.3 for number, reward in enumerate(rewards) if number % 10 == 3)


@contextmanager
def burning() -> Iterator[None]:
    """Processes that never wait, each in a session of its own, so that the scheduler is fair to each."""
    with ExitStack() as stack:
        for _ in range(BURNING):
            process = subprocess.Popen([sys.executable, "-S", "-c", _BURN], start_new_session=True)
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield


def test_a_busy_host_costs_nobody_reward(url: str) -> None:
    items = [own(task, number) for number in range(REFERENCES) for task in TASKS.values()]
    with burning():
        answers = graded(url, items)
    assert problems(answers) == []
    for (task_id, _), item in zip(items, answers, strict=True):
        assert item.verdict is not None
        assert item.verdict.reward_components.efficiency_score == 1.0, (task_id, item.verdict.complexity)
        assert item.verdict.solved, (task_id, item.verdict.error_log)


def test_the_largest_source_is_read_on_a_busy_host(url: str) -> None:
    """60 KB that compile took longer to be read than was allowed for on an idle host."""
    lines = "".join(f"TABLE_{number} = (1, 2, {number})\n" for number in range(2000))
    source = TASKS["easy-1"].solution + "\n" + lines[: 60_000 - len(TASKS["easy-1"].solution)].rpartition("\n")[0]
    with burning():
        [answer] = graded(url, [("easy-1", source)])
    assert answer.verdict is not None
    assert answer.verdict.solved, answer.verdict.error_log
