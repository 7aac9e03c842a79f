"""Who is served with keys configured, over HTTP."""

import asyncio
import json

import httpx
import pytest
import redis
from pydantic import SecretStr

from gateway.settings import Settings
from gateway.store import api_keys
from gateway.store.api_keys import Scope
from gateway.store.redis import Store
from tests.fakes import RIGHT, FakeExecutor
from tests.gateway.access.conftest import MakeKey
from tests.gateway.conftest import Serve
from tests.redis_servers import RedisServer


def _slug(answer: httpx.Response) -> str:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return str(answer.json()["type"]).rpartition(":")[2]


async def test_without_a_key_401(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    await make_key("team-a")
    wrong: list[dict[str, str]] = [{}, {"Authorization": "Bearer ca_wrong"}, {"X-API-Key": "ca_wrong"}]
    for headers in (*wrong, {"Authorization": "Basic eDp5"}):
        answer = await api.get("/tasks", headers=headers)
        assert (answer.status_code, _slug(answer)) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_key_is_taken_from_either_header(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    bearer = await make_key("team-a")
    key = bearer["Authorization"].removeprefix("Bearer ")
    for headers in (bearer, {"Authorization": f"bearer {key}"}, {"X-API-Key": key}):
        assert (await api.get("/tasks", headers=headers)).status_code == 200


async def test_with_a_pepper_a_key_that_was_put_into_redis_without_it_is_refused(
    settings: Settings, store: Store, serve: Serve
) -> None:
    peppered = settings.model_copy(update={"api_key_pepper": SecretStr("of the gateways")})
    status_by_key = {}
    for pepper, status in (("", 401), ("guessed", 401), ("of the gateways", 200)):
        key, kept = api_keys.make("team-a", Scope.USE, pepper=pepper)
        await store.api_keys.add(kept)
        status_by_key[key] = status
    api = await serve(peppered)
    for key, status in status_by_key.items():
        assert (await api.get("/tasks", headers={"X-API-Key": key})).status_code == status


@pytest.mark.parametrize("path", ["/health", "/ready", "/metadata", "/schema", "/openapi.json"])
async def test_what_is_nobodys_is_open(make_key: MakeKey, api: httpx.AsyncClient, path: str) -> None:
    await make_key("team-a")
    assert (await api.get(path)).status_code == 200


async def test_wrong_scope_403(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    use, admin = await make_key("team-a"), await make_key("ops", Scope.ADMIN)
    answer = await api.get("/metrics", headers=use)
    assert (answer.status_code, _slug(answer)) == (403, "forbidden")
    assert (await api.get("/metrics", headers=admin)).status_code == 200


async def test_a_probe_budget_of_ones_own_takes_the_scope_admin(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    use, admin = await make_key("team-a"), await make_key("ops", Scope.ADMIN)
    body = {"task_id": "easy-1", "source": RIGHT, "probe_cpu_s": 1.5}
    answer = await api.post("/grade", json=body, headers=use)
    assert (answer.status_code, _slug(answer)) == (403, "forbidden")
    assert (await api.post("/grade", json=body, headers=admin)).status_code == 200


async def test_a_key_made_after_the_first_refusal_is_taken(serve: Serve, settings: Settings, make_key: MakeKey) -> None:
    await make_key("team-a")
    api = await serve(settings.model_copy(update={"keys_max_age_s": 1e-9}))
    assert (await api.get("/tasks", headers={"X-API-Key": "unknown"})).status_code == 401
    assert (await api.get("/tasks", headers=await make_key("team-b"))).status_code == 200


async def test_a_revoked_key_is_refused_once_what_is_kept_of_it_is_old(
    serve: Serve, settings: Settings, make_key: MakeKey, store: Store
) -> None:
    key = await make_key("team-a")
    api = await serve(settings.model_copy(update={"keys_max_age_s": 1e-9}))
    assert (await api.get("/tasks", headers=key)).status_code == 200
    [kept] = await store.api_keys.all()
    await store.api_keys.revoke(kept.key_id)
    assert (await api.get("/tasks", headers=key)).status_code == 401
    assert (await api.get("/tasks")).status_code == 401, "without valid keys it is closed, not open to all"


async def test_the_key_itself_is_nowhere_in_the_store(
    make_key: MakeKey, api: httpx.AsyncClient, redis_server: RedisServer
) -> None:
    headers = await make_key("team-a")
    await api.post("/reset", json={"task_id": "easy-1"}, headers=headers)
    secret = headers["Authorization"].removeprefix("Bearer ").encode()
    with redis_server.client() as client:
        assert secret not in b"".join(client.dump(name) or b"" for name in client.scan_iter())


async def test_a_step_costs_no_round_trip_for_its_key(
    make_key: MakeKey, api: httpx.AsyncClient, redis_server: RedisServer
) -> None:
    headers = await make_key("team-a")
    await api.post("/reset", json={"task_id": "easy-1"}, headers=headers)
    with redis_server.client() as client:
        before = _calls(client)
        await api.post("/step", json={"proposed_fix": RIGHT}, headers=headers)
        assert _calls(client).get("cmdstat_hvals", 0) == before.get("cmdstat_hvals", 0)


def _calls(client: "redis.Redis") -> dict[str, int]:
    return {name: int(stat["calls"]) for name, stat in client.info("commandstats").items()}


async def test_another_owners_episode_is_unknown(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    a, b = await make_key("team-a"), await make_key("team-b")
    reset = await api.post("/reset", json={"task_id": "easy-1", "episode_id": "mine"}, headers=a)
    assert reset.json()["episode_id"] == "mine"
    step = {"proposed_fix": RIGHT, "episode_id": "mine"}
    refused = [
        await api.get("/episodes/mine", headers=b),
        await api.get("/state?episode_id=mine", headers=b),
        await api.post("/step", json=step, headers=b),
    ]
    assert {(answer.status_code, _slug(answer)) for answer in refused} == {(404, "unknown-episode")}
    assert "team" not in "".join(answer.text for answer in refused)
    answer = await api.post("/step", json=step, headers=a)
    assert (answer.status_code, answer.json()["episode_id"]) == (200, "mine")
    assert (await api.get("/episodes/mine", headers=a)).json()["episode_id"] == "mine"


async def test_another_owners_session_is_unknown_and_none_of_theirs_to_end(
    make_key: MakeKey, api: httpx.AsyncClient
) -> None:
    a, b = await make_key("team-a"), await make_key("team-b")
    begun = await api.post("/mcp", json=_rpc("initialize"), headers=a)
    session = {"Mcp-Session-Id": begun.headers["Mcp-Session-Id"]}
    get_task = {"name": "get_task", "arguments": {"task_id": "easy-1"}}
    assert "result" in (await api.post("/mcp", json=_rpc("tools/call", **get_task), headers=a | session)).json()
    assert (await api.post("/mcp", json=_rpc("tools/call", name="get_hint"), headers=b | session)).status_code == 404
    named = _rpc("tools/call", session_id=session["Mcp-Session-Id"], **get_task)
    assert (await api.post("/mcp", json=named, headers=b)).json()["error"]["code"] == -32602
    await api.delete("/mcp", headers=b | session)
    assert "result" in (await api.post("/mcp", json=_rpc("tools/call", name="get_hint"), headers=a | session)).json()


def _rpc(method: str, **params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


async def test_two_owners_may_use_the_same_ids(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    a, b = await make_key("team-a"), await make_key("team-b")
    for headers, task_id in ((a, "easy-1"), (b, "hard-1")):
        await api.post("/reset", json={"task_id": task_id, "episode_id": "e", "agent_id": "run"}, headers=headers)
    for headers, task_id in ((a, "easy-1"), (b, "hard-1")):
        state = (await api.get("/state?agent_id=run", headers=headers)).json()
        assert (state["task_id"], state["episode_id"], state["agent_id"]) == (task_id, "e", "run")


async def test_curriculum_of_an_agent_is_its_owners(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    a, b = await make_key("team-a"), await make_key("team-b")
    await api.post("/reset", json={"task_id": "easy-1"}, headers=a)
    assert (await api.post("/step", json={"proposed_fix": RIGHT}, headers=a)).json()["done"]
    assert len((await api.get("/curriculum", headers=a)).json()["window"]) == 1
    assert (await api.get("/curriculum", headers=b)).json()["window"] == []


async def test_events_are_their_owners_and_admins_see_all(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    a, b, admin = await make_key("team-a"), await make_key("team-b"), await make_key("ops", Scope.ADMIN)
    await api.post("/reset", json={"task_id": "easy-1", "episode_id": "mine", "agent_id": "run"}, headers=a)

    async def events(headers: dict[str, str]) -> list[dict[str, object]]:
        text = (await api.get("/events?follow=false", headers=headers)).text
        return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]

    assert [(event["episode_id"], event["agent_id"]) for event in await events(a)] == [("mine", "run")]
    assert await events(b) == []
    assert [event["agent_id"] for event in await events(admin)] == ["team-a/run"]


async def test_agents_kept_for_evaluation_are_so_for_every_owner(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    headers = await make_key("team-a")
    evaluated = Settings().evaluation_agents.replace("*", "1")
    for agent_id, kept in (("run", 1), (evaluated, 0)):
        await api.post("/reset", json={"task_id": "easy-1", "agent_id": agent_id}, headers=headers)
        await api.post("/step", json={"proposed_fix": RIGHT, "agent_id": agent_id}, headers=headers)
        memory = (await api.get(f"/memory?agent_id={agent_id}", headers=headers)).json()
        assert (memory["agent_id"], len(memory["best"])) == (agent_id, kept)


async def test_memory_is_its_owners(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    a, b = await make_key("team-a"), await make_key("team-b")
    await api.post("/reset", json={"task_id": "easy-1", "episode_id": "mine"}, headers=a)
    await api.post("/step", json={"proposed_fix": RIGHT}, headers=a)
    assert [best["episode_id"] for best in (await api.get("/memory", headers=a)).json()["best"]] == ["mine"]
    assert (await api.get("/memory", headers=b)).json()["best"] == []


async def test_two_keys_of_one_owner_are_one_caller(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    first, second = await make_key("team-a"), await make_key("team-a")
    await api.post("/reset", json={"task_id": "easy-1", "episode_id": "e"}, headers=first)
    assert (await api.get("/episodes/e", headers=second)).status_code == 200


async def test_more_at_once_than_the_quota_429(
    make_key: MakeKey, api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    greedy, other = await make_key("greedy", concurrent=1), await make_key("other")
    executor.gate.clear()
    running = asyncio.create_task(api.post("/grade", json={"task_id": "easy-1", "source": RIGHT}, headers=greedy))
    await executor.arrived(1)
    refused = await api.get("/tasks", headers=greedy)
    assert (refused.status_code, _slug(refused)) == (429, "over-quota")
    assert int(refused.headers["Retry-After"]) >= 1
    assert (await api.get("/tasks", headers=other)).status_code == 200
    executor.gate.set()
    assert (await running).status_code == 200
    assert (await api.get("/tasks", headers=greedy)).status_code == 200


async def test_more_a_second_than_the_quota_429(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    greedy, other = await make_key("greedy", requests_per_s=0.001), await make_key("other")
    assert (await api.get("/tasks", headers=greedy)).status_code == 200
    refused = await api.get("/tasks", headers=greedy)
    assert (refused.status_code, _slug(refused)) == (429, "rate-limited")
    assert int(refused.headers["Retry-After"]) > 900
    assert (await api.get("/tasks", headers=other)).status_code == 200


async def test_while_the_keys_cannot_be_read_nobody_is_let_in(
    make_key: MakeKey, settings: Settings, serve: Serve
) -> None:
    headers = await make_key("team-a")
    nowhere = Settings(redis_url="redis://127.0.0.1:9").redis_url
    api = await serve(settings.model_copy(update={"redis_url": nowhere}))
    for each in (None, headers):
        answer = await api.get("/tasks", headers=each)
        assert (answer.status_code, _slug(answer)) == (503, "store")
