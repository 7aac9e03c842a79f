"""What of a log of rewards is in the figures, and what is refused."""

import csv
from pathlib import Path

import pytest

from codearena.errors import InvalidRequestError
from codearena.evaluation import records
from codearena.evaluation.records import Trajectory
from codearena.plots import data, means
from tests.codearena.evaluation.build import trajectory

_PLAIN = {"timestamp": "", "task_id": "easy-1", "step": "1", "reward": "0.5", "compile_score": "1", "test_ratio": "0.5"}


def played(folder: Path, *trajectories: Trajectory) -> Path:
    rows = [row for each in trajectories for row in records.rows(each)]
    return written(folder, rows, records.COLUMNS)


def written(folder: Path, rows: list[dict[str, str]], columns: tuple[str, ...] = records.ORIGINAL_COLUMNS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "rewards_log.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def one(folder: Path) -> data.Run:
    (run,) = data.load([folder])
    return run


def test_the_reward_of_an_episode_is_that_of_its_last_step(tmp_path: Path) -> None:
    run = one(played(tmp_path, trajectory(0.1, 0.2, 0.9, episode=0), trajectory(0.3, episode=1)))
    assert [step.reward for step in run.steps] == [0.1, 0.2, 0.9, 0.3]
    assert [step.reward for step in run.finals] == [0.9, 0.3]


def test_an_episode_that_broke_off_has_steps_and_no_reward(tmp_path: Path) -> None:
    run = one(played(tmp_path, trajectory(0.1, 0.2, error="agent: x"), trajectory(0.3, episode=1)))
    assert [step.reward for step in run.steps] == [0.1, 0.2, 0.3]
    assert [step.reward for step in run.finals] == [0.3]


def test_an_episode_whose_last_step_has_an_error_has_no_reward_even_if_the_step_has_one(tmp_path: Path) -> None:
    columns = (*records.ORIGINAL_COLUMNS, "error")
    run = one(written(tmp_path, [_PLAIN | {"error": "service: x"}, _PLAIN | {"reward": "0.7"}], columns))
    assert [step.reward for step in run.finals] == [0.7]


def test_the_means_rank_runs_as_the_summary_does(tmp_path: Path) -> None:
    slow = one(played(tmp_path / "slow", trajectory(0.0, 0.0, 0.9)))  # the mean of its steps is the lower one
    quick = one(played(tmp_path / "quick", trajectory(0.5)))
    slow_mean, quick_mean = means.mean_reward(slow), means.mean_reward(quick)
    assert slow_mean is not None
    assert quick_mean is not None
    assert slow_mean.mean > quick_mean.mean


def test_in_a_log_without_episodes_a_step_that_does_not_rise_begins_one(tmp_path: Path) -> None:
    rows = [_PLAIN | {"step": step, "reward": reward} for step, reward in (("1", "0.1"), ("2", "0.2"), ("1", "0.3"))]
    assert [step.reward for step in one(written(tmp_path, rows)).finals] == [0.2, 0.3]


def test_episodes_whose_rows_are_mixed_are_told_apart(tmp_path: Path) -> None:
    columns = (*records.ORIGINAL_COLUMNS, "episode")
    steps = (("0", "1", "0.1"), ("1", "1", "0.2"), ("0", "2", "0.3"), ("1", "2", "0.4"))
    rows = [_PLAIN | {"episode": episode, "step": step, "reward": reward} for episode, step, reward in steps]
    assert [step.reward for step in one(written(tmp_path, rows, columns)).finals] == [0.3, 0.4]


def test_an_episode_whose_last_step_was_not_graded_has_no_reward(tmp_path: Path) -> None:
    rows = [_PLAIN, _PLAIN | {"step": "2", "reward": ""}, _PLAIN | {"reward": "0.7"}]
    assert [step.reward for step in one(written(tmp_path, rows)).finals] == [0.7]


@pytest.mark.parametrize("nothing", ["", "nan", "NaN", "None", "null"])
def test_what_is_no_number_is_not_known_and_is_not_0(tmp_path: Path, nothing: str) -> None:
    run = one(written(tmp_path, [_PLAIN, _PLAIN | {"reward": nothing}, _PLAIN | {"efficiency_score": nothing}]))
    assert len(run.steps) == 2
    assert all("efficiency_score" not in step.components for step in run.steps)


@pytest.mark.parametrize(
    ("column", "value"), [("reward", "1.7"), ("reward", "-1"), ("test_ratio", "inf"), ("step", "x")]
)
def test_a_value_that_cannot_be_is_refused_with_its_file(tmp_path: Path, column: str, value: str) -> None:
    written(tmp_path, [_PLAIN | {column: value}])
    with pytest.raises(InvalidRequestError, match=rf"{tmp_path.name}.*{value}"):
        data.load([tmp_path])


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rewards_log.csv").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(InvalidRequestError, match=tmp_path.name):
        data.load([tmp_path])


def test_a_run_without_a_graded_step_is_refused_by_name(tmp_path: Path) -> None:
    good, bad = played(tmp_path / "good", trajectory(0.1)), written(tmp_path / "bad", [_PLAIN | {"reward": ""}])
    with pytest.raises(InvalidRequestError, match="bad: no graded step"):
        data.load([good, bad])


def test_runs_are_named_by_as_much_of_their_path_as_tells_them_apart(tmp_path: Path) -> None:
    paths = [tmp_path / "a" / "run", tmp_path / "b" / "run", tmp_path / "b" / "other" / "rewards_log.csv"]
    assert data.names(paths[:1]) == ["run"]
    assert data.names(paths) == ["a/run", "b/run", "b/other"]


def test_a_folder_is_named_however_it_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert data.names([Path()]) == [tmp_path.name]


def test_a_run_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="twice"):
        data.names([tmp_path, tmp_path / "rewards_log.csv"])
