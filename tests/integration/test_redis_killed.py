"""kill -9 of Redis in the middle of steps: what was answered is kept, what was not is tried again."""

import asyncio

import httpx
import pytest

from codearena import AsyncCodeArena
from tests.integration.playing import (
    MAX_STEPS,
    PATIENT,
    TASKS,
    Arrivals,
    assert_each_step_exactly_once,
    play,
    unsolved_fixes,
)
from tests.integration.processes import Backends, Gateway, running
from tests.integration.scale import STEPS
from tests.redis_servers import RedisServer

pytestmark = pytest.mark.redis
TASK = TASKS["security_bugs-2"]


async def test_nothing_committed_is_lost_and_steps_go_on(backends: Backends, own_redis: RedisServer) -> None:
    gateway = Gateway(backends, own_redis.url)
    async with running(gateway), AsyncCodeArena(gateway.url, retry=PATIENT, timeout_s=600) as arena:
        arrivals = Arrivals()
        fixes = unsolved_fixes(TASK)
        tasks = [asyncio.create_task(play(arena, TASK.id, fixes, arrivals)) for _ in range(STEPS // MAX_STEPS)]
        await arrivals.reached(STEPS // 2)
        own_redis.kill()
        await asyncio.to_thread(own_redis.start)
        await assert_each_step_exactly_once(arena, await asyncio.gather(*tasks))


async def test_without_redis_a_step_is_refused_and_its_retry_is_taken(
    backends: Backends, own_redis: RedisServer
) -> None:
    gateway = Gateway(backends, own_redis.url, REDIS_TIMEOUT_S="1")
    async with running(gateway), httpx.AsyncClient(base_url=gateway.url, timeout=300) as client:
        episode_id = (await client.post("/reset", json={"task_id": TASK.id})).json()["episode_id"]
        body = {"episode_id": episode_id, "proposed_fix": TASK.solution, "request_id": "one"}
        own_redis.kill()
        refused = await client.post("/step", json=body)
        ready = await client.get("/ready")
        await asyncio.to_thread(own_redis.start)
        taken = await client.post("/step", json=body)
    assert refused.status_code == 503
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["type"] == "urn:codearena:problem:store"
    assert "reward" not in refused.json()
    assert ready.status_code == 503
    assert ready.json()["checks"]["store"] != "ok"
    assert taken.status_code == 200, taken.text
    assert taken.json()["observation"]["step"] == 1
    assert taken.json()["done"]
