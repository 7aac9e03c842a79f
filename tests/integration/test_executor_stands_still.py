"""An executor that stands still, as one that the network has cut off: connected, and nobody answers."""

import asyncio
import signal

import httpx
import pytest

from codearena.models import Verdict
from tests.conftest import RedisServer
from tests.integration.executor_client import client_of
from tests.integration.playing import TASKS
from tests.integration.processes import Backends, Executor, Gateway, running
from tests.integration.waiting import until

pytestmark = pytest.mark.redis
TASK = TASKS["security_bugs-2"]
ATTEMPTS = 4


async def _leased(executor: Executor) -> bool:
    async with client_of(executor) as client:
        return bool((await client.status()).leased)


async def test_others_do_what_was_under_way_there_and_what_comes(backends: Backends, own_redis: RedisServer) -> None:
    executors = still, _ = Executor("local"), Executor("local")
    addresses = ",".join(executor.address for executor in executors)
    gateway = Gateway(backends, own_redis.url, EXECUTOR_ADDRESS=f"ipv4:{addresses}", LIMIT_CALL_WALL_S="10")
    async with running(*executors, gateway), httpx.AsyncClient(base_url=gateway.url, timeout=300) as client:

        async def graded(number: int, sleep_s: float) -> Verdict:
            source = f"import time\ntime.sleep({sleep_s})\nNUMBER = {number}\n{TASK.solution}"
            answer = await client.post("/grade", json={"task_id": TASK.id, "source": source})
            assert answer.is_success, answer.text
            return Verdict.model_validate_json(answer.content)

        await graded(0, 0)  # what is found out once about a task is known
        under_way = [asyncio.create_task(graded(number, 2)) for number in range(ATTEMPTS)]
        for executor in executors:
            await until(lambda executor=executor: _leased(executor), "each has some of the attempts")  # type: ignore[misc]
        still.signal(signal.SIGSTOP)
        try:
            verdicts = await asyncio.gather(*under_way, *(graded(ATTEMPTS + number, 0) for number in range(ATTEMPTS)))
        finally:
            still.signal(signal.SIGCONT)
    counts = [verdict.execution_metadata for verdict in verdicts]
    assert all(count.test_passed == count.test_total for count in counts)
