"""What a gateway keeps goes from one server to a cluster and back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from gateway.settings import Settings
from gateway.store import api_keys, moving
from gateway.store.api_keys import Scope
from gateway.store.events import BEFORE_ALL
from gateway.store.keys import Keys
from gateway.store.redis import Store
from tests.gateway.store.test_redis import EPISODE, commit_of
from tests.redis_servers import RedisServer, RedisShards, connect


@pytest.fixture
def server(redis_server: RedisServer) -> Iterator[Settings]:
    redis_server.empty()
    yield Settings(redis_url=SecretStr(redis_server.url))
    redis_server.empty()


@pytest.fixture
def cluster(redis_shards: RedisShards) -> Settings:
    redis_shards.empty()
    return Settings(redis_url=SecretStr(redis_shards.url))


async def _played(settings: Settings) -> None:
    async with Store(settings) as store:
        for number in range(12):
            episode = replace(EPISODE, episode_id=f"team/e-{number}", agent_id="team/a")
            await store.create(episode, b"{}")
            await store.steps.commit(replace(commit_of(episode, number, done=True), basis_revision="r", basis=b"basis"))
        await store.agents.issue("team/a", "group", "easy-1", 1)
        await store.sent_tasks.keep("team", "sent/1", b"record", b"{}")
        await store.verdicts.note("digest", b"verdict")
        await store.baselines.keep("digest", b"baseline")
        await store.api_keys.add(api_keys.make("team", Scope.USE)[1])
        await store.sessions.open("session", 8, 1)


async def _kept(settings: Settings) -> list[object]:
    async with Store(settings) as store:
        return [
            [await store.attempts(f"team/e-{number}") for number in range(12)],
            await store.read_last("team/a"),
            await store.agents.curriculum("team/a"),
            await store.agents.memory("team/a", "easy-1"),
            (await store.agents.choice_inputs("team/a", "group", numbered=False)).group_task,
            await store.sent_tasks.read("team", "sent/1"),
            await store.verdicts.read("digest"),
            await store.baselines.read("digest"),
            [key.owner for key in await store.api_keys.all()],
            await store.sessions.episode("session"),
            await store.basis("r"),
            await store.stats(),
            [event.event_id async for batch in store.events.read(BEFORE_ALL, until_end=True) for event in batch],
        ]


async def test_everything_is_where_the_other_looks_for_it_and_goes_on(server: Settings, cluster: Settings) -> None:
    await _played(server)
    before = await _kept(server)
    assert await moving.copy(server, cluster) > 24  # there are two for an episode, and more
    assert await _kept(cluster) == before
    async with Store(cluster) as store:
        episode = replace(EPISODE, episode_id="team/new", agent_id="team/a")
        await store.create(episode, b"{}")
        await store.steps.commit(commit_of(episode, done=True))
        assert (await store.agents.curriculum("team/a")).episodes == 13
    after = await _kept(cluster)
    await moving.copy(cluster, server)
    assert await _kept(server) == after


async def test_what_is_to_be_forgotten_is_forgotten_there_as_well(server: Settings, cluster: Settings) -> None:
    await _played(server)
    await moving.copy(server, cluster)
    key = Keys.of(cluster).episode("team/e-0").record
    with connect(cluster.redis_url.get_secret_value()) as client:
        assert 0 < client.ttl(key) <= cluster.episode_ttl_s


@pytest.mark.parametrize("spread", [False, True])
def test_every_kind_of_key_has_its_place_in_the_other_layout(spread: bool) -> None:
    one, other = _every_key(Keys("one", spread=not spread)), _every_key(Keys("other", spread=spread))
    assert [Keys("other", spread=spread).here(key) for key in one] == other


def _every_key(keys: Keys) -> list[str]:
    episode, memory, job, sent = keys.episode("o/e"), keys.memory("o/a"), keys.job("o/j"), keys.sent_task("o", "x/1")
    of_agent = [keys.last("o/a"), keys.curriculum("o/a"), keys.group("o/a", "g"), keys.group_rewards("o/a", "g")]
    common = [keys.events, keys.stats, keys.sessions, keys.api_keys, keys.jobs_open, keys.session("s")]
    common += [keys.jobs_of("o"), keys.series("day", 1), keys.series_note("n"), keys.agent("o/a"), keys.agents_of("o")]
    found = [*vars(episode).values(), *vars(memory).values(), *vars(job).values(), sent.record, sent.order, sent.about]
    return [*found, *of_agent, *common, keys.basis("r"), keys.verdict("d"), keys.baseline("d")]
