"""What the store promises, against a real Redis."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from codearena.errors import StoreError
from codearena.tasks.task import Level
from gateway.settings import Settings
from gateway.store.records import Answer, CommitResult, EpisodeRecord, StepCommit
from gateway.store.redis import Store
from tests.redis_servers import calls, connect

EPISODE = EpisodeRecord(
    episode_id="e",
    nonce="n1",
    task_id="easy-1",
    task_revision="rev",
    agent_id="a",
    level=Level.EASY,
    max_steps=5,
    created_ms=1,
)
ANSWER = Answer("f" * 64, b"{}")


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[Store]:
    async with Store(Settings(redis_url=SecretStr(redis_url))) as store:
        yield store


def commit_of(episode: EpisodeRecord, number: int = 1, *, request_id: str = "", done: bool = False) -> StepCommit:
    return StepCommit(
        episode=episode,
        attempt_id=f"attempt-{number}",
        request_id=request_id,
        answer=ANSWER,
        attempt=b"\x00attempt",
        source=b"\xffsource",
        identity="identity",
        reward=0.1 + 0.2,
        done=done,
        event=b"{}",
        now_ms=1,
    )


async def _stands_at(store: Store) -> EpisodeRecord:
    snapshot = await store.read("e")
    assert snapshot is not None
    return snapshot.episode


async def test_episode_is_read_back_as_it_was_created_and_stepped(store: Store) -> None:
    assert await store.create(EPISODE, b"{}") == EPISODE
    await store.steps.commit(commit_of(EPISODE))
    expected = replace(
        EPISODE,
        step=1,
        reward=0.1 + 0.2,
        best_reward=0.1 + 0.2,
        identities=("identity",),
        sources=(b"\xffsource",),
    )
    assert await _stands_at(store) == expected
    record, (attempt,) = await store.attempts("e")
    assert record == expected
    assert attempt.startswith(b"\x00attempt")
    last = await store.read_last("a")
    assert last is not None
    assert last.episode == expected


async def test_commit_sent_again_because_its_answer_was_lost_counts_once(store: Store) -> None:
    await store.create(EPISODE, b"{}")
    for _ in range(2):
        assert await store.steps.commit(commit_of(EPISODE)) == (CommitResult.COMMITTED, None)
    assert len((await store.attempts("e"))[1]) == 1


async def test_commit_says_why_it_was_refused_and_changes_nothing(store: Store) -> None:
    assert (await store.steps.commit(commit_of(EPISODE)))[0] is CommitResult.GONE
    await store.create(EPISODE, b"{}")
    await store.steps.commit(commit_of(EPISODE, 1, request_id="r", done=True))
    before = await store.attempts("e")
    assert await store.steps.commit(commit_of(EPISODE, 2, request_id="r")) == (CommitResult.ANSWERED, ANSWER)
    assert (await store.steps.commit(commit_of(replace(EPISODE, step=1), 3)))[0] is CommitResult.FINISHED
    assert (await store.steps.commit(commit_of(replace(EPISODE, nonce="other"), 4)))[0] is CommitResult.CONFLICT
    assert await store.attempts("e") == before


async def test_commit_at_another_step_is_a_conflict(store: Store) -> None:
    await store.create(EPISODE, b"{}")
    await store.steps.commit(commit_of(EPISODE, 1))
    assert (await store.steps.commit(commit_of(EPISODE, 2)))[0] is CommitResult.CONFLICT


async def test_creation_with_the_same_request_id_changes_nothing(store: Store) -> None:
    first = replace(EPISODE, request_id="r")
    await store.create(first, b"{}")
    await store.steps.commit(commit_of(first))
    again = await store.create(replace(first, nonce="n2"), b"{}")
    assert (again.nonce, again.step) == ("n1", 1)


async def test_creation_of_the_same_id_forgets_the_old_episode_whole(store: Store) -> None:
    await store.create(EPISODE, b"{}")
    await store.steps.commit(commit_of(EPISODE, request_id="r"))
    await store.create(replace(EPISODE, nonce="n2"), b"{}")
    snapshot = await store.read("e", "r")
    assert snapshot is not None
    assert (snapshot.episode.step, snapshot.answer) == (0, None)
    assert (await store.attempts("e"))[1] == []


async def test_scripts_work_after_redis_has_forgotten_them(store: Store, redis_url: str) -> None:
    await store.create(EPISODE, b"{}")
    with connect(redis_url) as client:
        client.script_flush()
    assert (await store.steps.commit(commit_of(EPISODE)))[0] is CommitResult.COMMITTED


async def test_id_that_looks_like_another_kind_of_key_touches_no_other_episode(store: Store) -> None:
    await store.create(EPISODE, b"{}")
    await store.create(replace(EPISODE, episode_id="attempts:e"), b"{}")
    await store.create(replace(EPISODE, episode_id="e:attempts"), b"{}")
    assert await store.attempts("e") == (EPISODE, [])


async def test_step_costs_one_round_trip_to_read_and_one_to_commit(store: Store, redis_url: str) -> None:
    await store.create(EPISODE, b"{}")
    await store.steps.commit(commit_of(EPISODE, 1))  # the script is known from here on
    await store.read_last("a")
    before = calls(redis_url, "evalsha", "script|load")
    snapshot = await store.read_last("a")
    assert snapshot is not None
    await store.steps.commit(commit_of(snapshot.episode, 2))
    # In a cluster reading takes no script, and to commit takes one for the episode, one for its agent and one for all.
    assert calls(redis_url, "evalsha", "script|load") - before == (3 if "cluster" in redis_url else 2)


@pytest.mark.parametrize("scheme", ["redis", "redis+cluster", "redis+sentinel"])
async def test_store_that_does_not_answer_is_a_retryable_failure(scheme: str) -> None:
    async with Store(Settings(redis_url=SecretStr(f"{scheme}://127.0.0.1:9/0"))) as store:
        with pytest.raises(StoreError):
            await store.ping()
