"""/tasks and /curriculum."""

import httpx

from gateway.settings import Settings
from tests.fakes import RIGHT, WRONG
from tests.gateway.conftest import TASKS, Serve


async def test_tasks_are_listed_with_counts_of_their_tests(api: httpx.AsyncClient) -> None:
    tasks = (await api.get("/tasks")).json()
    assert [task["id"] for task in tasks] == [task_id for _, _, task_id in TASKS]
    assert all((task["tests_visible"], task["tests_hidden"]) == (1, 2) for task in tasks)


async def test_task_shows_the_buggy_code_and_visible_tests_only(api: httpx.AsyncClient) -> None:
    task = (await api.get("/tasks/easy-1")).json()
    assert task["buggy_code"].startswith("wrong")
    assert task["visible_tests"] == ["one"]


async def _finish(api: httpx.AsyncClient, fix: str, task_id: str) -> None:
    await api.post("/reset", json={"task_id": task_id})
    done = False
    while not done:
        done = (await api.post("/step", json={"proposed_fix": fix})).json()["done"]


async def test_curriculum_moves_up_on_good_rewards_and_down_on_bad_ones(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"curriculum_window": 3}))
    for _ in range(2):
        await _finish(api, RIGHT, "auto")
    before = (await api.get("/curriculum")).json()
    assert (before["level"], len(before["window"])) == ("easy", 2)
    await _finish(api, RIGHT, "auto")
    after = (await api.get("/curriculum")).json()
    assert (after["level"], after["window"]) == ("medium", [])
    assert (await api.post("/reset", json={"task_id": "auto"})).json()["info"]["difficulty"] == "medium"
    for _ in range(3):
        await _finish(api, WRONG, "auto")
    assert (await api.get("/curriculum")).json()["level"] == "easy"


async def test_curriculum_counts_no_other_level_and_no_other_agent(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"curriculum_window": 1}))
    await _finish(api, RIGHT, "hard-1")
    await api.post("/reset", json={"task_id": "easy-1", "agent_id": "other"})
    await api.post("/step", json={"proposed_fix": RIGHT, "agent_id": "other"})
    assert (await api.get("/curriculum")).json()["level"] == "easy"
    assert (await api.get("/curriculum", params={"agent_id": "other"})).json()["level"] == "medium"


async def test_curriculum_window_keeps_the_last_rewards_and_the_level_has_ends(
    serve: Serve, settings: Settings
) -> None:
    updates = {"curriculum_window": 2, "curriculum_up_above": 0.999}
    api = await serve(settings.model_copy(update=updates))
    for fix in (RIGHT, WRONG, WRONG):
        await _finish(api, fix, "easy-1")
    state = (await api.get("/curriculum")).json()
    assert state["level"] == "easy"
    assert len(state["window"]) == 2
    assert max(state["window"]) < 0.6
