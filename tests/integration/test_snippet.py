"""The snippet of the published walk-through, word for word: no id of an episode, no headers, nothing else."""

import httpx
import pytest

from tests.integration.playing import TASKS

LINEAR_REWARD, GIVE_OR_TAKE = 0.95, 0.06


def test_reset_and_step_without_an_id_give_a_reward(api: httpx.Client) -> None:
    api.post("/reset", json={"task_id": "hard-1"}).raise_for_status()
    answer = api.post("/step", json={"proposed_fix": TASKS["hard-1"].solution}).raise_for_status().json()
    assert answer["reward"] == pytest.approx(LINEAR_REWARD, abs=GIVE_OR_TAKE)
    assert answer["done"]


def test_openenv_s_body_gives_the_same_reward(api: httpx.Client) -> None:
    api.post("/reset", json={"task_id": "hard-1"}).raise_for_status()
    body = {"action": {"proposed_fix": TASKS["hard-1"].solution}}
    answer = api.post("/step", json=body).raise_for_status().json()
    assert answer["reward"] == pytest.approx(LINEAR_REWARD, abs=GIVE_OR_TAKE)


def test_a_reset_shows_what_the_buggy_code_does_and_no_reward(api: httpx.Client) -> None:
    answer = api.post("/reset", json={"task_id": "easy-1"}).raise_for_status().json()
    assert answer["reward"] is None
    assert not answer["done"]
    assert answer["observation"]["buggy_code"] == TASKS["easy-1"].buggy
    assert "SyntaxError" in answer["observation"]["error_log"]


def test_each_step_without_an_id_goes_on_where_the_last_one_ended(api: httpx.Client) -> None:
    api.post("/reset", json={"task_id": "security_bugs-2"}).raise_for_status()
    task = TASKS["security_bugs-2"]
    steps = [api.post("/step", json={"proposed_fix": fix}).json() for fix in (task.buggy, task.buggy, task.solution)]
    assert [step["observation"]["step"] for step in steps] == [1, 2, 3]
    assert [step["info"]["penalties"]["identical"] for step in steps] == [0.0, 0.1, 0.0]
    assert [step["done"] for step in steps] == [False, False, True]
