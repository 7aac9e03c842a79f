"""`codearena eval` against real services: what agents earn, and what a broken one does not."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from codearena.cli import app
from codearena.evaluation.folder import RunFolder
from tests.codearena.evaluation.build import trajectory

pytestmark = pytest.mark.redis

CHOSEN = "easy-1,type_errors-1,security_bugs-2"
FIXES_EASY_1 = """
def propose(observation):
    if observation.task_id != "easy-1" or not observation.previous_attempts:
        return observation.buggy_code
    return "def average_list(numbers):\\n    return sum(numbers) / len(numbers) if numbers else 0.0\\n"
"""
FAILS_ON_ONE_TASK = """
def propose(observation):
    if observation.task_id == "easy-1":
        raise RuntimeError("no fix")
    return observation.buggy_code
"""
REMOVES_THE_FOLDER = """
import os, shutil
def propose(observation):
    shutil.rmtree(os.environ["FOLDER"], ignore_errors=True)
    return observation.buggy_code
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
    assert (found["solved_by_step"][0], found["missing"]) == (1.0, 0)


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


def test_a_gateway_that_is_not_there_is_told_before_a_folder_is_made(tmp_path: Path) -> None:
    result = evaluate("http://127.0.0.1:9", tmp_path / "run", "--agent", "buggy")
    assert (result.exit_code, "http://127.0.0.1:9" in result.output) == (1, True)
    assert not (tmp_path / "run").exists()


def test_an_agent_that_fails_costs_its_episode_and_the_exit_code(url: str, tmp_path: Path) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text(FAILS_ON_ONE_TASK)
    result = evaluate(url, tmp_path / "run", "--agent", f"script:{agent}")
    found = summary(tmp_path / "run")
    assert (result.exit_code, found["episodes"], found["graded"], found["missing"]) == (3, 3, 2, 1)
    assert found["error_kinds"] == {"agent": 1}
    assert "missing          1 of 3 episodes: 1 broke off (1 agent), e.g. agent: RuntimeError: no fix" in result.output
    assert "of 2 of 3 episodes" in result.output


def test_as_many_episodes_may_be_missing_as_one_says(url: str, tmp_path: Path) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text(FAILS_ON_ONE_TASK)
    result = evaluate(url, tmp_path / "run", "--agent", f"script:{agent}", "--max-missing", "1")
    assert (result.exit_code, "1 of 3 episodes" in result.output) == (0, True)


def test_a_file_that_cannot_be_run_is_told_in_a_line(url: str, tmp_path: Path) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text("def propose(observation)\n")
    result = evaluate(url, tmp_path / "run", "--agent", f"script:{agent}")
    assert (result.exit_code, "SyntaxError" in result.output, "Traceback" in result.output) == (1, True, False)


def test_a_run_that_cannot_be_written_down_ends_with_a_line(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLDER", str(tmp_path / "run"))
    agent = tmp_path / "agent.py"
    agent.write_text(REMOVES_THE_FOLDER)
    result = evaluate(url, tmp_path / "run", "--agent", f"script:{agent}")
    assert (result.exit_code, "trajectories.jsonl" in result.output, "Traceback" in result.output) == (1, True, False)


def test_a_folder_that_cannot_be_made_is_told_in_a_line(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = evaluate(url, tmp_path / "file" / "run", "--agent", "buggy")
    assert (result.exit_code, "Not a directory" in result.output) == (1, True)


def test_runs_without_a_graded_episode_in_common_are_not_compared(tmp_path: Path) -> None:
    for name, task in (("a", "easy-1"), ("b", "hard-1")):
        folder = RunFolder(tmp_path / name)
        folder.begin({})
        folder.append(trajectory(0.5, task=task))
    result = CliRunner().invoke(app, ["eval", "--compare", str(tmp_path / "a"), str(tmp_path / "b")])
    assert (result.exit_code, "no graded episode in common" in " ".join(result.output.split())) == (1, True)


def test_a_comparison_of_few_episodes_says_nothing_but_that(tmp_path: Path) -> None:
    for name, reward in (("a", 0.2), ("b", 0.9)):
        folder = RunFolder(tmp_path / name)
        folder.begin({})
        for number in range(4):
            folder.append(trajectory(reward, episode=number))
    command = ["eval", "--compare", str(tmp_path / "a"), str(tmp_path / "b")]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(app, command)
    assert (result.exit_code, result.output.count("too few to tell")) == (0, 2)
    assert "is better" not in result.output
