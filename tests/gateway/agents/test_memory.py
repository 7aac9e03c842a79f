"""Memory: the best attempt and the last failures of an agent, and who never sees them."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from codearena.errors import InvalidRequestError
from codearena.models import EpisodeMemory, Memory
from gateway.agents.memory import partition_of
from gateway.settings import Settings
from gateway.store.records import Partition
from gateway.store.redis import Store
from tests.fakes import BROKEN, RIGHT, WRONG
from tests.gateway.conftest import Serve
from tests.gateway.store.test_redis import EPISODE, commit_of
from tests.redis_servers import RedisServer


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[Store]:
    async with Store(Settings(redis_url=SecretStr(redis_url))) as store:
        yield store


async def _played(api: httpx.AsyncClient, fixes: list[str], **reset: object) -> dict[str, object]:
    """Observation of the reset of an episode of those fixes."""
    answer = await api.post("/reset", json={"task_id": "easy-1", **reset})
    assert answer.status_code == 200, answer.text
    for fix in fixes:
        body = {"proposed_fix": fix, "episode_id": answer.json()["episode_id"]}
        assert (await api.post("/step", json=body)).status_code == 200
    return dict(answer.json()["observation"])


async def _memory(api: httpx.AsyncClient, agent_id: str = "default", task_id: str = "easy-1") -> Memory:
    answer = await api.get("/memory", params={"agent_id": agent_id, "task_id": task_id})
    return Memory.model_validate(answer.json())


async def _remember(
    store: Store,
    number: int,
    reward: float,
    *,
    revision: str = "rev",
    failure_id: str = "",
    failure: str = "{}",
    now_ms: int = 1,
) -> None:
    episode = replace(EPISODE, episode_id=f"e{number}", nonce=f"n{number}")
    await store.create(episode, b"{}")
    commit = replace(
        commit_of(episode, number, done=True),
        reward=reward,
        best=json.dumps({"reward": reward, "number": number}),
        source=b"source %d" % number,
        event=json.dumps({"number": number}).encode(),
        task_revision=revision,
        failure_id=failure_id,
        failure=failure,
        now_ms=now_ms,
    )
    await store.steps.commit(commit)


async def _best(store: Store) -> tuple[float, bytes]:
    record = await store.agents.memory("a", EPISODE.task_id)
    return json.loads(record.best[EPISODE.task_id].body)["number"], record.sources[EPISODE.task_id]


async def test_best_attempt_is_kept_whatever_comes_after_it(api: httpx.AsyncClient) -> None:
    await _played(api, [WRONG, RIGHT])
    await _played(api, [BROKEN])
    (best,) = (await _memory(api)).best
    assert (best.source, best.solved, best.step) == (RIGHT, True, 2)


async def test_of_equally_good_attempts_the_earlier_stays(store: Store) -> None:
    for number in (1, 2):
        await _remember(store, number, 0.5)
    assert await _best(store) == (1, b"source 1")


async def test_attempt_at_another_revision_of_the_task_gives_way(store: Store) -> None:
    await _remember(store, 1, 0.9, revision="old")
    await _remember(store, 2, 0.5, revision="new")
    assert await _best(store) == (2, b"source 2")


async def test_of_64_concurrent_writers_the_best_wins_and_nothing_is_lost(store: Store) -> None:
    rewards = [round(0.01 * number, 2) for number in range(64)]
    order = random.Random(7).sample(range(64), 64)
    await asyncio.gather(*(_remember(store, n, rewards[n], failure_id=f"f{n % 4}", failure="{}") for n in order))
    assert await _best(store) == (63, b"source 63")
    failures = (await store.agents.memory("a")).failures
    assert sorted(failure.count for failure in failures) == [16, 16, 16, 16]
    curriculum = await store.agents.curriculum("a")
    assert (curriculum.episodes, curriculum.tasks[EPISODE.task_id].episodes) == (64, 64)
    assert curriculum.rewards == pytest.approx(sum(rewards))
    committed = [json.loads(event.data) async for batch in store.events.read("0", True) for event in batch]
    assert list(curriculum.window) == [rewards[event["number"]] for event in committed if event][-10:]


async def test_only_so_many_kinds_of_failures_are_kept_the_latest_ones(redis_url: str) -> None:
    async with Store(Settings(redis_url=SecretStr(redis_url), memory_failures=3)) as store:
        for number in range(5):
            body = json.dumps({"number": number})
            await _remember(store, number, 0.1, failure_id=f"f{number}", failure=body, now_ms=number)
        kept = {json.loads(failure.body)["number"] for failure in (await store.agents.memory("a")).failures}
    assert kept == {2, 3, 4}


async def test_failures_are_told_apart_by_signature_and_say_nothing_of_hidden_tests(api: httpx.AsyncClient) -> None:
    await _played(api, [WRONG, "wrong # again", BROKEN])
    memory = await _memory(api)
    assert sorted(failure.count for failure in memory.failures) == [1, 2]
    assert "secret-name" not in memory.model_dump_json()
    assert "hidden-input" not in memory.model_dump_json()


async def test_observations_carry_memory_only_where_the_reset_asks(api: httpx.AsyncClient) -> None:
    await _played(api, [WRONG, RIGHT])
    assert (await _played(api, []))["memory"] is None
    reset = (await api.post("/reset", json={"task_id": "easy-1", "use_memory": True})).json()
    memory = EpisodeMemory.model_validate(reset["observation"]["memory"])
    assert memory.best is not None
    assert (memory.best.source, len(memory.failures)) == (RIGHT, 1)
    step = await api.post("/step", json={"proposed_fix": WRONG, "episode_id": reset["episode_id"]})
    assert step.json()["observation"]["memory"] == reset["observation"]["memory"]


async def test_agent_sees_nothing_that_another_one_left(api: httpx.AsyncClient) -> None:
    await _played(api, [RIGHT], agent_id="one")
    memory = (await _played(api, [], agent_id="two", use_memory=True))["memory"]
    assert memory == {"best": None, "failures": []}


@pytest.mark.parametrize("fields", [{"agent_id": "eval-x"}, {"agent_id": "run", "partition": "eval"}])
async def test_evaluation_leaves_nothing_behind(api: httpx.AsyncClient, fields: dict[str, str]) -> None:
    await _played(api, [WRONG, RIGHT], **fields)
    memory = await _memory(api, fields["agent_id"])
    curriculum = (await api.get("/curriculum", params={"agent_id": fields["agent_id"]})).json()
    assert (memory.best, memory.failures, curriculum["window"], curriculum["episodes"]) == ([], [], [], 0)


async def test_evaluation_reads_nothing_of_what_training_left(api: httpx.AsyncClient) -> None:
    await _played(api, [RIGHT], agent_id="run")
    body = {"task_id": "easy-1", "agent_id": "run", "partition": "eval", "use_memory": True}
    assert (await api.post("/reset", json=body)).status_code == 422


async def test_auto_in_evaluation_is_any_task_whatever_the_agent_has_reached(api: httpx.AsyncClient) -> None:
    resets = [await api.post("/reset", json={"agent_id": "eval-x", "seed": seed}) for seed in range(30)]
    assert {reset.json()["info"]["difficulty"] for reset in resets} == {"easy", "medium", "hard"}


def test_agent_marked_for_evaluation_cannot_be_made_to_train() -> None:
    assert partition_of("eval-1", None, "eval-*") is Partition.EVAL
    assert partition_of("run", None, "eval-*") is Partition.TRAIN
    with pytest.raises(InvalidRequestError):
        partition_of("eval-1", "train", "eval-*")


async def test_memory_and_curriculum_are_as_before_after_gateway_and_redis_restart(
    serve: Serve, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = RedisServer(tmp_path_factory.mktemp("restarted"))
    mine = settings.model_copy(update={"redis_url": SecretStr(server.url)})
    api = await serve(mine)
    for _ in range(3):
        await _played(api, [WRONG, RIGHT])
    before = [(await api.get(path)).json() for path in ("/memory", "/curriculum", "/stats")]
    server.kill()
    server.start()
    again = await serve(mine)
    assert [(await again.get(path)).json() for path in ("/memory", "/curriculum", "/stats")] == before
    assert len(before[1]["window"]) == 3
    server.stop()
