"""Tasks whose tests run a program, graded end to end."""

import json
import shutil
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

ATTEMPTS = Path(__file__).parents[1] / "attempts"
TOTALS, PAIRS = ATTEMPTS / "program_totals-1" / "task", ATTEMPTS / "program_pairs-1" / "task"
HIDDEN_ANSWER = "hidden-answer"
MEAN = "import sys\nnumbers = list(map(float, sys.stdin.read().split()))\nprint(sum(numbers) / len(numbers))\n"
LARGE = "import sys\nprint(sum(map(len, sys.stdin)))\n"
MIB = 1024 * 1024
RECORDS = [
    {
        "id": "means",
        "description": "Print the mean of the numbers.",
        "solution": MEAN,
        "buggy": MEAN.replace("len(numbers)", "2"),
        "program": {
            "compare": "numbers",
            "tests": [
                {"name": "two", "stdin": "1 2", "stdout": "1.5", "visible": True},
                {"name": "three", "stdin": "1 2 4", "stdout": "2.3333333"},
            ],
        },
    },
    {
        "id": "greetings",
        "description": "Print a greeting and the end of the line, exactly.",
        "solution": "print('hello')\n",
        "buggy": "print('hello', end='')\n",
        "program": {
            "compare": "exact",
            "tests": [{"name": "one", "answers": ["hello\n", "hi\n"], "visible": True}],
        },
    },
    {
        "id": "large",
        "description": "Print how many characters there are.",
        "solution": LARGE,
        "buggy": LARGE.replace("print(sum", "print(1 + sum"),
        "limits": {"attempt_cpu_s": 30},
        "program": {
            "tests": [
                {"name": f"{number} x 5 MiB", "stdin": f"{number:07}\n" * (5 * MIB // 8), "stdout": str(5 * MIB)}
                for number in range(8)
            ]
        },
    },
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tasks")
    shutil.copytree(TOTALS, root / "easy" / "program_totals-1")
    shutil.copytree(PAIRS, root / "easy" / "program_pairs-1")
    (root / "more.jsonl").write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    return root


@pytest.fixture(scope="module", params=[pytest.param("container", marks=pytest.mark.docker), "local"])
def arena(request: pytest.FixtureRequest, folder: Path) -> Iterator[CodeArena]:
    if request.param == "container":
        require_engine()
    with embedded_gateway(request.param, folder) as url, CodeArena(url) as arena:
        yield arena


def source(task: Path, name: str = "solution") -> str:
    return (task / f"{name}.py").read_text()


def totals(arena: CodeArena, program: str) -> Verdict:
    return arena.grade("program_totals-1", program)


@pytest.mark.parametrize("task_id", ["program_totals-1", "program_pairs-1", "means", "greetings", "large"])
def test_the_task_may_be_served(arena: CodeArena, folder: Path, task_id: str) -> None:
    task = load_tasks(folder)[task_id]
    verification = verify(arena, task)
    assert verification.problems == []
    assert verification.reference is not None
    assert verification.reference.execution_metadata.test_total == len(task.all_tests)


def test_a_failed_visible_test_is_explained_and_hidden_ones_are_counted(arena: CodeArena) -> None:
    verdict = totals(arena, source(TOTALS, "buggy") + "import os\n")
    ran = verdict.execution_metadata
    assert (ran.test_passed, ran.test_total, ran.hidden_passed, ran.hidden_total) == (2, 6, 1, 4)
    assert "got: token 2, on line 2, is '-2' and should be 'refused'" in verdict.error_log
    assert [(test.name, test.passed) for test in verdict.tests] == [("deposits", True), ("refusal", False)]


@pytest.mark.parametrize(
    ("program", "unearned"),
    [
        ("", "no_work"),
        ("import sys\nsys.exit(0)\n", "no_work"),
        ("print()\n", "no_work"),
        ("1 / 0\n", "no_work"),
        ("print('5\\n12\\n5\\nrefused\\n0\\n')\n", "no_work"),
        (source(TOTALS, "buggy"), "unchanged"),
        (source(TOTALS, "buggy") + "# other\n", "unchanged"),
        (source(TOTALS, "buggy") + "balance = 0\n", "no_progress"),
        ("print(\n", "compile_error"),
    ],
)
def test_nothing_is_earned_by_absence(arena: CodeArena, program: str, unearned: str) -> None:
    verdict = totals(arena, program)
    assert verdict.unearned == unearned, verdict.error_log
    assert verdict.reward == 0.01


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("sys.exit(3)\n", "exited with status 3"),
        ("raise ValueError('why')\n", "    | ValueError: why"),
        ("import os, signal; sys.stdout.flush(); os.kill(os.getpid(), signal.SIGKILL)\n", "killed by SIGKILL"),
        ("print('x' * 10_000_000)\n", "more than the limit on output"),
        ("while True: print('x' * 100_000)\n", "printed or returned more than the limit on output"),
        ("while True: pass\n", "exceeded its time limit"),
    ],
)
def test_a_right_output_is_right_only_of_a_program_that_ends_well(arena: CodeArena, end: str, told: str) -> None:
    verdict = totals(arena, source(TOTALS) + end)
    assert verdict.execution_metadata.test_passed == 0, verdict.error_log
    assert told in verdict.error_log


def test_a_thread_that_still_runs_makes_a_right_output_no_worse(arena: CodeArena) -> None:
    end = "import os, threading\nthreading.Thread(target=threading.Event().wait).start()\n"
    assert totals(arena, f"{source(TOTALS)}{end}sys.stdout.flush()\nos._exit(0)\n").solved


def test_any_right_output_passes_a_checker(arena: CodeArena) -> None:
    backwards = source(PAIRS).replace("{places[target - number]} {place}", "{place} {places[target - number]}")
    assert arena.grade("program_pairs-1", backwards).solved


def test_a_step_is_played_with_programs_too(arena: CodeArena) -> None:
    observation = arena.reset(task_id="program_totals-1").observation
    assert "FAILED refusal" in observation.error_log
    assert "    | deposit 5" in observation.error_log
    result = arena.step(source(TOTALS))
    assert result.done
    assert result.reward is not None and result.reward > 0.9
