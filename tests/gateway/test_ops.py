"""What operators and OpenEnv tools ask."""

import httpx
import pytest

from gateway.settings import FixerModel, Settings
from tests.fakes import RIGHT, FakeExecutor
from tests.gateway.conftest import Serve


async def test_health_is_the_word_openenv_expects(api: httpx.AsyncClient) -> None:
    assert (await api.get("/health")).json() == {"status": "healthy"}


async def test_ready_names_the_isolation_and_what_it_lacks(api: httpx.AsyncClient) -> None:
    answer = await api.get("/ready")
    assert answer.status_code == 200
    assert answer.json()["isolation"]["name"] == "local"
    assert answer.json()["isolation"]["degradations"] == ["no user namespaces"]
    assert set(answer.json()["checks"].values()) == {"ok"}


async def test_ready_names_the_judge_in_force_and_what_repairs(
    serve: Serve, settings: Settings, api: httpx.AsyncClient
) -> None:
    ready = (await api.get("/ready")).json()
    assert (ready["judge"], ready["fixers"]) == ({"kind": "llm", "model": "model-1"}, ["builtin"])
    model = FixerModel(name="small", model="m", base_url="http://127.0.0.1:9/v1")
    without_judge = {"fixer_models": (model,), "judge_address": "127.0.0.1:9"}
    other = await serve(settings.model_copy(update=without_judge))
    ready = (await other.get("/ready")).json()
    assert (ready["judge"], ready["fixers"]) == (None, ["small", "builtin"])


async def test_ready_adds_up_every_executor_and_counts_those_that_do_not_serve(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    async with FakeExecutor() as second, FakeExecutor() as unable:
        await unable.set_serving(False)
        several = f"ipv4:{executor.address},{second.address},{unable.address},127.0.0.1:9"
        api = await serve(settings.model_copy(update={"executor_address": several}))
        found = (await api.get("/ready")).json()["isolation"]
    assert (found["executors"], found["executors_absent"]) == (2, 2)
    assert {name: found[name] for name in ("ready", "leased", "capacity", "queued")} == {
        "ready": 4,
        "leased": 2,
        "capacity": 8,
        "queued": 6,
    }


async def test_executors_that_answer_and_cannot_make_sandboxes_are_not_ready(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    await executor.set_serving(False)
    api = await serve(settings)
    answer = await api.get("/ready")
    assert answer.status_code == 503
    assert "not serving" in answer.json()["checks"]["executor"]


async def test_ready_tells_of_the_executors_that_a_request_may_name(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    async with FakeExecutor(isolation="cell") as cells:
        beside = {"cell": cells.address, "local": "127.0.0.1:9"}
        api = await serve(settings.model_copy(update={"isolation_executors": beside}))
        answer = await api.get("/ready")
    assert answer.status_code == 200
    assert answer.json()["on_request"]["cell"]["name"] == "cell"
    assert answer.json()["on_request"]["local"] is None


@pytest.mark.parametrize("name", ["localhost", "dns:///localhost", "dns:localhost"])
async def test_an_executor_is_found_by_the_name_of_its_host(
    serve: Serve, settings: Settings, executor: FakeExecutor, name: str
) -> None:
    api = await serve(settings.model_copy(update={"executor_address": f"{name}:{executor.port}"}))
    assert (await api.get("/ready")).json()["isolation"]["executors"] == 1


async def test_a_name_without_an_address_is_named(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"executor_address": "no-such-host.invalid:50051"}))
    assert "no-such-host.invalid" in (await api.get("/ready")).json()["checks"]["executor"]


@pytest.mark.parametrize("part", ["executor", "judge", "grader", "store"])
async def test_not_ready_says_which_part_is_missing(serve: Serve, settings: Settings, part: str) -> None:
    nowhere = "127.0.0.1:9"
    down = (
        {"redis_url": Settings(redis_url=f"redis://{nowhere}").redis_url}
        if part == "store"
        else {f"{part}_address": nowhere}
    )
    api = await serve(settings.model_copy(update=down))
    answer = await api.get("/ready")
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [name for name, check in answer.json()["checks"].items() if check != "ok"] == [part]
    assert (await api.get("/health")).status_code == 200


async def test_openapi_has_a_version_and_the_routes_of_a_simulation(api: httpx.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    assert document["info"]["version"].startswith("1.")
    assert {"/reset", "/step", "/state"} <= set(document["paths"])


async def test_action_schema_requires_the_fix_alone(api: httpx.AsyncClient) -> None:
    schema = (await api.get("/schema")).json()
    assert schema["action"]["required"] == ["proposed_fix"]
    assert schema["action"]["properties"]["proposed_fix"]["type"] == "string"
    assert {"buggy_code", "error_log", "previous_attempts"} <= set(schema["observation"]["properties"])
    assert {"episode_id", "step_count"} <= set(schema["state"]["properties"])


async def test_metadata_has_name_and_description(api: httpx.AsyncClient) -> None:
    metadata = (await api.get("/metadata")).json()
    assert metadata["name"] == "codearena"
    assert metadata["description"]


async def test_metrics_count_requests_by_route_template(api: httpx.AsyncClient) -> None:
    episode_id = (await api.post("/reset", json={"task_id": "easy-1"})).json()["episode_id"]
    await api.post("/step", json={"proposed_fix": RIGHT})
    await api.get(f"/episodes/{episode_id}")
    await api.get("/no/such/route")
    text = (await api.get("/metrics")).text
    assert 'route="/episodes/{episode_id}"' in text
    assert 'codearena_gateway_attempt_stage_seconds_count{stage="execute"}' in text
    assert episode_id not in text
    assert "/no/such/route" not in text
