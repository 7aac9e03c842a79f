"""OpenEnv's own clients and validation, unchanged, against the embedded stack."""

import asyncio
import subprocess
from pathlib import Path

import pytest
import yaml

pytest.importorskip("openenv", reason="needs requirements/train.lock: make test-train")

from openenv.cli._validation import validate_multi_mode_deployment, validate_running_environment
from openenv.core.generic_client import GenericEnvClient

from codearena.integrations.openenv import CodeArenaEnv, FixAction

ROOT = Path(__file__).parents[2]
EASY = ROOT / "gateway" / "tasks" / "easy" / "easy-1"
BUGGY, SOLUTION = (EASY / "buggy.py").read_text("utf-8"), (EASY / "solution.py").read_text("utf-8")


def test_validation_by_url_passes_every_criterion(gateway_url: str) -> None:
    report = validate_running_environment(gateway_url)
    assert report["passed"], report
    assert len(report["criteria"]) == 6


async def test_the_generic_client_plays_an_episode(gateway_url: str) -> None:
    async with GenericEnvClient(base_url=gateway_url) as env:
        begun = await env.reset(task_id="easy-1")
        first = await env.step({"proposed_fix": BUGGY})
        last = await env.step({"proposed_fix": SOLUTION})
        state = await env.state()
    assert begun.reward is None
    assert 0 < first.reward < last.reward < 1
    assert last.done
    assert state["step_count"] == 2


async def test_a_client_that_sums_rewards_gets_the_best_of_them(gateway_url: str) -> None:
    """As verifiers' OpenEnv tasks do, which drive the generic client."""
    fixes = [BUGGY, BUGGY + "# again\n", BUGGY + "# and again\n", SOLUTION]
    async with GenericEnvClient(base_url=gateway_url) as env:
        await env.reset(task_id="easy-1", step_reward="delta")
        farmed = [await env.step({"proposed_fix": fix}) for fix in fixes]
        await env.reset(task_id="easy-1", step_reward="delta")
        solved = await env.step({"proposed_fix": SOLUTION})
    assert sum(result.reward for result in farmed) == pytest.approx(farmed[-1].observation["episode_return"])
    assert sum(result.reward for result in farmed) <= solved.reward


def test_the_generic_client_plays_without_await(gateway_url: str) -> None:
    with GenericEnvClient(base_url=gateway_url).sync() as env:
        assert env.reset().observation["buggy_code"]
        env.reset(task_id="easy-1", seed=3)
        assert env.step({"proposed_fix": SOLUTION}).done


def test_an_error_is_raised_and_the_session_goes_on(gateway_url: str) -> None:
    with GenericEnvClient(base_url=gateway_url).sync() as env:
        env.reset(task_id="easy-1")
        with pytest.raises(RuntimeError, match="VALIDATION_ERROR"):
            env.step({"fix": SOLUTION})
        assert env.step({"proposed_fix": SOLUTION}).done


def test_our_client_has_types(gateway_url: str) -> None:
    with CodeArenaEnv(base_url=gateway_url).sync() as env:
        begun = env.reset(task_id="easy-1")
        result = env.step(FixAction(proposed_fix=SOLUTION))
        state = env.state()
    assert begun.observation.buggy_code == BUGGY
    assert result.observation.solved
    assert result.observation.reward == result.observation.episode_return == result.reward
    assert result.observation.reward_components.test_pass_ratio == 1.0
    assert (state.episode_id, state.step_count, state.done) == (result.observation.episode_id, 1, True)


async def test_32_sessions_of_the_generic_client_keep_apart(gateway_url: str) -> None:
    async def play(number: int) -> list[str]:
        async with GenericEnvClient(base_url=gateway_url) as env:
            await env.reset(task_id="easy-1")
            return (await env.step({"proposed_fix": f"def {number}("})).observation["previous_attempts"]

    played = await asyncio.gather(*(play(number) for number in range(32)))
    assert played == [[f"def {number}("] for number in range(32)]


def test_the_manifest_names_what_is_there() -> None:
    manifest = yaml.safe_load((ROOT / "openenv.yaml").read_text("utf-8"))
    assert (manifest["spec_version"], manifest["app"], manifest["port"]) == (1, "server.app:app", 7860)
    from server.app import app

    assert callable(app)


def test_a_space_has_what_openenvs_tools_look_for(tmp_path: Path) -> None:
    subprocess.run([ROOT / "deploy" / "space.sh", tmp_path / "space"], check=True, capture_output=True)
    (tmp_path / "space" / "uv.lock").touch()  # made by `--lock`, from a package index
    assert validate_multi_mode_deployment(tmp_path / "space") == (True, [])
