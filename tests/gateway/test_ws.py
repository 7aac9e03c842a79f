"""OpenEnv's WebSocket protocol: shapes, codes, and that nothing one session sends reaches another."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from codearena.errors import InvalidRequestError
from gateway.server import GatewayServer
from gateway.settings import Settings
from tests.fakes import RIGHT, WRONG, FakeExecutor
from tests.gateway.conftest import Serve

IDLE_SESSIONS = int(os.environ.get("CODEARENA_TESTS_SESSIONS", "100"))
Exchange = Callable[[object], Awaitable[Any]]


def url_of(api: httpx.AsyncClient) -> str:
    return str(api.base_url).replace("http", "ws", 1).rstrip("/") + "/ws"


async def exchange(socket: ClientConnection, message: object) -> Any:
    """The answer to a message: text as it is, bytes in a binary frame, anything else as JSON."""
    await socket.send(message if isinstance(message, str | bytes) else json.dumps(message))
    async with asyncio.timeout(120):
        return json.loads(await socket.recv())


@asynccontextmanager
async def session(api: httpx.AsyncClient) -> AsyncIterator[Exchange]:
    async with connect(url_of(api), open_timeout=120) as socket:
        yield lambda message: exchange(socket, message)


def fix(source: str) -> dict[str, object]:
    return {"type": "step", "data": {"proposed_fix": source}}


def reset(**data: object) -> dict[str, object]:
    return {"type": "reset", "data": data}


STATE = {"type": "state"}


async def test_an_episode_is_played_and_every_answer_has_type_and_data_only(api: httpx.AsyncClient) -> None:
    async with session(api) as say:
        begun = await say(reset(task_id="easy-1", prompt="a data set's column"))
        first = await say(fix(WRONG))
        second = await say(fix(RIGHT))
        state = await say(STATE)
    for answer in (begun, first, second):
        assert set(answer) == {"type", "data"}
        assert answer["type"] == "observation"
        assert set(answer["data"]) == {"observation", "reward", "done"}
    assert (begun["data"]["reward"], begun["data"]["done"]) == (None, False)
    assert 0 < first["data"]["reward"] < second["data"]["reward"] < 1
    assert second["data"]["done"] is True
    assert state["type"] == "state"
    assert state["data"]["step_count"] == 2
    assert state["data"]["episode_id"] == begun["data"]["observation"]["episode_id"]


async def test_the_observation_carries_what_the_agent_must_see(api: httpx.AsyncClient) -> None:
    async with session(api) as say:
        begun = (await say(reset(task_id="easy-1")))["data"]["observation"]
        stepped = (await say(fix(WRONG)))["data"]["observation"]
    assert begun["episode_id"]
    assert begun["reward_components"] is None
    assert stepped["episode_id"] == begun["episode_id"]
    assert stepped["error_log"]
    assert "tests passed" in stepped["test_results"]
    assert stepped["previous_attempts"] == [WRONG]
    assert stepped["solved"] is False
    assert stepped["reward_components"]["compile_score"] == 0.0  # nothing is earned by the code as given
    assert stepped["penalties"]["step"] > 0


async def test_reset_needs_no_data(api: httpx.AsyncClient) -> None:
    async with session(api) as say:
        assert (await say({"type": "reset"}))["data"]["observation"]["task_id"]


async def test_state_before_the_first_reset_is_empty(api: httpx.AsyncClient) -> None:
    async with session(api) as say:
        assert (await say(STATE))["data"]["step_count"] == 0


async def test_close_has_no_answer_and_ends_with_1000(api: httpx.AsyncClient) -> None:
    async with connect(url_of(api)) as socket:
        await socket.send('{"type": "close"}')
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1000


DEEP = "[" * 100_000
MALFORMED = [
    ("not json", "INVALID_JSON"),
    ("", "INVALID_JSON"),
    (DEEP, "INVALID_JSON"),
    ("9" * 5000, "INVALID_JSON"),
    (b'{"type": "state"}', "INVALID_JSON"),
    (b"\xff\xfe", "INVALID_JSON"),
    ([], "VALIDATION_ERROR"),
    ('"text"', "VALIDATION_ERROR"),
    (None, "VALIDATION_ERROR"),
    ({}, "UNKNOWN_TYPE"),
    ({"type": 1}, "UNKNOWN_TYPE"),
    ({"type": ["state"]}, "UNKNOWN_TYPE"),
    ({"type": "\ud800"}, "UNKNOWN_TYPE"),
    ({"type": "dance"}, "UNKNOWN_TYPE"),
    ({"type": "state", "extra": 1}, "VALIDATION_ERROR"),
    ({"type": "close", "data": {}}, "VALIDATION_ERROR"),
    ({"type": "reset", "data": None}, "VALIDATION_ERROR"),
    ({"type": "reset", "data": []}, "VALIDATION_ERROR"),
    ({"type": "reset", "data": {"seed": "many"}}, "VALIDATION_ERROR"),
    ({"type": "step"}, "VALIDATION_ERROR"),
    ({"type": "step", "data": {}}, "VALIDATION_ERROR"),
    ({"type": "step", "data": {"proposed_fix": None}}, "VALIDATION_ERROR"),
    ({"type": "step", "data": {"proposed_fix": "x", "\udfff": 1}}, "VALIDATION_ERROR"),
    ({"type": "step", "data": {"action": {"proposed_fix": "x"}}}, "VALIDATION_ERROR"),
    ({"type": "step", "data": {"proposed_fix": "x" * 1_100_000}}, "VALIDATION_ERROR"),
    ({"type": "reset", "data": {"task_id": "no-such"}}, "EXECUTION_ERROR"),
]


@pytest.mark.parametrize(("message", "code"), MALFORMED, ids=[str(number) for number in range(len(MALFORMED))])
async def test_a_malformed_message_has_its_code_and_harms_neither_this_session_nor_another(
    api: httpx.AsyncClient, message: object, code: str
) -> None:
    async with session(api) as say, session(api) as other:
        await say(reset(task_id="easy-1"))
        await other(reset(task_id="easy-1"))
        answer = await say(message)
        assert answer["type"] == "error"
        assert answer["data"]["code"] == code
        assert answer["data"]["message"]
        if code == "VALIDATION_ERROR":
            assert isinstance(answer["data"]["errors"], list)
        for one in (say, other):
            stepped = await one(fix(WRONG))
            assert stepped["data"]["observation"]["step"] == 1


async def test_an_empty_metadata_in_the_action_is_legal(api: httpx.AsyncClient) -> None:
    async with session(api) as say:
        await say(reset(task_id="easy-1"))
        assert (await say({"type": "step", "data": {"proposed_fix": WRONG, "metadata": {}}}))["type"] == "observation"


async def test_a_fix_with_a_lone_surrogate_is_an_attempt(api: httpx.AsyncClient) -> None:
    async with session(api) as say:
        await say(reset(task_id="easy-1"))
        answer = await say('{"type": "step", "data": {"proposed_fix": "wrong \\ud800"}}')
    assert answer["data"]["reward"] > 0
    assert len(answer["data"]["observation"]["previous_attempts"]) == 1


async def test_a_step_before_the_reset_or_after_the_end_is_an_execution_error(api: httpx.AsyncClient) -> None:
    async with session(api) as say:
        early = await say(fix(RIGHT))
        await say(reset(task_id="easy-1"))
        await say(fix(RIGHT))
        late = await say(fix(RIGHT))
        again = await say(reset(task_id="easy-1"))
    assert [early["data"]["code"], late["data"]["code"]] == ["EXECUTION_ERROR"] * 2
    assert [early["data"]["problem"], late["data"]["problem"]] == ["unknown-episode", "episode-finished"]
    assert again["type"] == "observation"


async def test_our_failure_is_an_error_without_a_reward_and_counts_no_step(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    async with session(api) as say:
        await say(reset(task_id="easy-1"))
        executor.fail[WRONG].append(InvalidRequestError("a defect of ours"))
        failed = await say(fix(WRONG))
        answer = await say(fix(WRONG))
    assert failed["data"]["code"] == "EXECUTION_ERROR"
    assert failed["data"]["problem"] == "unavailable"
    assert "reward" not in failed["data"]
    assert answer["data"]["observation"]["step"] == 1


async def test_a_step_that_takes_too_long_is_answered_in_time_and_its_retry_is_the_same_step(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"session_reply_s": 0.2}))
    async with session(api) as say:
        await say(reset(task_id="easy-1"))
        executor.gate.clear()
        late = await say(fix(WRONG))
        assert (late["data"]["code"], late["data"]["problem"]) == ("EXECUTION_ERROR", "deadline")
        executor.gate.set()
        answer = await say(fix(WRONG))
        state = await say(STATE)
    assert answer["data"]["observation"]["step"] == 1
    assert state["data"]["step_count"] == 1
    assert len(executor.attempts) == 1


async def test_sessions_leave_the_agents_last_episode_over_http_alone(api: httpx.AsyncClient) -> None:
    http = (await api.post("/reset", json={"task_id": "medium-1"})).json()["episode_id"]
    async with session(api) as say:
        own = (await say(reset(task_id="easy-1")))["data"]["observation"]["episode_id"]
        stepped = (await api.post("/step", json={"proposed_fix": WRONG})).json()
        assert (await say(STATE))["data"]["step_count"] == 0
    assert stepped["episode_id"] == http != own


async def test_a_named_episode_goes_on_over_http(api: httpx.AsyncClient) -> None:
    async with session(api) as say:
        await say(reset(task_id="easy-1", episode_id="mine"))
        await say(fix(WRONG))
    answer = (await api.post("/step", json={"episode_id": "mine", "proposed_fix": RIGHT})).json()
    assert (answer["observation"]["step"], answer["done"]) == (2, True)


@pytest.mark.parametrize("count", [32, 256])
async def test_concurrent_sessions_keep_apart(api: httpx.AsyncClient, count: int) -> None:
    async def play(number: int) -> tuple[str, list[str]]:
        async with session(api) as say:
            task = ["easy-1", "easy-2", "medium-1"][number % 3]
            begun = (await say(reset(task_id=task)))["data"]["observation"]
            await say(fix(f"{WRONG} = {number}"))
            last = (await say(fix(f"{RIGHT} = {number}")))["data"]
            assert last["done"] is True
            assert last["observation"]["task_id"] == task
            assert last["observation"]["episode_id"] == begun["episode_id"]
            return begun["episode_id"], last["observation"]["previous_attempts"]

    played = await asyncio.gather(*(play(number) for number in range(count)))
    assert len({episode_id for episode_id, _ in played}) == count
    for number, (_, attempts) in enumerate(played):
        assert attempts == [f"{WRONG} = {number}", f"{RIGHT} = {number}"]


async def test_a_session_too_many_is_told_so_unasked_and_a_closed_one_makes_room(
    serve: Serve, settings: Settings
) -> None:
    api = await serve(settings.model_copy(update={"sessions_max": 1}))
    async with connect(url_of(api)) as first:
        await exchange(first, STATE)
        async with connect(url_of(api)) as second:
            refused = json.loads(await second.recv())
            with pytest.raises(ConnectionClosed) as closed:
                await second.recv()
        await first.send('{"type": "close"}')
        await first.wait_closed()
    assert refused["data"]["code"] == "CAPACITY_REACHED"
    assert (refused["data"]["active_sessions"], refused["data"]["max_sessions"]) == (1, 1)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1000
    async with session(api) as say:
        assert (await say(STATE))["type"] == "state"


async def test_an_idle_session_is_closed_with_a_reason(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"session_idle_s": 0.05}))
    async with connect(url_of(api)) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1000, "nothing came for 0.05 s")


async def test_a_drain_answers_the_step_in_flight_and_says_that_it_restarts(
    settings: Settings, executor: FakeExecutor
) -> None:
    server = GatewayServer(settings)
    url = f"ws://127.0.0.1:{await server.start()}/ws"
    async with connect(url) as busy, connect(url) as idle:
        await exchange(busy, reset(task_id="easy-1"))
        await exchange(idle, STATE)
        executor.gate.clear()
        await busy.send(json.dumps(fix(RIGHT)))
        await executor.arrived(1)
        drained = asyncio.create_task(server.drain())
        with pytest.raises(ConnectionClosed) as idle_closed:
            await idle.recv()
        executor.gate.set()
        assert json.loads(await busy.recv())["data"]["done"] is True
        with pytest.raises(ConnectionClosed) as busy_closed:
            await busy.recv()
        await drained
    for closed in (idle_closed, busy_closed):
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012


async def test_a_caller_who_vanishes_in_mid_step_frees_its_place_and_the_step_is_kept(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"sessions_max": 1}))
    async with connect(url_of(api)) as socket:
        await exchange(socket, reset(task_id="easy-1", episode_id="left"))
        executor.gate.clear()
        await socket.send(json.dumps(fix(WRONG)))
        await executor.arrived(1)
        socket.transport.abort()
    executor.gate.set()
    while True:  # the place is free once the step has ended
        async with connect(url_of(api)) as socket:
            with suppress(ConnectionClosed):
                if (await exchange(socket, STATE))["type"] == "state":
                    break
    assert (await api.get("/episodes/left")).json()["step_count"] == 1


async def test_many_idle_sessions_are_held_while_others_are_served(api: httpx.AsyncClient) -> None:
    """CODEARENA_TESTS_SESSIONS=1000 for the number that one gateway promises."""
    sockets = [await connect(url_of(api)) for _ in range(IDLE_SESSIONS)]
    try:
        async with session(api) as say:
            await say(reset(task_id="easy-1"))
            assert (await say(fix(RIGHT)))["data"]["done"] is True
        states = await asyncio.gather(*(exchange(socket, STATE) for socket in sockets))
        assert [state["type"] for state in states] == ["state"] * IDLE_SESSIONS
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets))
