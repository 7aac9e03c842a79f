"""/reset, /step and /state over HTTP: the shapes that callers rely on."""

import itertools
import shutil
from typing import Any

import httpx
import pytest

from gateway.settings import Settings
from tests.fakes import BROKEN, RIGHT, WRONG, FakeExecutor
from tests.gateway.conftest import SOLUTION, Serve


async def test_published_snippet_gets_a_reward(api: httpx.AsyncClient) -> None:
    reset = await api.post("/reset", json={"task_id": "hard-1"})
    step = await api.post("/step", json={"proposed_fix": RIGHT})
    assert reset.json()["observation"]["task_id"] == "hard-1"
    assert reset.json()["reward"] is None
    assert reset.json()["done"] is False
    assert 0.9 < step.json()["reward"] <= 0.99
    assert step.json()["done"] is True


async def test_reset_shows_what_the_buggy_code_does(api: httpx.AsyncClient) -> None:
    observation = (await api.post("/reset", json={"task_id": "easy-1"})).json()["observation"]
    assert observation["buggy_code"].startswith("wrong")
    assert "echo(1)" in observation["error_log"]
    assert "FAIL one" in observation["test_results"]
    assert (observation["step"], observation["max_steps"]) == (0, 5)
    assert observation["previous_attempts"] == []


async def test_buggy_code_of_a_task_runs_once(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    for _ in range(3):
        await api.post("/reset", json={"task_id": "easy-1"})
    assert [request.attempt_id.partition("-")[0] for request in executor.requests] == ["timing", "baseline"]


async def test_reset_without_body_starts_an_episode_of_the_lowest_level(api: httpx.AsyncClient) -> None:
    reset = await api.post("/reset")
    assert reset.status_code == 200
    assert reset.json()["info"]["difficulty"] == "easy"


async def test_reset_takes_a_level_and_a_category(api: httpx.AsyncClient) -> None:
    for choice, task_id in (("medium", "medium-1"), ("hard", "hard-1"), ("type_errors", "type_errors-1")):
        assert (await api.post("/reset", json={"task_id": choice})).json()["info"]["task_id"] == task_id


async def test_reset_with_a_seed_always_chooses_the_same_task(api: httpx.AsyncClient) -> None:
    chosen = {
        (await api.post("/reset", json={"task_id": "easy", "seed": 7})).json()["info"]["task_id"] for _ in range(8)
    }
    assert len(chosen) == 1


async def test_reset_ignores_the_other_columns_of_a_data_set(api: httpx.AsyncClient) -> None:
    reset = await api.post("/reset", json={"task_id": "easy-1", "prompt": [{"role": "user"}], "weight": 3})
    assert reset.status_code == 200


async def test_both_bodies_of_openenv_take_a_step(api: httpx.AsyncClient) -> None:
    for action in ({"proposed_fix": WRONG, "metadata": {}}, WRONG):
        await api.post("/reset", json={"task_id": "easy-1"})
        step = await api.post("/step", json={"action": action, "timeout_s": 30})
        assert 0 < step.json()["reward"] < 0.6


async def test_step_answers_every_component_of_the_reward(api: httpx.AsyncClient) -> None:
    await api.post("/reset", json={"task_id": "easy-1"})
    body = (await api.post("/step", json={"proposed_fix": RIGHT})).json()
    info = body["info"]
    weights = {"compile_score": 0.15, "test_pass_ratio": 0.35, "efficiency_score": 0.30}
    weights |= {"llm_correctness": 0.10, "llm_security": 0.05, "llm_quality": 0.05}
    assert set(info["reward_components"]) == set(weights)
    base = sum(weight * info["reward_components"][name] for name, weight in weights.items())
    assert abs(base - info["base"]) < 1e-9
    assert abs(info["base"] - info["penalties"]["step"] - body["reward"]) < 1e-9
    assert info["execution_metadata"]["test_passed"] == info["execution_metadata"]["test_total"] == 3
    assert info["judge"] == "static"
    assert info["revisions"]["runner"] == "runner-1"


async def test_interleaved_episodes_do_not_mix(api: httpx.AsyncClient) -> None:
    ids = [(await api.post("/reset", json={"task_id": task})).json()["episode_id"] for task in ("easy-1", "hard-1")]
    for number in (1, 2):
        for episode_id, task in zip(ids, ("easy-1", "hard-1"), strict=True):
            fix = f"{WRONG} {task} {number}"
            body = (await api.post("/step", json={"episode_id": episode_id, "proposed_fix": fix})).json()
            assert body["episode_id"] == episode_id
            assert body["observation"]["step"] == number
            assert body["observation"]["previous_attempts"][-1] == fix
            assert body["observation"]["task_id"] == task


async def test_agents_have_each_their_own_last_episode(api: httpx.AsyncClient) -> None:
    await api.post("/reset", json={"task_id": "easy-1", "agent_id": "a"})
    await api.post("/reset", json={"task_id": "hard-1", "agent_id": "b"})
    step = await api.post("/step", json={"proposed_fix": WRONG, "agent_id": "a"})
    assert step.json()["info"]["task_id"] == "easy-1"


async def test_episode_ends_at_the_step_limit(api: httpx.AsyncClient) -> None:
    episode_id = (await api.post("/reset", json={"task_id": "easy-1"})).json()["episode_id"]
    dones = []
    for number in range(5):
        fix = {"episode_id": episode_id, "proposed_fix": f"{WRONG} {number}"}
        dones.append((await api.post("/step", json=fix)).json()["done"])
    assert dones == [False, False, False, False, True]


async def test_bare_step_after_the_end_begins_a_fresh_episode_of_the_same_task(api: httpx.AsyncClient) -> None:
    first = (await api.post("/reset", json={"task_id": "hard-1"})).json()["episode_id"]
    await api.post("/step", json={"proposed_fix": RIGHT})
    again = (await api.post("/step", json={"proposed_fix": WRONG})).json()
    assert again["episode_id"] != first
    assert again["info"]["episode_id"] == again["episode_id"]
    assert again["info"]["task_id"] == "hard-1"
    assert again["observation"]["step"] == 1
    assert 0 < again["reward"] < 0.6


async def test_fix_that_differs_in_comments_only_is_penalised(api: httpx.AsyncClient) -> None:
    await api.post("/reset", json={"task_id": "easy-1"})
    await api.post("/step", json={"proposed_fix": WRONG})
    other = (await api.post("/step", json={"proposed_fix": f"{WRONG} 2"})).json()
    again = (await api.post("/step", json={"proposed_fix": f"{WRONG}  # a comment"})).json()
    assert other["info"]["penalties"]["identical"] == 0
    assert again["info"]["penalties"]["identical"] == 0.1


async def test_broken_fix_that_differs_in_trailing_space_only_is_penalised(api: httpx.AsyncClient) -> None:
    await api.post("/reset", json={"task_id": "easy-1"})
    await api.post("/step", json={"proposed_fix": f"{BROKEN}\n x"})
    again = (await api.post("/step", json={"proposed_fix": f"{BROKEN}  \n x\n\n"})).json()
    assert again["info"]["penalties"]["identical"] == 0.1
    assert again["info"]["judge"] == "none"


async def test_source_over_the_limit_is_an_outcome_and_never_reaches_the_executor(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    await api.post("/reset", json={"task_id": "easy-1"})
    step = await api.post("/step", json={"proposed_fix": "x" * (64 * 1024 + 1)})
    assert step.status_code == 200
    assert step.json()["reward"] == 0.01
    assert "65536" in step.json()["observation"]["error_log"]
    assert executor.attempts == []


async def test_lone_surrogates_and_nul_are_attempts(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    await api.post("/reset", json={"task_id": "easy-1"})
    body = rb'{"proposed_fix": "wrong \ud800 \u0000 x"}'
    step = await api.post("/step", content=body, headers={"Content-Type": "application/json"})
    assert step.status_code == 200
    assert executor.attempts[-1].workload.source == b"wrong \xed\xa0\x80 \x00 x"
    assert "\x00" in step.json()["observation"]["previous_attempts"][0]
    assert (await api.get(f"/episodes/{step.json()['episode_id']}")).status_code == 200


async def _played(api: httpx.AsyncClient, fixes: list[str], **reset: str) -> list[dict[str, Any]]:
    """The answers to the steps of one episode."""
    episode = (await api.post("/reset", json={"task_id": "easy-1", **reset})).json()
    assert episode["info"]["reward_delta"] is episode["info"]["episode_return"] is None
    bodies = [{"episode_id": episode["episode_id"], "proposed_fix": fix} for fix in fixes]
    return [(await api.post("/step", json=body)).json() for body in bodies]


FIXES = [BROKEN, WRONG, WRONG + " # again", BROKEN + " # again", RIGHT]


async def test_what_steps_add_to_the_best_reward_before_them_sums_to_the_best_reward(api: httpx.AsyncClient) -> None:
    answers = await _played(api, FIXES)
    rewards = [answer["reward"] for answer in answers]
    infos = [answer["info"] for answer in answers]
    assert sum(rewards) > max(rewards)  # which is why nobody should sum them
    assert sum(info["reward_delta"] for info in infos) == pytest.approx(max(rewards))
    assert [info["episode_return"] for info in infos] == list(itertools.accumulate(rewards, max))
    assert [info["attempt_reward"] for info in infos] == rewards
    assert [answer["observation"]["reward_delta"] for answer in answers] == [info["reward_delta"] for info in infos]


async def test_clients_that_sum_get_what_may_be_summed_if_they_ask_for_it(api: httpx.AsyncClient) -> None:
    plain, deltas = await _played(api, FIXES), await _played(api, FIXES, step_reward="delta")
    assert [answer["reward"] for answer in deltas] == [answer["info"]["reward_delta"] for answer in plain]
    assert [answer["info"]["attempt_reward"] for answer in deltas] == [answer["reward"] for answer in plain]
    assert (await api.get(f"/episodes/{deltas[0]['episode_id']}")).json()["best_reward"] == plain[-1]["reward"]


async def test_a_bare_step_after_the_end_keeps_what_its_reward_is(api: httpx.AsyncClient) -> None:
    await api.post("/reset", json={"task_id": "easy-1", "step_reward": "delta"})
    rewards = [(await api.post("/step", json={"proposed_fix": RIGHT})).json()["reward"] for _ in range(2)]
    assert rewards[0] == rewards[1] > 0.9  # each is the first step of an episode
    await api.post("/step", json={"proposed_fix": WRONG})
    assert (await api.post("/step", json={"proposed_fix": WRONG})).json()["reward"] == 0.0


async def test_a_repeated_reset_cannot_change_what_rewards_are(api: httpx.AsyncClient) -> None:
    body = {"task_id": "easy-1", "request_id": "r-1"}
    assert (await api.post("/reset", json=body)).status_code == 200
    refused = (await api.post("/reset", json={**body, "step_reward": "delta"})).json()
    assert refused["detail"] == "request id r-1 came with another step_reward before"


async def test_another_meaning_of_rewards_is_refused(api: httpx.AsyncClient) -> None:
    assert (await api.post("/reset", json={"task_id": "easy-1", "step_reward": "sum"})).status_code == 422


async def test_state_counts_the_steps(api: httpx.AsyncClient) -> None:
    assert (await api.get("/state")).json()["step_count"] == 0
    episode_id = (await api.post("/reset", json={"task_id": "easy-1"})).json()["episode_id"]
    await api.post("/step", json={"proposed_fix": WRONG})
    for query in ({}, {"episode_id": episode_id}):
        state = (await api.get("/state", params=query)).json()
        assert (state["episode_id"], state["step_count"], state["done"]) == (episode_id, 1, False)


async def test_nothing_that_is_answered_spoils_the_task(api: httpx.AsyncClient) -> None:
    episode_id = (await api.post("/reset", json={"task_id": "easy-1"})).json()["episode_id"]
    texts = [(await api.post("/step", json={"proposed_fix": f"{WRONG} {number}"})).text for number in range(5)]
    for path in (f"/episodes/{episode_id}", "/state", "/tasks", "/tasks/easy-1"):
        texts.append((await api.get(path)).text)
    texts.append((await api.post("/grade", json={"task_id": "easy-1", "source": WRONG})).text)
    for text in texts:
        for secret in ("secret-name", "hidden-input", SOLUTION, "the-reference-solution"):
            assert secret not in text


async def test_episode_history_has_every_attempt(api: httpx.AsyncClient) -> None:
    episode_id = (await api.post("/reset", json={"task_id": "easy-1"})).json()["episode_id"]
    rewards = []
    for fix in (BROKEN, WRONG, RIGHT):
        rewards.append((await api.post("/step", json={"proposed_fix": fix})).json()["reward"])
    history = (await api.get(f"/episodes/{episode_id}")).json()
    assert [attempt["proposed_fix"] for attempt in history["attempts"]] == [BROKEN, WRONG, RIGHT]
    assert [attempt["verdict"]["reward"] for attempt in history["attempts"]] == rewards
    assert history["best_reward"] == max(rewards)


async def test_episode_history_is_a_whole_replay(api: httpx.AsyncClient) -> None:
    reset = await api.post("/reset", json={"task_id": "easy-1", "group_id": "g", "partition": "eval"})
    episode_id = reset.json()["episode_id"]
    for fix in (BROKEN, RIGHT):
        await api.post("/step", json={"proposed_fix": fix})
    history = (await api.get(f"/episodes/{episode_id}")).json()
    told = {"title": "Echo", "category": "easy", "description": "Return the argument.", "group_id": "g"}
    told |= {"buggy_code": reset.json()["observation"]["buggy_code"], "partition": "eval"}
    assert {name: history[name] for name in told} == told
    broken, right = history["attempts"]
    assert history["created_ms"] <= broken["time_ms"] <= right["time_ms"]
    assert broken["verdict"]["judgement"] is None
    assert right["verdict"]["judgement"]["quality"] == {"score": 0.8, "reason": "", "findings": []}
    parts = right["verdict"]["contributions"]
    assert sum(parts.values()) == pytest.approx(right["verdict"]["base"])
    assert [test["name"] for test in right["verdict"]["tests"]] == ["one"]


async def test_episode_of_a_task_that_is_no_longer_served_is_told_without_it(
    api: httpx.AsyncClient, serve: Serve, settings: Settings
) -> None:
    episode_id = (await api.post("/reset", json={"task_id": "hard-1"})).json()["episode_id"]
    await api.post("/step", json={"proposed_fix": WRONG})
    shutil.rmtree(settings.tasks_dir / "hard")
    history = (await (await serve(settings)).get(f"/episodes/{episode_id}")).json()
    assert (history["buggy_code"], len(history["attempts"])) == ("", 1)


async def test_workload_holds_no_expected_value_and_no_test_name(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    await api.post("/reset", json={"task_id": "easy-1"})
    await api.post("/step", json={"proposed_fix": WRONG})
    workload = executor.attempts[0].workload
    assert b"secret-name" not in workload.SerializeToString()
    assert len({call.call_id for call in workload.calls}) == 3
