"""/episodes, /agents and /history, over a real Redis."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import redis

from codearena.models import AgentSummary, EpisodePage, History, HistoryBucket
from gateway.episode import listing
from gateway.settings import Settings
from tests.fakes import BROKEN, RIGHT, WRONG
from tests.gateway.conftest import Serve


async def _played(api: httpx.AsyncClient, fixes: list[str], task_id: str = "easy-1", **fields: str) -> str:
    """An episode of those fixes; its id. fields: of the reset."""
    reset = await api.post("/reset", json={"task_id": task_id, **fields})
    episode = reset.json()["episode_id"]
    for fix in fixes:
        answer = await api.post("/step", json={"proposed_fix": fix, "episode_id": episode, "method": "by-hand"})
        assert answer.status_code == 200
    return str(episode)


async def _page(api: httpx.AsyncClient, **wanted: Any) -> EpisodePage:
    answer = await api.get("/episodes", params=wanted)
    assert answer.status_code == 200, answer.text
    return EpisodePage.model_validate(answer.json())


async def _listed(api: httpx.AsyncClient, **wanted: Any) -> list[str]:
    return [each.episode_id for each in (await _page(api, **wanted)).episodes]


async def _buckets(api: httpx.AsyncClient, window: str = "hour") -> list[HistoryBucket]:
    answer = (await api.get("/history", params={"window": window})).json()
    return History.model_validate(answer).buckets


def _total(buckets: list[HistoryBucket], name: str) -> int:
    return sum(getattr(bucket, name) for bucket in buckets)


def _summed(buckets: list[HistoryBucket], name: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for bucket in buckets:
        for value, count in getattr(bucket, name).items():
            found[value] = found.get(value, 0) + count
    return found


async def test_episode_is_listed_once_as_it_stands_and_the_one_of_the_last_step_first(api: httpx.AsyncClient) -> None:
    first = await _played(api, [WRONG])
    await _played(api, [], "medium-1")
    await api.post("/step", json={"proposed_fix": RIGHT, "episode_id": first})
    found = (await _page(api)).episodes
    assert [(each.task_id, each.step, each.done) for each in found] == [("easy-1", 2, True), ("medium-1", 0, False)]
    attempts = (await api.get(f"/episodes/{first}")).json()["attempts"]
    rewards = [attempt["verdict"]["reward"] for attempt in attempts]
    assert (found[0].reward, found[0].best_reward) == (rewards[-1], max(rewards))
    assert (found[0].solved, found[0].outcome, found[0].category, found[0].level) == (True, "solved", "easy", "easy")
    assert (found[1].reward, found[1].outcome, found[1].max_steps) == (None, "", 5)
    assert found[0].created_ms <= found[0].time_ms


@pytest.mark.parametrize(
    ("wanted", "tasks"),
    [
        ({"task_id": "easy-1"}, ["easy-1"]),
        ({"agent_id": "other"}, ["hard-1"]),
        ({"category": "type_errors"}, ["type_errors-1"]),
        ({"level": "easy"}, ["type_errors-1", "easy-1"]),
        ({"solved": "true"}, ["easy-1"]),
        ({"done": "false"}, ["type_errors-1", "hard-1"]),
        ({"outcome": "compile_error"}, ["hard-1"]),
        ({"method": "by-hand", "partition": "eval"}, ["type_errors-1"]),
        ({"q": "HARD"}, ["hard-1"]),
        ({"q": "othe"}, ["hard-1"]),
        ({"q": "nothing"}, []),
        ({"task_id": "easy-1", "solved": "false"}, []),
    ],
)
async def test_list_of_episodes_has_those_with_every_value_named(
    api: httpx.AsyncClient, wanted: dict[str, str], tasks: list[str]
) -> None:
    await _played(api, [RIGHT])
    await _played(api, [BROKEN], "hard-1", agent_id="other")
    await _played(api, [WRONG], "type_errors-1", partition="eval")
    assert [each.task_id for each in (await _page(api, **wanted)).episodes] == tasks


async def test_pages_of_episodes_hold_each_once_whatever_happens_between(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_CHUNK", 3)  # so that a page takes several reads of the stream
    played = [await _played(api, [WRONG, WRONG]) for _ in range(4)]
    page = await _page(api, limit=2)
    await _played(api, [WRONG])
    found = [each.episode_id for each in page.episodes]
    while page.next:
        page = await _page(api, limit=2, before=page.next)
        found += [each.episode_id for each in page.episodes]
    assert found == played[::-1]


async def test_a_page_looks_at_a_bounded_number_of_events_and_says_where_to_go_on(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_CHUNK", 2)
    monkeypatch.setattr(listing, "_CHUNKS", 1)
    wanted = await _played(api, [WRONG])
    await _played(api, [WRONG], "hard-1")
    page = await _page(api, task_id="easy-1")
    assert page.episodes == [] and page.next is not None
    assert await _listed(api, task_id="easy-1", before=page.next) == [wanted]


async def test_an_id_that_is_used_again_is_the_new_episode_alone(api: httpx.AsyncClient) -> None:
    for _ in range(2):
        await _played(api, [WRONG], episode_id="mine")
    assert await _listed(api) == ["mine"]


async def test_expired_episode_is_not_listed(api: httpx.AsyncClient, redis_url: str) -> None:
    episode = await _played(api, [WRONG])
    kept = await _played(api, [WRONG])
    with redis.Redis.from_url(redis_url) as client:
        client.delete(f"{{codearena}}:episode:{episode}")
    assert await _listed(api) == [kept]


async def test_agents_are_listed_with_what_their_steps_came_to(api: httpx.AsyncClient) -> None:
    await _played(api, [WRONG, RIGHT], agent_id="run-1")
    await _played(api, [RIGHT], agent_id="eval-run-1")
    await _played(api, [], agent_id="idle")
    answer = await api.get("/agents")
    agents = [AgentSummary.model_validate(each) for each in answer.json()]
    assert [(each.agent_id, each.partition, each.steps, each.episodes, each.solved) for each in agents] == [
        ("eval-run-1", "eval", 1, 1, 1),
        ("run-1", "train", 2, 1, 1),
    ]
    assert answer.headers["X-Total-Count"] == "2"
    assert agents[1].mean_reward is not None and agents[1].mean_final_reward is not None
    assert agents[1].mean_reward < agents[1].mean_final_reward
    assert [each["agent_id"] for each in (await api.get("/agents", params={"q": "EVAL"})).json()] == ["eval-run-1"]
    second = await api.get("/agents", params={"limit": 1, "offset": 1})
    assert [each["agent_id"] for each in second.json()] == ["run-1"]


async def test_agents_beyond_the_bound_give_way_to_those_that_play(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"agents_listed": 2}))
    for agent_id in ("a", "b", "c"):
        await _played(api, [WRONG], agent_id=agent_id)
        await api.get("/agents")  # writes what was counted
    assert {each["agent_id"] for each in (await api.get("/agents")).json()} == {"b", "c"}


@pytest.mark.parametrize("window", ["hour", "day", "week"])
async def test_history_counts_what_attempts_came_to(api: httpx.AsyncClient, window: str) -> None:
    await _played(api, [BROKEN, WRONG, RIGHT])
    buckets = await _buckets(api, window)
    for name, count in (("attempts", 3), ("steps", 3), ("episodes", 1), ("solved", 1)):
        assert _total(buckets, name) == count
    assert _summed(buckets, "outcomes") == {"compile_error": 1, "failed": 1, "solved": 1}
    assert _summed(buckets, "methods") == {"by-hand": 3}
    assert _summed(buckets, "judges") == {"static": 2, "none": 1}
    assert _summed(buckets, "complexity") == {"unknown": 3}


async def test_history_tells_rewards_by_level_and_component(api: httpx.AsyncClient) -> None:
    verdicts = [
        (await api.post("/grade", json={"task_id": task, "source": RIGHT})).json() for task in ("easy-1", "hard-1")
    ]
    (bucket,) = [bucket for bucket in await _buckets(api, "week") if bucket.attempts]
    for level, verdict in zip(("easy", "hard"), verdicts, strict=True):
        assert bucket.by_level[level].mean_reward == pytest.approx(verdict["reward"], abs=1e-6)
    assert bucket.components["test_pass_ratio"] == 1.0
    scores = [verdict["reward_components"]["llm_quality"] for verdict in verdicts]
    assert bucket.components["llm_quality"] == pytest.approx(sum(scores) / 2, abs=1e-6)


async def test_history_has_attempts_of_batches_and_tells_groups_whose_rewards_differ(api: httpx.AsyncClient) -> None:
    items = [
        {"task_id": task, "source": source}
        for task, source in (("easy-1", RIGHT), ("easy-1", WRONG), ("hard-1", WRONG), ("hard-1", WRONG + " # again"))
    ]
    await api.post("/grade/batch", json={"items": items})
    buckets = await _buckets(api)
    assert [_total(buckets, name) for name in ("attempts", "steps", "groups", "varied_groups")] == [4, 0, 2, 1]


async def test_history_tells_how_code_was_fixed(api: httpx.AsyncClient) -> None:
    fixes = [await api.post("/fix", json={"code": code}) for code in ("def f(:\n    pass\n", "x = 1\n")]
    methods = [answer.json()["method"] for answer in fixes]
    assert _summed(await _buckets(api), "fixes") == {method: methods.count(method) for method in methods}


async def test_history_since_a_moment_leaves_out_what_had_ended(api: httpx.AsyncClient) -> None:
    await _played(api, [WRONG])
    answer = (await api.get("/history", params={"window": "hour"})).json()
    since_ms = answer["buckets"][-1]["start_ms"]
    again = await api.get("/history", params={"window": "hour", "since_ms": since_ms})
    assert [bucket["start_ms"] for bucket in again.json()["buckets"]] == [since_ms]
    after_ms = since_ms + 1000 * answer["bucket_s"]
    later = await api.get("/history", params={"window": "hour", "since_ms": after_ms})
    assert later.json()["buckets"] == []


async def test_two_gateways_add_to_one_history_that_outlives_them(serve: Serve, settings: Settings) -> None:
    one, other = await serve(settings), await serve(settings)
    await _played(one, [WRONG])
    await _played(other, [WRONG])
    await other.get("/history")
    assert _total(await _buckets(one), "steps") == 2


async def test_what_is_kept_of_the_history_is_forgotten_in_time(api: httpx.AsyncClient, redis_url: str) -> None:
    await _played(api, [WRONG])
    await api.get("/history")
    with redis.Redis.from_url(redis_url) as client:
        keys = [*client.scan_iter("{codearena}:series*"), *client.scan_iter("{codearena}:agent*")]
        assert keys and all(client.ttl(key) > 0 for key in keys)
