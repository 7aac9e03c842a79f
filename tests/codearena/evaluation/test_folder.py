"""A run's folder: nothing that has ended is lost, and nothing half-written is read."""

import csv
from pathlib import Path

import pytest

from codearena.errors import InvalidRequestError
from codearena.evaluation import records
from codearena.evaluation.folder import RunFolder, read_rows
from tests.codearena.evaluation.build import trajectory

PLAN: dict[str, object] = {"agent": "buggy", "episodes": 2}


def test_what_has_ended_is_there_when_the_run_goes_on(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.begin(PLAN)
    folder.append(trajectory(0.5))
    assert RunFolder(tmp_path).begin(PLAN) == [trajectory(0.5)]


def test_half_a_line_of_a_killed_process_is_dropped(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.begin(PLAN)
    folder.append(trajectory(0.5))
    with (tmp_path / "trajectories.jsonl").open("a") as file:
        file.write(records.to_line(trajectory(0.7, episode=1))[:100])
    again = RunFolder(tmp_path)
    assert again.begin(PLAN) == [trajectory(0.5)]
    again.append(trajectory(0.9, episode=1))
    assert [each.rewards for each in again.trajectories()] == [[0.5], [0.9]]


def test_a_run_of_another_plan_is_refused(tmp_path: Path) -> None:
    RunFolder(tmp_path).begin(PLAN)
    with pytest.raises(InvalidRequestError, match="another episodes"):
        RunFolder(tmp_path).begin(PLAN | {"episodes": 3})


def test_the_table_has_the_original_columns_first_and_a_row_a_step(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.begin(PLAN)
    folder.append(trajectory(0.25, 0.5))
    with (tmp_path / "rewards_log.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    original = ["timestamp", "task_id", "step", "reward", "compile_score", "test_ratio", "efficiency_score"]
    assert header[: len(original)] == original
    assert [row[1:4] for row in rows] == [["easy-1", "1", "0.25"], ["easy-1", "2", "0.5"]]


def test_an_error_is_a_row_without_a_reward(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.begin(PLAN)
    folder.append(trajectory(error="agent: no answer"))
    (row,) = read_rows(tmp_path)
    assert (row["reward"], row["error"]) == ("", "agent: no answer")


def test_a_source_of_any_characters_comes_back_as_it_was() -> None:
    (step,) = trajectory(0.5).steps
    odd = trajectory(0.5).model_copy(update={"steps": (step.model_copy(update={"proposed_fix": "\ud800\x00é"}),)})
    assert records.from_line(records.to_line(odd)) == odd


def test_what_is_forgotten_is_gone_and_the_rest_stays(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.begin(PLAN)
    kept, dropped = trajectory(0.5), trajectory(episode=1, error="agent: x")
    folder.append(kept)
    folder.append(dropped)
    folder.forget([dropped])
    assert folder.begin(PLAN) == [kept]


def test_a_log_without_the_original_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rewards_log.csv").write_text("timestamp,task_id\n")
    with pytest.raises(InvalidRequestError, match="efficiency_score"):
        read_rows(tmp_path)
