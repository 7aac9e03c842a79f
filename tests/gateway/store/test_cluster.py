"""What is promised of a cluster of three shards beyond what the other tests of the store promise of both."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import redis
from pydantic import SecretStr

from gateway.settings import Settings
from gateway.store import relay
from gateway.store.events import BEFORE_ALL
from gateway.store.keys import SLICES, Keys
from gateway.store.records import CommitResult, EpisodeRecord
from gateway.store.redis import Store
from tests.gateway.store.test_redis import EPISODE, commit_of
from tests.redis_servers import RedisShards, each_of

_EPISODES = 60


@pytest.fixture
def redis_url(redis_shards: RedisShards) -> str:
    redis_shards.empty()
    return redis_shards.url


@pytest.fixture
def settings(redis_url: str) -> Settings:
    return Settings(redis_url=SecretStr(redis_url), redis_timeout_s=1)


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with Store(settings) as store:
        yield store


@pytest.fixture
async def killed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """A gateway's that is killed whenever it has committed."""

    async def not_any_more(*_: object) -> None:
        return None

    async with Store(settings) as store:
        monkeypatch.setattr(store._relay, "deliver", not_any_more)
        yield store


async def _step(store: Store, episode_id: str, agent_id: str = "a", *, request_id: str = "") -> CommitResult:
    """The one step of an episode, which ends it."""
    episode = replace(EPISODE, episode_id=episode_id, agent_id=agent_id)
    result, _ = await store.steps.commit(
        replace(commit_of(episode, request_id=request_id, done=True), counts={"all/steps": 1})
    )
    return result


async def _told(store: Store, agent_id: str = "a") -> tuple[int, int, int]:
    """How many episodes the agent has finished, steps the statistics have counted, and steps the events tell of."""
    counts, _ = await store.stats()
    kinds = [event.kind async for batch in store.events.read(BEFORE_ALL, until_end=True) for event in batch]
    return (await store.agents.curriculum(agent_id)).episodes, counts.get("all/steps", 0), kinds.count("step")


async def _begin(store: Store, episode_id: str, agent_id: str = "a") -> EpisodeRecord:
    return await store.create(replace(EPISODE, episode_id=episode_id, agent_id=agent_id), b"{}")


async def test_every_shard_holds_its_share_of_the_episodes(store: Store, redis_url: str) -> None:
    for number in range(_EPISODES):
        await _begin(store, f"e-{number}")
    shares = []
    for url in each_of(redis_url):
        with redis.Redis.from_url(url) as client:
            shares.append(sum(1 for _ in client.scan_iter("*:episode:*")))
    assert sum(shares) == _EPISODES
    assert min(shares) > _EPISODES / 6  # half of its share; which id is where is no chance


def test_slices_are_evenly_apart_so_that_equal_shards_have_as_many_each() -> None:
    keys = Keys("any", spread=True)
    slots = [redis.crc.key_slot(keys.outbox(part).encode()) for part in range(SLICES)]
    assert slots == sorted(slots)
    assert [slot * 4 // 16384 for slot in slots] == [part * 4 // SLICES for part in range(SLICES)]


async def test_step_is_whole_when_it_is_answered(store: Store) -> None:
    for number in range(8):
        await _begin(store, f"e-{number}")
        assert await _step(store, f"e-{number}") is CommitResult.COMMITTED
        assert await _told(store) == (number + 1,) * 3
    assert await store.deliver_left() == 0


async def test_what_a_killed_gateway_has_committed_is_delivered_once_by_the_others(store: Store, killed: Store) -> None:
    for number in range(4):
        await _begin(store, f"e-{number}")
        await _step(killed, f"e-{number}")
    assert await _told(store) == (0, 0, 0)
    await asyncio.gather(*(store.deliver_left() for _ in range(3)))
    assert await _told(store) == (4, 4, 4)
    assert await store.deliver_left() == 0
    assert await _told(store) == (4, 4, 4)


async def test_what_was_left_before_it_comes_with_the_next_step(
    store: Store, killed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [each for each in map(str, range(1000)) if store._keys.slice_of(each) == 0][:3]
    for episode_id in ids:
        await _begin(store, episode_id)
    await _step(killed, ids[0])
    await _step(killed, ids[1], "b")
    await _step(store, ids[2])
    assert await _told(store) == (2, 3, 3)
    assert (await store.agents.curriculum("b")).episodes == 1


async def test_what_waits_is_delivered_however_much_it_is(
    store: Store, killed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "_BATCH", 2)
    ids = [each for each in map(str, range(1000)) if store._keys.slice_of(each) == 0][:7]
    for episode_id in ids:
        await _begin(store, episode_id)
        await _step(killed, episode_id)
    assert await store.deliver_left() == 0
    assert await _told(store) == (7, 7, 7)


async def test_step_whose_answer_was_lost_counts_once(store: Store) -> None:
    await _begin(store, "e")
    for _ in range(2):
        assert await _step(store, "e") is CommitResult.COMMITTED
    assert await _told(store) == (1, 1, 1)


async def test_entry_that_comes_again_after_it_was_delivered_changes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_any_more(*_: object) -> None:
        return None

    monkeypatch.setattr(store._relay, "_remove", not_any_more)  # killed before the outbox knew
    await _begin(store, "e")
    await _step(store, "e")
    monkeypatch.undo()
    assert await store.deliver_left() == 0
    assert await _told(store) == (1, 1, 1)


async def test_agent_whose_shard_is_away_has_its_steps_when_that_is_back(
    store: Store, redis_shards: RedisShards
) -> None:
    away = 2  # what all have in common is at another
    episode_id, agent_id = _at_shard("e", 0), _at_shard("a", away)
    await _begin(store, episode_id, agent_id)
    redis_shards.servers[away].stop()
    try:
        assert await _step(store, episode_id, agent_id) is CommitResult.COMMITTED
    finally:
        redis_shards.servers[away].start()
        redis_shards.wait_until_whole()
    assert await store.deliver_left() == 0
    assert await _told(store, agent_id) == (1, 1, 1)


def _at_shard(prefix: str, shard: int) -> str:
    """An id whose keys are there."""
    keys = Keys.of(Settings(redis_url=SecretStr("redis+cluster://any")))
    names = (f"{prefix}-{number}" for number in range(1000))
    return next(name for name in names if keys.slice_of(name) * 3 // SLICES == shard)
