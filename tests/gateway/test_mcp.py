"""MCP: what JSON-RPC promises, OpenEnv's additions, and that an ordinary MCP client plays an episode."""

import json
from typing import Any

import httpx
import pytest
from mcp import Client
from websockets.asyncio.client import connect

from gateway.settings import Settings
from tests.fakes import RIGHT, WRONG
from tests.gateway.conftest import Serve
from tests.gateway.test_ws import session, url_of

TOOLS = {"get_task", "submit_fix", "run_code", "get_hint"}


def call(method: str, number: object = 1, **params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def tool(name: str, session_id: str | None = None, **arguments: object) -> dict[str, object]:
    named = {} if session_id is None else {"session_id": session_id}
    return call("tools/call", name=name, arguments=arguments, **named)


async def ask(api: httpx.AsyncClient, request: object) -> Any:
    answer = await api.post("/mcp", content=json.dumps(request))
    assert answer.status_code == 200
    assert answer.json()["jsonrpc"] == "2.0"
    assert ("result" in answer.json()) != ("error" in answer.json())
    return answer.json()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_stock_mcp_client_lists_the_tools_and_plays_an_episode(api: httpx.AsyncClient, mode: str) -> None:
    async with Client(str(api.base_url).rstrip("/") + "/mcp", mode=mode) as client:
        assert {item.name for item in (await client.list_tools()).tools} == TOOLS
        begun = await client.call_tool("get_task", {"task_id": "easy-1"})
        first = await client.call_tool("submit_fix", {"proposed_fix": WRONG})
        hint = await client.call_tool("get_hint", {})
        last = await client.call_tool("submit_fix", {"proposed_fix": RIGHT})
        ran = await client.call_tool("run_code", {"code": "x", "stdin": "y"})
    assert begun.structured_content["observation"]["buggy_code"]
    assert first.structured_content["done"] is False
    assert hint.structured_content["hint"] == first.structured_content["observation"]["hint"]
    assert last.structured_content["done"] is True
    assert last.structured_content["observation"]["step"] == 2
    assert ran.structured_content["stdout"]["text"] == "read y"


async def test_every_tool_says_what_it_takes(api: httpx.AsyncClient) -> None:
    tools = (await ask(api, call("tools/list")))["result"]["tools"]
    for item in tools:
        assert item["description"]
        assert item["inputSchema"]["type"] == "object"
    assert {item["name"]: item["inputSchema"].get("required", []) for item in tools} == {
        "get_task": [],
        "submit_fix": ["proposed_fix"],
        "run_code": ["code"],
        "get_hint": [],
    }


ERRORS = [
    ({}, -32600),
    ([], -32600),
    (None, -32600),
    ([call("ping")], -32600),
    ({"jsonrpc": "1.0", "id": 1, "method": "ping"}, -32600),
    ({"jsonrpc": "2.0", "id": [], "method": "ping"}, -32600),
    ({"jsonrpc": "2.0", "id": 1, "method": 5}, -32600),
    (call("no/such"), -32601),
    ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": []}, -32602),
    (tool("reset"), -32602),
    (tool("submit_fix"), -32602),
    (tool("submit_fix", proposed_fix="x", extra=1), -32602),
    (tool("run_code", session_id="none", code="x"), -32602),
    (tool("run_code", session_id="", code="x"), -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "run_code", "session_id": 7}}, -32602),
    (call("tools/list", session_id="none"), -32602),
    (call("tools/list", session_id=""), -32602),
    (call("tools/list", session_id=7), -32602),
    (tool("submit_fix", proposed_fix="x"), -32603),
    (tool("get_task", task_id="no-such"), -32603),
    (call("openenv/session/close"), -32602),
    (call("openenv/session/close", session_id="none"), -32602),
]


@pytest.mark.parametrize(("request_", "code"), ERRORS, ids=[str(number) for number in range(len(ERRORS))])
async def test_what_cannot_be_served_has_the_documented_code(
    api: httpx.AsyncClient, request_: object, code: int
) -> None:
    assert (await ask(api, request_))["error"]["code"] == code


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
async def test_what_is_no_json_is_a_parse_error(api: httpx.AsyncClient, body: bytes) -> None:
    answer = await api.post("/mcp", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, -32700)


@pytest.mark.parametrize("number", [1, "a", 1.5, None, "\ud800"])
async def test_the_answer_has_the_requests_id(api: httpx.AsyncClient, number: object) -> None:
    assert (await ask(api, call("ping", number)))["id"] == number


async def test_a_notification_is_accepted_without_a_body(api: httpx.AsyncClient) -> None:
    answer = await api.post("/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (answer.status_code, answer.content) == (202, b"")


@pytest.mark.parametrize(("asked", "given"), [("2024-11-05", "2024-11-05"), ("1999-01-01", "2025-11-25")])
async def test_initialize_agrees_on_a_version(api: httpx.AsyncClient, asked: str, given: str) -> None:
    result = (await ask(api, call("initialize", protocolVersion=asked)))["result"]
    assert result["protocolVersion"] == given
    assert "tools" in result["capabilities"]
    assert result["serverInfo"]["name"] == "codearena"


async def test_a_session_goes_on_at_another_gateway(serve: Serve, settings: Settings) -> None:
    one, other = await serve(settings), await serve(settings)
    created = (await ask(one, call("openenv/session/create")))["result"]["session_id"]
    await ask(one, tool("get_task", created, task_id="easy-1"))
    stepped = await ask(other, tool("submit_fix", created, proposed_fix=RIGHT))
    assert stepped["result"]["data"]["done"] is True
    assert (await ask(other, call("openenv/session/close", session_id=created)))["result"] == {
        "session_id": created,
        "closed": True,
    }
    assert (await ask(one, tool("get_hint", created)))["error"]["code"] == -32602


async def test_a_session_lists_the_tools_until_it_is_closed(api: httpx.AsyncClient) -> None:
    created = (await ask(api, call("openenv/session/create")))["result"]["session_id"]
    listed = await ask(api, call("tools/list", session_id=created))
    assert {item["name"] for item in listed["result"]["tools"]} == TOOLS
    await ask(api, call("openenv/session/close", session_id=created))
    assert (await ask(api, call("tools/list", session_id=created)))["error"]["code"] == -32602


async def test_without_a_session_an_episode_is_named(api: httpx.AsyncClient) -> None:
    begun = await ask(api, tool("get_task", task_id="easy-1"))
    name = begun["result"]["data"]["episode_id"]
    stepped = await ask(api, tool("submit_fix", proposed_fix=RIGHT, episode_id=name))
    assert stepped["result"]["data"]["done"] is True


async def test_sessions_are_limited_and_a_closed_or_forgotten_one_makes_room(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"sessions_max": 1, "session_idle_s": 0.3}))
    created = (await ask(api, call("openenv/session/create")))["result"]["session_id"]
    full = (await ask(api, call("openenv/session/create")))["error"]
    assert (full["code"], full["data"]) == (-32000, {"active_sessions": 1, "max_sessions": 1})
    await ask(api, call("openenv/session/close", session_id=created))
    assert "result" in await ask(api, call("openenv/session/create"))
    while "error" in await ask(api, call("openenv/session/create")):
        pass  # until the store forgets it


async def test_an_unknown_session_in_the_header_is_404_so_that_the_client_begins_anew(api: httpx.AsyncClient) -> None:
    answer = await api.post("/mcp", json=call("tools/list"), headers={"Mcp-Session-Id": "none"})
    assert answer.status_code == 404


async def test_a_session_ends_with_delete(api: httpx.AsyncClient) -> None:
    begun = await api.post("/mcp", json=call("initialize"))
    header = {"Mcp-Session-Id": begun.headers["Mcp-Session-Id"]}
    assert (await api.delete("/mcp", headers=header)).status_code == 204
    assert (await api.post("/mcp", json=call("ping"), headers=header)).status_code == 404


async def test_a_websocket_of_its_own_takes_bare_requests(api: httpx.AsyncClient) -> None:
    async with connect(url_of(api).replace("/ws", "/mcp")) as socket:
        answers = []
        for request in (call("initialize"), tool("get_task", task_id="easy-1"), tool("submit_fix", proposed_fix=RIGHT)):
            await socket.send(json.dumps(request))
            answers.append(json.loads(await socket.recv()))
        await socket.send('{"jsonrpc": "2.0", "method": "notifications/initialized"}')
        await socket.send("no json")
        assert json.loads(await socket.recv())["error"]["code"] == -32700
        await socket.send(json.dumps(call("openenv/session/close")))
        assert json.loads(await socket.recv())["error"]["code"] == -32600
    assert answers[-1]["result"]["data"]["done"] is True


async def test_requests_in_openenvs_socket_are_of_its_session(api: httpx.AsyncClient) -> None:
    async with session(api) as say:
        await say({"type": "mcp", "data": tool("get_task", task_id="easy-1")})
        stepped = await say({"type": "step", "data": {"proposed_fix": WRONG}})
        hint = await say({"type": "mcp", "data": tool("get_hint")})
        noted = await say({"type": "mcp", "data": {"jsonrpc": "2.0", "method": "notifications/initialized"}})
    assert stepped["data"]["observation"]["step"] == 1
    assert hint["type"] == noted["type"] == "mcp"
    assert hint["data"]["result"]["data"]["hint"] == stepped["data"]["observation"]["hint"]
