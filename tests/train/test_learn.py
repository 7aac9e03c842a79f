"""examples/learn: the very command for two steps, and that what it computes in its own way is what TRL computes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

pytest.importorskip("trl", reason="needs requirements/train.lock: make test-train")

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM
from trl import GRPOConfig, GRPOTrainer

from codearena.embedded import embedded_gateway
from codearena.tasks.folder import load_tasks
from codearena.tasks.jsonl import write_jsonl
from codearena.tasks.task import Split
from examples.learn import __main__ as learn
from examples.learn import episodes
from examples.learn.attention import heads_per_key, use_groups
from examples.learn.clock import Clock
from examples.learn.layout import Groups, Prompts
from examples.learn.sampling import Decoding, complete
from examples.learn.trainer import GroupTrainer, scores
from examples.learn.warm_start import Example, warm_started

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore")  # of the training libraries, about each other
PROMPTS = [[5, 6, 7, 8, 9, 10], [11, 12, 13]]
END, PAD = 2, 0


@pytest.fixture
def model(tiny_model: str) -> Any:
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tasks to train on, and one that is held out."""
    known = load_tasks(ROOT / "gateway" / "tasks")
    splits = {"easy-1": Split.TRAIN, "type_errors-1": Split.TRAIN, "medium-1": Split.HELD_OUT}
    file = tmp_path_factory.mktemp("tasks") / "tasks.jsonl"
    write_jsonl([known[name].model_copy(update={"split": split}) for name, split in splits.items()], file)
    return file


def command(tasks: Path, model: str, output: Path, *more: str) -> list[str]:
    small = ["--steps", "2", "--prompts", "2", "--generations", "2", "--tokens", "12", "--evaluate-every", "1"]
    small += ["--warm-start", "1", "--held-out", "4"]
    run = ["--tasks", str(tasks), "--isolation", "local", "--model", model, "--output", str(output)]
    return [*run, *small, *more]


def records(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output / "log.jsonl").read_text("utf-8").splitlines()]


def test_two_steps_of_the_command_leave_a_model_and_a_log_that_says_where_the_time_went(
    tasks: Path, tiny_model: str, tmp_path: Path
) -> None:
    learn.main(command(tasks, tiny_model, tmp_path / "run"))
    log = records(tmp_path / "run")
    steps, evaluations = ([line for line in log if name in line] for name in ("reward", "eval_reward"))
    assert [line["step"] for line in steps] == [1, 2]
    assert [line["step"] for line in evaluations] == [-1, 0, 1, 2], (
        "before the warm start, behind it, and after each step"
    )
    for step in steps:
        assert (step["attempts"], step["attempts_not_graded"]) == (4, 0)
        assert 0 < step["time/waiting_share"] < 1
        assert step["attempts_per_second"] > 0
        assert sum(value for name, value in step.items() if name.startswith("codearena/outcome/")) == pytest.approx(1)
    assert [line["eval_tasks"] for line in evaluations] == [1, 1, 1, 1]
    answers = [json.loads(line) for line in (tmp_path / "run" / "answers.jsonl").read_text("utf-8").splitlines()]
    assert {answer["task_id"] for answer in answers} == {"medium-1"}
    AutoModelForCausalLM.from_pretrained(tmp_path / "run" / "model")


def test_the_services_curriculum_chooses_the_tasks_and_hears_how_the_model_fares(
    tasks: Path, tiny_model: str, tmp_path: Path
) -> None:
    with embedded_gateway("local", tasks) as url:
        chosen = ["--base-url", url, "--curriculum", "learning_progress", "--warm-start", "0"]
        learn.main(command(tasks, tiny_model, tmp_path / "run", *chosen))
        episodes = httpx.get(f"{url}/episodes", params={"agent_id": "learn-0"}).json()["episodes"]
    steps = [line for line in records(tmp_path / "run") if "reward" in line]
    assert [line["step"] for line in steps] == [1, 2]
    assert all(line["rewards/episode/mean"] > 0 for line in steps)
    played = [episode["task_id"] for episode in episodes if episode["step"]]
    assert len(played) == 4, "two groups for each of two updates"
    assert set(played) <= {"easy-1", "type_errors-1"}, "none that is held out"


def test_a_killed_run_goes_on_from_its_last_checkpoint(tasks: Path, tiny_model: str, tmp_path: Path) -> None:
    output = tmp_path / "run"
    arguments = command(tasks, tiny_model, output, "--steps", "200")
    killed = subprocess.Popen(
        [sys.executable, "-m", "examples.learn", *arguments], cwd=ROOT, env=os.environ, start_new_session=True
    )
    deadline = time.monotonic() + 300
    while learn.last_checkpoint(output) is None and killed.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    whole = learn.last_checkpoint(output)
    assert whole is not None, "it ended, or made no checkpoint in time"
    reached = int(whole.name.rpartition("-")[2])
    plan = json.loads((output / "run.json").read_text("utf-8")) | {"steps": str(reached + 1)}
    (output / "run.json").write_text(json.dumps(plan), "utf-8")
    learn.main(command(tasks, tiny_model, output, "--steps", str(reached + 1), "--resume"))
    log = records(output)
    assert log[-1]["step"] == reached + 1
    assert [line["step"] for line in log if "eval_reward" in line].count(0) == 1, "it went on, and did not begin again"


def test_a_folder_of_another_run_is_not_gone_on_with(tasks: Path, tiny_model: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"seed": "7"}), "utf-8")
    with pytest.raises(SystemExit, match="holds a run: --resume goes on with it"):
        learn.main(command(tasks, tiny_model, tmp_path))
    with pytest.raises(SystemExit, match=r"another .*seed"):
        learn.main(command(tasks, tiny_model, tmp_path, "--resume"))


def test_likeliest_completions_are_those_of_generate(model: Any) -> None:
    wanted = []
    for prompt in PROMPTS:
        made = model.generate(torch.tensor([prompt]), max_new_tokens=9, do_sample=False, pad_token_id=PAD)
        wanted.append(made[0, len(prompt) :].tolist())
    use_groups(model)
    found = complete(model, PROMPTS, Decoding(9, [0.0, 0.0], frozenset({END}), PAD), torch.Generator())
    assert found == [[each, each] for each in wanted]


def test_sampled_completions_are_the_seeds(model: Any) -> None:
    use_groups(model)
    decoding = Decoding(9, [1.0] * 3, frozenset({END}), PAD)
    first, again, other = (complete(model, PROMPTS, decoding, torch.Generator().manual_seed(n)) for n in (1, 1, 2))
    assert first == again != other
    assert len({tuple(ids) for ids in first[0]}) > 1, "the completions of a group are drawn one by one"


def test_log_probabilities_of_a_group_are_those_of_each_completion_alone(model: Any) -> None:
    completions = torch.tensor([[[20, 21, 22], [23, 24, -1]], [[25, -1, -1], [26, 27, 28]]])
    wanted = torch.zeros(2, 2, 3)
    for row, prompt in enumerate(PROMPTS):
        for place in range(2):
            answer = [token for token in completions[row, place].tolist() if token >= 0]
            logits = model(torch.tensor([prompt + answer])).logits[0, len(prompt) - 1 : -1] / 0.7
            chosen = logits.log_softmax(-1)[range(len(answer)), answer]
            wanted[row, place, : len(answer)] = chosen
    use_groups(model)
    groups = Groups.of(Prompts.of(PROMPTS, PAD, model.device), completions, heads_per_key(model))
    found, entropies = scores(model, groups, 0.7)
    assert torch.allclose(found, wanted, atol=1e-5)
    assert bool((entropies[completions >= 0] > 0).all())


def test_the_trainer_scores_as_trls_does(tiny_model: str, tmp_path: Path) -> None:
    config = GRPOConfig(
        output_dir=str(tmp_path), use_cpu=True, bf16=False, num_generations=2, per_device_train_batch_size=4,
        report_to="none", temperature=0.9, max_completion_length=4,
    )  # fmt: skip
    rows = Dataset.from_list([{"prompt": [{"role": "user", "content": "a"}]}])
    common: dict[str, Any] = {"args": config, "train_dataset": rows, "reward_funcs": lambda **_: [0.0]}
    ids = torch.tensor([[0, 5, 6, 20, 21], [7, 8, 9, 22, 0], [0, 5, 6, 23, 24], [7, 8, 9, 25, 26]])
    mask = torch.tensor([[0, 1, 1, 1, 1], [1, 1, 1, 1, 0], [0, 1, 1, 1, 1], [1, 1, 1, 1, 1]])
    found = []
    for kind, more in ((GRPOTrainer, {}), (GroupTrainer, {"clock": Clock()})):
        trainer = kind(model=tiny_model, **common, **more)
        scored = trainer._get_per_token_logps_and_entropies(trainer.model, ids, mask, 2, compute_entropy=True)
        found.append([each * mask[:, -2:] for each in scored[:2]])
    for theirs, ours in zip(*found, strict=True):
        assert torch.allclose(theirs, ours, atol=1e-5)
    sampled = trainer.sampling_model()(input_ids=ids).logits
    assert sampled.dtype is torch.bfloat16, "on a CPU the copy samples, and not the model itself"


def test_examples_are_learnt(model: Any) -> None:
    use_groups(model)
    answers = {"one": [20, 21, 22, END], "three": [30, 31, END]}
    pairs = [Example([{"role": "user", "content": name}], name) for name in ("one", "three")]
    losses = warm_started(
        model,
        pairs,
        lambda prompt: [5, 6, 7 + len(prompt[0]["content"])],
        lambda answer: answers[answer],
        epochs=60,
        seed=0,
    )
    assert losses[-1] < losses[0] - 0.1


def test_episodes_of_the_model_the_fixer_and_both_are_runs_that_compare(
    tasks: Path, tiny_model: str, tmp_path: Path
) -> None:
    arguments = ["--output", str(tmp_path), "--model", tiny_model, "--tasks", str(tasks), "--isolation", "local"]
    episodes.main([*arguments, "--tokens", "8"])
    for name in ("untrained", "fixer", "untrained-then-fixer"):
        summary = json.loads((tmp_path / name / "summary.json").read_text("utf-8"))
        assert (summary["graded"], summary["missing"]) == (1, 0)
        assert (tmp_path / name / "rewards_log.csv").exists()
    assert json.loads((tmp_path / "untrained" / "summary.json").read_text("utf-8"))["solved_by_step"][-1] == 0.0
