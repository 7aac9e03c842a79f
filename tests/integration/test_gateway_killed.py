"""kill -9 of the gateway in the middle of steps, with real services behind it and clients that try again."""

import asyncio
import json
from collections import Counter

import pytest

from codearena import AsyncCodeArena
from codearena.v1 import executor_pb2, store_pb2
from gateway.store.keys import Keys
from tests.integration.playing import (
    MAX_STEPS,
    PATIENT,
    TASKS,
    Arrivals,
    Play,
    assert_each_step_exactly_once,
    play,
    unsolved_fixes,
)
from tests.integration.processes import Backends, Gateway, running
from tests.integration.scale import STEPS
from tests.redis_servers import RedisServer

pytestmark = pytest.mark.redis
QUICK_TASKS = ["security_bugs-1", "security_bugs-2", "security_bugs-3", "type_errors-1", "easy-1"]
KEYS = Keys("codearena")


def _plays(arena: AsyncCodeArena, arrivals: Arrivals) -> list["asyncio.Task[Play]"]:
    tasks = [TASKS[QUICK_TASKS[number % len(QUICK_TASKS)]] for number in range(STEPS // MAX_STEPS)]
    return [asyncio.create_task(play(arena, task.id, unsolved_fixes(task), arrivals)) for task in tasks]


def _step_events(redis: RedisServer) -> Counter[tuple[str, int]]:
    """How often the event stream has each step."""
    with redis.client() as client:
        entries = [fields for _, fields in client.xrange(KEYS.events)]
    steps = [json.loads(fields[b"data"]) for fields in entries if fields[b"kind"] == b"step"]
    return Counter((event["episode_id"], event["step"]) for event in steps)


def _reports(redis: RedisServer, plays: list[Play]) -> list[executor_pb2.Report]:
    """Of each stored step."""
    with redis.client() as client:
        stored = [attempt for it in plays for attempt in client.lrange(KEYS.episode(it.episode_id).attempts, 0, -1)]
    return [store_pb2.StoredAttempt.FromString(attempt).report for attempt in stored]


async def test_every_episode_has_each_step_exactly_once(backends: Backends, own_redis: RedisServer) -> None:
    gateway = Gateway(backends, own_redis.url)
    async with running(gateway), AsyncCodeArena(gateway.url, retry=PATIENT, timeout_s=600) as arena:
        arrivals = Arrivals()
        tasks = _plays(arena, arrivals)
        for share in (0.25, 0.6):
            await arrivals.reached(int(STEPS * share))
            await gateway.kill()
            await gateway.start()
        plays = list(await asyncio.gather(*tasks))
        await assert_each_step_exactly_once(arena, plays)
    taken = [(it.episode_id, step) for it in plays for step in range(1, MAX_STEPS + 1)]
    assert _step_events(own_redis) == Counter(taken)
    reports = _reports(own_redis, plays)
    assert len(reports) == len(taken)
    # What does not compile takes no sandbox, and no two steps had the same.
    ran = [each for each in reports if each.status != executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR]
    assert len({each.isolation.sandbox_id for each in ran} - {""}) == len(ran) > 0


async def test_another_gateway_takes_an_episode_over(backends: Backends, own_redis: RedisServer) -> None:
    first, second = Gateway(backends, own_redis.url), Gateway(backends, own_redis.url)
    task = TASKS["security_bugs-2"]
    async with running(first, second):
        async with AsyncCodeArena(first.url, retry=PATIENT) as arena:
            episode_id = (await arena.reset(task.id)).episode_id
            before = await arena.step(task.buggy, request_id="one")
        await first.kill()
        async with AsyncCodeArena(second.url, retry=PATIENT) as arena:
            again = await arena.step(task.buggy, episode_id=episode_id, request_id="one")
            after = await arena.step(task.solution, episode_id=episode_id, request_id="two")
    assert again == before
    assert after.observation.step == 2
    assert after.done
