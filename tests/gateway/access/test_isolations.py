"""Requests that name an isolation are served by its executors and by no others, if the caller may name one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from codearena.integrations import trl
from codearena.integrations.trl import Rewards
from codearena.sdk.async_client import AsyncCodeArena
from gateway.settings import Settings
from gateway.store.api_keys import Scope
from tests.fakes import RIGHT, WRONG, FakeExecutor
from tests.gateway.access.conftest import MakeKey
from tests.gateway.conftest import Serve

TASK = "easy-1"


@pytest.fixture
async def cells() -> AsyncIterator[FakeExecutor]:
    async with FakeExecutor("cell") as fake:
        yield fake


@pytest.fixture
def settings(settings: Settings, cells: FakeExecutor) -> Settings:
    return settings.model_copy(update={"isolation_executors": {"cell": cells.address}})


def graded(source: str = RIGHT, **members: Any) -> dict[str, Any]:
    return {"task_id": TASK, "source": source, **members}


def ran_in(answer: httpx.Response) -> str:
    body = answer.raise_for_status().json()
    metadata: dict[str, str] = body.get("info", body)["execution_metadata"]
    return metadata["isolation"]


async def test_a_request_runs_where_it_says_and_else_as_usual(
    api: httpx.AsyncClient, executor: FakeExecutor, cells: FakeExecutor
) -> None:
    assert ran_in(await api.post("/grade", json=graded())) == "local"
    assert ran_in(await api.post("/grade", json=graded(isolation="cell"))) == "cell"
    assert (len(executor.attempts), len(cells.attempts)) == (1, 1)


async def test_items_of_a_batch_run_where_each_says(api: httpx.AsyncClient) -> None:
    batch = [graded(), graded(isolation="cell"), graded(isolation="container")]
    answer = await api.post("/grade/batch", json=batch)
    usual, cell, unknown = answer.raise_for_status().json()["items"]
    names = [item["verdict"]["execution_metadata"]["isolation"] for item in (usual, cell)]
    assert (names, unknown["problem"]["status"]) == (["local", "cell"], 422)


async def test_all_steps_of_an_episode_run_where_its_reset_says(
    api: httpx.AsyncClient, executor: FakeExecutor, cells: FakeExecutor
) -> None:
    reset = await api.post("/reset", json={"task_id": TASK, "isolation": "cell"})
    episode = {"episode_id": reset.raise_for_status().json()["episode_id"]}
    for source in (WRONG, RIGHT):
        assert ran_in(await api.post("/step", json={"proposed_fix": source, **episode})) == "cell"
    # A step without an episode begins another after a finished one: in the same isolation.
    assert ran_in(await api.post("/step", json={"proposed_fix": WRONG})) == "cell"
    assert (len(executor.attempts), len(cells.attempts)) == (0, 3)


async def test_a_measurement_is_made_where_the_attempt_ran(
    serve: Serve, settings: Settings, executor: FakeExecutor, cells: FakeExecutor
) -> None:
    task = settings.tasks_dir / "easy" / TASK
    (task / "probe.py").write_text("def make_input(n, rng):\n    return [n]\n")
    with (task / "task.yaml").open("a") as file:
        file.write("probe: {sizes: [10, 20]}\n")
    api = await serve(settings)
    await api.post("/grade", json=graded(isolation="cell"))
    assert [bool(request.workload.reference_source) for request in cells.attempts] == [False, True]
    assert executor.attempts == []


async def test_the_same_source_in_two_isolations_is_two_attempts(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"verdicts_kept_s": 600.0}))
    names = [ran_in(await api.post("/grade", json=graded(**named))) for named in ({}, {"isolation": "cell"}, {})]
    assert names == ["local", "cell", "local"]


async def test_what_has_no_executors_is_the_callers_mistake(api: httpx.AsyncClient) -> None:
    for path, body in (("/grade", graded(isolation="container")), ("/reset", {"isolation": "container"})):
        answer = await api.post(path, json=body)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:codearena:problem:validation")
        assert "there are cell" in answer.json()["detail"]


async def test_an_executor_of_another_isolation_gives_no_verdict(api: httpx.AsyncClient, cells: FakeExecutor) -> None:
    cells.isolation = "local"
    answer = await api.post("/grade", json=graded(isolation="cell"))
    assert answer.status_code == 503
    assert len(cells.requests) == 1, "asked again it would be the same"


async def test_to_name_one_takes_the_scope_that_is_set(
    serve: Serve, settings: Settings, make_key: MakeKey, cells: FakeExecutor
) -> None:
    use, admin = await make_key("team"), await make_key("operators", Scope.ADMIN)
    strict = await serve(settings)
    for path, body in (("/grade", graded(isolation="cell")), ("/reset", {"task_id": TASK, "isolation": "cell"})):
        answer = await strict.post(path, json=body, headers=use)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:codearena:problem:forbidden")
        assert (await strict.post(path, json=body, headers=admin)).status_code == 200
    open_to_all = await serve(settings.model_copy(update={"isolation_scope": "use"}))
    assert ran_in(await open_to_all.post("/grade", json=graded(isolation="cell"), headers=use)) == "cell"


async def test_a_client_names_it_once(api: httpx.AsyncClient) -> None:
    async with AsyncCodeArena(str(api.base_url), isolation="cell") as arena:
        await arena.reset(TASK)
        answers = [(await arena.step(WRONG)).info, await arena.grade(TASK, RIGHT)]
        verdicts = await arena.grade_batch([(TASK, RIGHT)])
        job = await arena.submit_job([(TASK, RIGHT)])
        outcomes = [outcome async for _, outcome in arena.job_results(job.job_id)]
    assert [ran.execution_metadata.isolation for ran in (*answers, *verdicts, *outcomes)] == ["cell"] * 4


async def test_a_reward_function_names_it_once(api: httpx.AsyncClient, cells: FakeExecutor) -> None:
    rewards = Rewards(str(api.base_url), isolation="cell")
    assert await asyncio.to_thread(rewards.codearena_reward, [RIGHT], [TASK]) != [None]
    assert len(cells.attempts) == 1


async def test_an_episode_gives_nobody_a_right_that_the_key_has_not(
    api: httpx.AsyncClient, make_key: MakeKey, cells: FakeExecutor
) -> None:
    use, admin = await make_key("team"), await make_key("team", Scope.ADMIN)
    await api.post("/reset", json={"task_id": TASK, "isolation": "cell"}, headers=admin)
    begun = (await api.get("/state", headers=admin)).json()["episode_id"]
    for _ in range(2):  # the second time it would begin another episode
        answer = await api.post("/step", json={"proposed_fix": RIGHT}, headers=use)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:codearena:problem:forbidden")
        assert (await api.get("/state", headers=admin)).json()["episode_id"] == begun
        await api.post("/step", json={"proposed_fix": RIGHT, "episode_id": begun}, headers=admin)
    assert len(cells.attempts) == 1


async def test_a_reset_sent_again_with_another_isolation_is_refused(api: httpx.AsyncClient) -> None:
    body = {"task_id": TASK, "request_id": "r-1"}
    first = (await api.post("/reset", json={**body, "isolation": "cell"})).raise_for_status().json()
    assert (await api.post("/reset", json=body)).status_code == 422
    again = (await api.post("/reset", json={**body, "isolation": "cell"})).raise_for_status().json()
    assert again["episode_id"] == first["episode_id"]


async def test_executors_that_are_down_hold_up_nobody_but_who_names_them(
    serve: Serve, settings: Settings, cells: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"attempts_running": 1}))
    cells.gate.clear()
    stuck = asyncio.create_task(api.post("/grade", json=graded(isolation="cell")))
    await cells.arrived(1)
    assert ran_in(await api.post("/grade", json=graded())) == "local"
    cells.gate.set()
    assert ran_in(await stuck) == "cell"


async def test_an_environment_for_a_trainer_is_told_by_a_variable(
    api: httpx.AsyncClient, cells: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(trl.URL_VARIABLE, str(api.base_url))
    monkeypatch.setenv(trl.ISOLATION_VARIABLE, "cell")
    environment = trl.CodeArenaEnvironment()
    await asyncio.to_thread(environment.reset, TASK)
    await asyncio.to_thread(environment.submit_fix, RIGHT)
    assert len(cells.attempts) == 1
