"""What is known of an agent outlives every service."""

import signal

import httpx
import pytest

from tests.integration import processes
from tests.integration.playing import TASKS
from tests.integration.processes import Gateway, running
from tests.redis_servers import RedisServer

pytestmark = pytest.mark.redis
TASK = TASKS["easy-1"]
KNOWN = ("/curriculum", "/memory?task_id=easy-1", "/stats")


async def test_level_window_and_memory_are_as_before_and_go_on(own_redis: RedisServer) -> None:
    async with processes.backends() as found:
        gateway = Gateway(found, own_redis.url, CURRICULUM_WINDOW="3")
        services = (found.executor, found.judge, found.grader, gateway)
        async with running(gateway), httpx.AsyncClient(base_url=gateway.url, timeout=300) as api:
            await _play(api, 2, [TASK.buggy, TASK.solution])
            episode = (await api.post("/reset", json={"task_id": TASK.id})).json()["episode_id"]
            await api.post("/step", json={"proposed_fix": TASK.buggy, "episode_id": episode})
            before = [(await api.get(path)).json() for path in KNOWN]
            for service in services:
                service.signal(signal.SIGKILL)
                await service.ended()
            own_redis.kill()
            own_redis.start()
            for service in services:
                await service.start()
            assert [(await api.get(path)).json() for path in KNOWN] == before
            assert (before[0]["level"], len(before[0]["window"])) == ("easy", 2)
            assert before[1]["best"][0]["source"] == TASK.solution
            last = (await api.post("/step", json={"proposed_fix": TASK.solution, "episode_id": episode})).json()
            assert (last["done"], last["observation"]["step"]) == (True, 2)
            assert (await api.get("/curriculum")).json()["level"] == "medium"


async def _play(api: httpx.AsyncClient, episodes: int, fixes: list[str]) -> None:
    for _ in range(episodes):
        await api.post("/reset", json={"task_id": TASK.id})
        for fix in fixes:
            assert (await api.post("/step", json={"proposed_fix": fix})).status_code == 200
