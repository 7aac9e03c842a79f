"""GRPOTrainer itself, for two steps on a CPU, in both ways."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl", reason="needs requirements/train.lock: make test-train")

from codearena.completions import source_of
from codearena.errors import SandboxError, UnreachableError
from codearena.integrations import trl as integration
from codearena.integrations.trl import COMPONENTS, CodeArenaEnvironment, Rewards, prompts
from codearena.sdk.client import CodeArena
from examples import train_grpo

ROOT = Path(__file__).parents[2]
SOLUTION = (ROOT / "gateway" / "tasks" / "easy" / "easy-1" / "solution.py").read_text("utf-8")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the training libraries, about each other


def train(url: str, model: str, output: Path, *more: str) -> list[dict[str, Any]]:
    """The log of each of two steps."""
    small = ["--steps", "2", "--generations", "2", "--batch", "2", "--completion-tokens", "12", "--cpu"]
    train_grpo.main(["--base-url", url, "--model", model, "--tasks", "easy-1", "--output", str(output), *small, *more])
    log = [json.loads(line) for line in (output / "log.jsonl").read_text("utf-8").splitlines()]
    return [line for line in log if "reward" in line]


def test_the_logged_rewards_are_the_environments(
    gateway_url: str, tiny_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    original = Rewards.codearena_reward

    def codearena_reward(self: Rewards, completions: Any, task_id: Any, **more: Any) -> list[float | None]:
        seen.append([source_of(integration.text_of(completion), "average_list") for completion in completions])
        return original(self, completions, task_id, **more)

    monkeypatch.setattr(Rewards, "codearena_reward", codearena_reward)
    steps = train(gateway_url, tiny_model, tmp_path)
    assert len(steps) == 2
    with CodeArena(gateway_url) as arena:
        for step, sources in zip(steps, seen, strict=True):
            mean = sum(arena.grade("easy-1", source).reward for source in sources) / len(sources)
            assert step["reward"] == pytest.approx(mean, abs=1e-4)
            assert {f"rewards/{name}/mean" for name in COMPONENTS} <= set(step)
            assert step["codearena/no_answer"] == pytest.approx(sources.count("") / len(sources))


def test_an_environment_with_tools_trains(gateway_url: str, tiny_model: str, tmp_path: Path) -> None:
    steps = train(gateway_url, tiny_model, tmp_path, "--tools")
    assert len(steps) == 2
    assert [step["rewards/CodeArenaEnvironment/mean"] for step in steps] == [0.0, 0.0]  # it calls no tool


def test_no_gateway_at_the_first_call_ends_the_run_and_names_the_address() -> None:
    with pytest.raises(UnreachableError, match=r"http://127\.0\.0\.1:9: Connection refused"):
        Rewards("http://127.0.0.1:9").codearena_reward(["x"], ["easy-1"])


def test_text_and_chat_messages_are_graded_alike(gateway_url: str) -> None:
    rewards = Rewards(gateway_url)
    text = f"Here it is.\n```python\n{SOLUTION}```\n"
    chat = [{"role": "assistant", "content": text}]
    found = rewards.codearena_reward(completions=[text, chat, "no code"], task_id=["easy-1"] * 3, prompts=None)
    assert found[0] == pytest.approx(found[1], abs=0.1)
    assert found[0] > 0.8 > found[2]
    parts = rewards.functions()[1](completions=[text, chat, "no code"], task_id=["easy-1"] * 3)
    assert parts == [1.0, 1.0, 0.0]


def test_the_environment_plays_an_episode(gateway_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(integration.URL_VARIABLE, gateway_url)
    env = CodeArenaEnvironment()
    assert env.get_reward() is None
    assert "easy" not in env.reset(task_id="easy-1", prompt=[], difficulty="easy")[:4]
    assert env.get_reward() == 0.0
    assert "hello" in env.run_code("print('hello')")
    assert "The episode is over." in env.submit_fix(f"```python\n{SOLUTION}```")
    assert env.get_reward() > 0.8
    with pytest.raises(ValueError, match="over"):
        env.submit_fix(SOLUTION)
    env.reset(task_id="easy-1")
    assert env.get_reward() == 0.0


def test_prompts_are_a_data_set_of_the_tasks(gateway_url: str) -> None:
    rows = prompts(gateway_url, ["easy-1", "hard-1"], repeats=2)
    assert rows["task_id"] == ["easy-1", "hard-1"] * 2
    assert rows.column_names == ["prompt", "task_id", "difficulty"]
    assert "def average_list" in rows[0]["prompt"][1]["content"]


def test_a_run_goes_on_while_the_service_fails_and_counts_what_was_graded_only(
    gateway_url: str, tiny_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CodeArena(gateway_url) as arena:
        graded = arena.grade("easy-1", SOLUTION)
    answers = iter([[graded, SandboxError("an executor was killed")], [SandboxError("killed")] * 2])

    def grade_batch(self: CodeArena, items: Any, **_: Any) -> Any:
        return next(answers)

    monkeypatch.setattr(CodeArena, "grade_batch", grade_batch)
    first, second = train(gateway_url, tiny_model, tmp_path)
    assert first["reward"] == pytest.approx(graded.reward, abs=1e-4)
    assert second["reward"] is None
