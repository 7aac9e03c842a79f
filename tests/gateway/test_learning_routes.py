"""/stats and /events, over a real Redis."""

import asyncio
import json
from dataclasses import dataclass

import httpx
import pytest

from codearena.models import Stats
from codearena.sdk.async_client import AsyncCodeArena
from gateway.settings import Settings
from tests.fakes import BROKEN, RIGHT, WRONG, FakeExecutor
from tests.gateway.conftest import Serve
from tests.redis_servers import connect


async def _played(api: httpx.AsyncClient, fixes: list[str], task_id: str = "easy-1", **fields: str) -> str:
    """An episode of those fixes; its id."""
    episode = (await api.post("/reset", json={"task_id": task_id})).json()["episode_id"]
    for fix in fixes:
        answer = await api.post("/step", json={"proposed_fix": fix, "episode_id": episode, **fields})
        assert answer.status_code == 200
    return str(episode)


async def _stats(api: httpx.AsyncClient) -> Stats:
    return Stats.model_validate((await api.get("/stats")).json())


@dataclass(frozen=True)
class _Frame:
    event_id: str
    kind: str
    step: int | None


async def _kept(api: httpx.AsyncClient, after: str = "0") -> list[_Frame]:
    return _frames((await api.get("/events", params={"follow": "false", "after": after})).text)


def _frames(text: str) -> list[_Frame]:
    frames = [dict(line.split(": ", 1) for line in frame.splitlines()) for frame in text.strip().split("\n\n")]
    return [_Frame(f["id"], f["event"], json.loads(f["data"]).get("step")) for f in frames if "id" in f]


async def test_stats_before_the_first_step_are_empty_rather_than_wrong(api: httpx.AsyncClient) -> None:
    stats = await _stats(api)
    assert (stats.since_ms, stats.total.steps, stats.total.mean_reward, stats.by_task) == (None, 0, None, {})


async def test_stats_tell_rewards_apart_by_everything_a_step_is(api: httpx.AsyncClient) -> None:
    episode = await _played(api, [BROKEN, WRONG, RIGHT], method="model-a")
    await _played(api, [WRONG], "hard-1")
    attempts = (await api.get(f"/episodes/{episode}")).json()["attempts"]
    rewards = [attempt["verdict"]["reward"] for attempt in attempts]
    stats = await _stats(api)
    assert (stats.total.steps, stats.total.episodes, stats.total.solved) == (4, 1, 1)
    assert stats.by_task["easy-1"].mean_reward == pytest.approx(sum(rewards) / 3, abs=1e-6)
    assert stats.by_task["easy-1"].mean_final_reward == pytest.approx(rewards[-1], abs=1e-6)
    for part, sizes in (
        (stats.by_category, {"easy": 3, "hard": 1}),
        (stats.by_level, {"easy": 3, "hard": 1}),
        (stats.by_method, {"model-a": 3, "": 1}),
        (stats.by_judge, {"static": 3, "none": 1}),
        (stats.by_complexity, {"unknown": 4}),
    ):
        assert {value: found.steps for value, found in part.items()} == sizes
    assert stats.outcomes == {"compile_error": 1, "failed": 2, "solved": 1}
    assert stats.call_outcomes == {"not_run": 3, "returned": 9}
    assert {"queued", "execute", "grade", "total"} <= set(stats.timings)
    assert (stats.timings["analyse"].count, stats.timings["execute"].count) == (4, 3)
    assert stats.timings["execute"].p50_s <= stats.timings["execute"].p99_s


async def test_retried_step_counts_once(api: httpx.AsyncClient) -> None:
    await api.post("/reset", json={"task_id": "easy-1"})
    for _ in range(2):
        await api.post("/step", json={"proposed_fix": WRONG, "request_id": "r"})
    assert (await _stats(api)).total.steps == 1


async def test_names_of_methods_beyond_the_bound_count_as_other(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"stats_methods": 2}))
    for method in ("a", "b", "c", "d", "a"):
        await _played(api, [WRONG], method=method)
    by_method = (await _stats(api)).by_method
    assert {method: found.steps for method, found in by_method.items()} == {"a": 2, "b": 1, "other": 2}


async def test_reader_of_events_goes_on_after_the_last_one_it_saw(api: httpx.AsyncClient) -> None:
    await _played(api, [WRONG, RIGHT])
    everything = await _kept(api)
    assert [(frame.kind, frame.step) for frame in everything] == [("reset", None), ("step", 1), ("step", 2)]
    assert await _kept(api, everything[0].event_id) == everything[1:]
    assert await _kept(api, everything[-1].event_id) == []


async def test_events_follow_what_happens(api: httpx.AsyncClient) -> None:
    seen: list[tuple[str, str]] = []
    async with AsyncCodeArena(str(api.base_url)) as arena:

        async def read() -> None:
            async for event in arena.events("0"):
                seen.append((event.kind, event.data["episode_id"]))
                if event.data.get("done"):
                    return

        first = await _played(api, [])
        reading = asyncio.create_task(read())
        second = await _played(api, [RIGHT])
        await asyncio.wait_for(reading, 20)
    assert seen == [("reset", first), ("reset", second), ("step", second)]


async def test_reader_of_events_is_refused_where_there_are_as_many_as_may_be(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"events_readers": 1}))
    async with api.stream("GET", "/events"):
        refused = await api.get("/events")
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (503, "overloaded")


async def test_step_is_committed_while_every_reader_waits(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"events_readers": 4, "redis_connections": 1}))
    streams = [api.stream("GET", "/events") for _ in range(4)]
    for stream in streams:
        await stream.__aenter__()
    await _played(api, [RIGHT])
    for stream in streams:
        await stream.__aexit__(None, None, None)


async def test_event_names_the_attempt_that_is_stored(
    api: httpx.AsyncClient, redis_url: str, executor: FakeExecutor
) -> None:
    await _played(api, [WRONG])
    with connect(redis_url) as client:
        (entry,) = client.xrevrange("{codearena}:events", count=1)
    assert json.loads(entry[1][b"data"])["attempt_id"] == executor.attempts[-1].attempt_id


@pytest.mark.parametrize("event_id", ["x", "1-2-3", "-1", "$"])
async def test_malformed_event_id_is_the_callers_mistake(api: httpx.AsyncClient, event_id: str) -> None:
    assert (await api.get("/events", headers={"Last-Event-ID": event_id})).status_code == 422


async def test_reader_of_events_may_begin_with_the_latest_ones(api: httpx.AsyncClient) -> None:
    await _played(api, [WRONG, WRONG, RIGHT])
    everything = await _kept(api)
    assert await _kept_last(api, 2) == everything[-2:]
    assert await _kept_last(api, 0) == []
    assert await _kept_last(api, 100) == everything


async def test_reader_that_was_away_for_long_is_told_that_events_are_passed_over(api: httpx.AsyncClient) -> None:
    await _played(api, [WRONG, WRONG, RIGHT])
    everything = await _kept(api)
    skipped, *others = await _kept_last(api, 2, everything[0].event_id)
    assert (skipped.kind, skipped.event_id) == ("skipped", everything[1].event_id)
    assert others == everything[2:]
    assert await _kept_last(api, 2, everything[2].event_id) == everything[3:]


async def test_event_of_a_step_says_what_charts_take(api: httpx.AsyncClient) -> None:
    await api.post("/reset", json={"task_id": "easy-1", "group_id": "g"})
    answer = (await api.post("/step", json={"proposed_fix": RIGHT, "method": "model-a"})).json()
    text = (await api.get("/events", params={"follow": "false", "last": 1})).text
    data = json.loads(next(line for line in text.splitlines() if line.startswith("data: "))[6:])
    told = {"category": "easy", "group_id": "g", "outcome": "solved", "complexity": "unknown", "judge": "static"}
    told |= {"max_steps": 5, "method": "model-a", "components": answer["info"]["reward_components"]}
    assert {name: data[name] for name in told} == told


async def _kept_last(api: httpx.AsyncClient, last: int, after: str | None = None) -> list[_Frame]:
    headers = {"Last-Event-ID": after} if after else {}
    params = {"follow": "false", "last": str(last)}
    return _frames((await api.get("/events", params=params, headers=headers)).text)
