"""`codearena eval` against real services: what agents earn, and what a broken one does not."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from codearena.cli import app
from codearena.embedded import embedded_gateway

pytestmark = pytest.mark.redis

TASKS = Path(__file__).resolve().parents[3] / "tasks"
CHOSEN = "easy-1,type_errors-1,security_bugs-2"
FIXES_EASY_1 = """
def propose(observation):
    if observation.task_id != "easy-1" or not observation.previous_attempts:
        return observation.buggy_code
    return "def average_list(numbers):\\n    return sum(numbers) / len(numbers) if numbers else 0.0\\n"
"""
DIES_ONCE = """
import os, pathlib
def propose(observation):
    marker = pathlib.Path(os.environ["DIED"])
    if observation.task_id == "type_errors-1" and observation.previous_attempts and not marker.exists():
        marker.touch()
        os._exit(9)
    return observation.buggy_code
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with embedded_gateway("local", TASKS) as url:
        yield url


def evaluate(url: str, out: Path, *arguments: str) -> Result:
    options = ["eval", "--gateway-url", url, "--tasks", CHOSEN, "--out", str(out), *arguments]
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, options)


def summary(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "summary.json").read_text())
    return found


def test_the_reference_solves_every_task_at_its_first_step(url: str, tmp_path: Path) -> None:
    result = evaluate(url, tmp_path, "--agent", "reference")
    found = summary(tmp_path)
    assert result.exit_code == 0
    assert (found["solved_by_step"][0], found["errors"]) == (1.0, 0)


def test_the_buggy_code_solves_none_and_fails_below(url: str, tmp_path: Path) -> None:
    result = evaluate(url, tmp_path, "--agent", "buggy", "--fail-below", "0.9")
    assert result.exit_code == 1
    assert summary(tmp_path)["solved_by_step"] == [0.0] * 5


def test_without_a_model_the_services_own_fixer_plays(url: str, tmp_path: Path) -> None:
    evaluate(url, tmp_path, "--tasks", "easy-1,type_errors-1")
    assert summary(tmp_path)["solved_by_step"][0] == 1.0


def test_a_file_of_ones_own_is_an_agent(url: str, tmp_path: Path) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text(FIXES_EASY_1)
    evaluate(url, tmp_path / "run", "--agent", f"script:{agent}")
    assert summary(tmp_path / "run")["solved_by_step"] == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3, 1 / 3])


def test_killed_and_gone_on_with_the_result_is_the_same(url: str, tmp_path: Path) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text(DIES_ONCE)
    arguments = ["eval", "--gateway-url", url, "--tasks", CHOSEN, "--agent", f"script:{agent}", "--episodes", "2"]
    command = [sys.executable, "-m", "codearena", *arguments, "--concurrency", "1", "--out"]

    def run(out: str, died: str) -> int:
        environment = os.environ | {"DIED": str(tmp_path / died)}
        ran = subprocess.run([*command, str(tmp_path / out)], env=environment, capture_output=True, check=False)
        return ran.returncode

    (tmp_path / "never").touch()
    assert run("whole", "never") == 0
    assert [run("broken", "once"), run("broken", "once")] == [9, 0]
    whole, broken = summary(tmp_path / "whole"), summary(tmp_path / "broken")
    assert whole == broken
    assert whole["episodes"] == 6


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--agent", "nobody"], "no agent nobody"),
        (["--agent", "buggy", "--tasks", "easy-1,nowhere"], "nowhere"),
        (["--agent", "openai"], "needs --model"),
        (["--agent", "script:/there/is/none.py"], "no Python file"),
    ],
)
def test_a_wrong_choice_is_told_in_a_line(url: str, tmp_path: Path, arguments: list[str], told: str) -> None:
    result = evaluate(url, tmp_path, *arguments)
    assert result.exit_code == 1
    assert told in result.output
    assert "Traceback" not in result.output


def test_an_endpoint_that_is_not_there_is_an_error_and_no_fix(url: str, tmp_path: Path) -> None:
    result = evaluate(url, tmp_path, "--model", "m", "--base-url", "http://127.0.0.1:9/v1", "--tasks", "easy-1")
    assert result.exit_code == 0
    found = summary(tmp_path)
    assert (found["errors"], found["reward"], found["error_kinds"]) == (1, None, {"agent": 1})
