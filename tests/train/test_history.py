"""What TRL's trainer leaves in its folder is what the figures of trainings are made of."""

from pathlib import Path

import pytest

pytest.importorskip("trl", reason="needs requirements/train.lock: make test-train")

from codearena.plots import history
from examples import train_grpo

pytestmark = pytest.mark.filterwarnings("ignore")  # of the training libraries, about each other


def test_the_state_of_a_trainer_has_the_curves_that_are_drawn(
    gateway_url: str, tiny_model: str, tmp_path: Path
) -> None:
    few = ["--steps", "2", "--generations", "2", "--batch", "2", "--completion-tokens", "12", "--cpu"]
    arguments = ["--base-url", gateway_url, "--model", tiny_model, "--tasks", "easy-1", "--output", str(tmp_path), *few]
    training = train_grpo.trainer(train_grpo.options(arguments))
    training.train()
    training.save_state()
    ((run,),) = [found.runs for found in history.load([tmp_path])]
    drawn = {"reward", "reward_std", "frac_reward_zero_std", "rewards/codearena_reward/mean", "entropy", "loss"}
    assert drawn | {"completions/mean_length", "completions/clipped_ratio", "grad_norm"} <= run.curves.keys()
    assert run.curve("reward")[0].tolist() == [1, 2]
