"""One definition of what a run earned, wherever it is told."""

import csv
import html
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from codearena.errors import InvalidRequestError
from codearena.evaluation import records, rewards
from codearena.evaluation.compare import compare
from codearena.evaluation.folder import RunFolder, read_rows
from codearena.evaluation.progress import Progress
from codearena.evaluation.records import Row, Trajectory
from codearena.evaluation.summary import summarize
from codearena.models import TaskSummary
from codearena.plots import data, report
from tests.codearena.evaluation.build import trajectory

QUICK = [trajectory(0.9, solved=True), trajectory(0.2, 0.2, 0.2, 0.2, episode=1)]
"""Mean final reward 0.55; of all steps 0.34."""
SLOW = [trajectory(0.5, 0.5, 0.5, 0.6), trajectory(0.7, 0.45, episode=1)]
"""Mean final reward 0.525; of all steps 0.54, of the best ones 0.65: the other order."""
BROKEN = [*SLOW, trajectory(0.99, 0.99, episode=2, error="agent: x")]
"""The same: what broke off earned nothing that is known."""


def log(folder: Path, run: Sequence[Trajectory]) -> Path:
    found = RunFolder(folder)
    found.begin({})
    for each in run:
        found.append(each)
    rows = [row | {"compile_score": "1", "test_ratio": "0.5", "efficiency_score": "0"} for row in read_rows(folder)]
    with (folder / "rewards_log.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, records.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return folder


def in_the_report(folder: Path, run: Sequence[Trajectory]) -> float:
    page = report.write(data.load([log(folder, run)]), folder / "plots").read_text()
    cells = re.findall(r"<td>(.*?)</td>", page)
    return float(re.findall(r"\d\.\d+", html.unescape(cells[-1]))[0])


def in_the_live_table(run: Sequence[Trajectory]) -> float:
    fields = {"id": "easy-1", "difficulty": "easy", "category": "easy"}
    task = TaskSummary.model_validate(
        {"title": "", "description": "", "tests_visible": 1, "tests_hidden": 1, "max_steps": 5}
        | {"optimal_complexity": "", "revision": ""}
        | fields
    )
    console = Console(width=200, record=True)
    console.print(Progress([task], len(run), run, Console(quiet=True)).table())
    return float(re.findall(r"\d\.\d+", console.export_text())[-1])


@pytest.mark.parametrize(("run", "mean"), [(QUICK, 0.55), (SLOW, 0.525), (BROKEN, 0.525)])
def test_summary_report_live_table_and_comparison_tell_the_same_mean(
    tmp_path: Path, run: list[Trajectory], mean: float
) -> None:
    found = summarize(run)
    assert found.reward is not None
    assert found.reward.mean == pytest.approx(mean)
    assert found.tasks[0].mean_reward == pytest.approx(mean)
    assert in_the_report(tmp_path / "run", run) == pytest.approx(mean, abs=0.001)
    assert in_the_live_table(run) == pytest.approx(mean, abs=0.006)
    assert compare(run, run).differences[-1].mean_a == pytest.approx(mean)


def test_rows_tell_of_episodes_what_their_trajectories_tell() -> None:
    run = [*QUICK, *BROKEN[2:], trajectory(0.3, 0.4, task="hard-1")]
    rows = [row for each in run for row in records.rows(each)]
    assert rewards.of_rows(rows) == rewards.of_trajectories(run)


def test_without_a_column_of_episodes_a_step_that_is_not_greater_begins_one() -> None:
    steps = [("easy-1", 1), ("hard-1", 1), ("easy-1", 2), ("easy-1", 1), ("hard-1", 2), ("easy-1", 1)]
    rows: list[Row] = [
        {"task_id": task, "step": str(step), "reward": f"0.{number}"} for number, (task, step) in enumerate(steps, 1)
    ]
    found = rewards.of_rows(rows)
    assert [(each.task_id, each.reward, each.steps) for each in found] == [
        ("easy-1", 0.3, 2),
        ("hard-1", 0.5, 2),
        ("easy-1", 0.4, 1),
        ("easy-1", 0.6, 1),
    ]


def test_a_row_that_is_no_step_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="not valid"):
        rewards.of_rows([{"task_id": "easy-1", "step": "one", "reward": "0.5"}])


def test_lines_of_the_version_before_are_read() -> None:
    line = json.loads(records.to_line(trajectory(0.5)))
    line["schema_version"] = 1
    del line["steps"][0]["no_answer"], line["steps"][0]["use"]["finish_reason"]
    assert records.from_line(json.dumps(line)).rewards == [0.5]


@pytest.mark.parametrize(
    "line", ["", "[]", "null", "{", '{"schema_version": 9}', '{"schema_version": 2}', "\x1f\ufffd"]
)
def test_a_line_that_is_no_episode_is_told_on_one_line(line: str) -> None:
    with pytest.raises(ValueError) as told:
        records.from_line(line)
    assert "\n" not in str(told.value)
