"""Logs of trainers: every form in which transformers and TRL leave them, and runs of several seeds."""

import json
from pathlib import Path

import pytest

from codearena.errors import InvalidRequestError
from codearena.plots import history
from codearena.plots.history import History

_LOGGED = [{"step": 1, "reward": 0.25, "kl": 0.01}, {"step": 2, "reward": 0.5, "kl": 0.02}]


def state(folder: Path, logged: object = _LOGGED) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trainer_state.json").write_text(json.dumps({"global_step": 2, "log_history": logged}))
    return folder


def one(path: Path) -> History:
    ((run,),) = [training.runs for training in history.load([path])]
    return run


def curve(run: History, key: str = "reward") -> list[tuple[float, float]]:
    steps, values = run.curve(key)
    return list(zip(steps.tolist(), values.tolist(), strict=True))


def test_a_state_is_read_as_a_file_a_checkpoint_and_an_output_folder(tmp_path: Path) -> None:
    state(tmp_path / "grpo" / "checkpoint-2")
    (tmp_path / "example").mkdir()
    (tmp_path / "example" / "log.jsonl").write_text("\n".join(map(json.dumps, _LOGGED)))
    for path in ("example", "grpo/checkpoint-2/trainer_state.json", "grpo/checkpoint-2", "grpo"):
        assert curve(one(tmp_path / path)) == [(1, 0.25), (2, 0.5)]


def test_of_an_output_folder_the_newest_state_counts(tmp_path: Path) -> None:
    for step in (9, 10):
        logged = [{"step": number, "reward": 0.5} for number in range(1, step + 1)]
        state(tmp_path / f"checkpoint-{step}", logged)
    assert one(tmp_path).last == 10
    state(tmp_path, [*_LOGGED, {"step": 11, "reward": 0.5}])
    assert one(tmp_path).last == 11


def test_a_folder_of_several_runs_is_one_training_named_by_it(tmp_path: Path) -> None:
    for seed in range(3):
        state(tmp_path / "grpo" / f"{seed}")
    (training,) = history.load([tmp_path / "grpo"])
    assert (training.name, len(training.runs)) == ("grpo", 3)


@pytest.mark.parametrize("name", ["grpo-seed-{}", "grpo_seed{}", "grpo.Seed={}"])
def test_runs_that_differ_by_their_seed_alone_are_one_training(tmp_path: Path, name: str) -> None:
    paths = [state(tmp_path / name.format(seed)) for seed in (1, 22)] + [state(tmp_path / "grpo-lr-3")]
    found = [(training.name, len(training.runs)) for training in history.load(paths)]
    assert found == [("grpo", 2), ("grpo-lr-3", 1)]


def test_runs_that_differ_by_another_number_stay_apart(tmp_path: Path) -> None:
    paths = [state(tmp_path / f"grpo-lr{rate}") for rate in (1, 3)]
    assert [training.name for training in history.load(paths)] == ["grpo-lr1", "grpo-lr3"]


def test_folders_called_seed_are_named_by_the_folder_that_holds_them(tmp_path: Path) -> None:
    paths = [state(tmp_path / name / f"seed-{seed}") for name in ("a", "b") for seed in (0, 1)]
    found = [(training.name, len(training.runs)) for training in history.load(paths)]
    assert found == [("a", 2), ("b", 2)]


def test_a_single_run_keeps_its_name(tmp_path: Path) -> None:
    (training,) = history.load([state(tmp_path / "grpo-seed-1")])
    assert training.name == "grpo-seed-1"


def test_none_nan_and_text_are_not_known_and_not_0(tmp_path: Path) -> None:
    logged = [{"step": 1, "reward": None}, {"step": 2, "reward": float("nan")}, {"step": 3, "reward": 0.5, "note": "x"}]
    assert curve(one(state(tmp_path, logged))) == [(3, 0.5)]


def test_evaluations_are_curves_of_their_own(tmp_path: Path) -> None:
    run = one(state(tmp_path, [*_LOGGED, {"step": 2, "eval_reward": 0.7, "eval_runtime": 1.0}]))
    assert (curve(run, "reward"), curve(run, "eval_reward")) == ([(1, 0.25), (2, 0.5)], [(2, 0.7)])


def test_a_step_that_was_logged_again_after_a_resumption_counts_once(tmp_path: Path) -> None:
    again = [*_LOGGED, {"step": 2, "reward": 0.6}, {"step": 3, "reward": 0.7}]
    assert curve(one(state(tmp_path, again))) == [(1, 0.25), (2, 0.6), (3, 0.7)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(_LOGGED),
        "\n".join(map(json.dumps, _LOGGED)),
        "\n".join(map(str, _LOGGED)),
        "Loading\n  0%| | 0/2 [00:00<?, ?it/s]\r{'step': 1, 'reward': '0.25'}\n{'step': 2, 'reward': '0.5'}\nDone {x}",
    ],
)
def test_the_history_alone_json_lines_and_what_a_trainer_prints_are_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "log.txt").write_text(text)
    assert curve(one(tmp_path / "log.txt")) == [(1, 0.25), (2, 0.5)]


def test_records_without_a_step_are_counted(tmp_path: Path) -> None:
    printed = "{'reward': '0.25', 'epoch': '0.01'}\n{'eval_reward': '0.3'}\n{'reward': '0.5'}\n{'train_runtime': '9.0'}"
    (tmp_path / "log.txt").write_text(printed)
    run = one(tmp_path / "log.txt")
    assert (curve(run), curve(run, "eval_reward")) == ([(1, 0.25), (2, 0.5)], [(1, 0.3)])
    assert not run.has_steps


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"log_history": []}', '{"log_history": 3}', "no record", "[1]"]
)
def test_a_file_without_a_reward_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "trainer_state.json").write_text(text)
    with pytest.raises(InvalidRequestError, match=r"trainer_state.json: no record of a trainer with a reward"):
        history.load([tmp_path])


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidRequestError, match=r"model\.safetensors"):
        history.load([tmp_path / "model.safetensors"])


def test_a_folder_without_a_log_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match=r"rewards_log.csv, trainer_state.json, log.jsonl or checkpoint"):
        history.load([tmp_path])


def test_a_run_of_an_evaluation_is_no_training(tmp_path: Path) -> None:
    (tmp_path / "rewards_log.csv").touch()
    assert not history.is_training(tmp_path)
    assert not history.is_training(tmp_path / "rewards_log.csv")
    assert history.is_training(tmp_path / "trainer_state.json")
