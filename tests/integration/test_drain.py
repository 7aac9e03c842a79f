"""SIGTERM: what is in flight is finished and answered, then the process ends well."""

import asyncio
import signal

import httpx
import pytest

from codearena.models import StepResponse
from codearena.server import rpc
from tests.executor_service import workloads
from tests.integration.executor_client import client_of
from tests.integration.playing import TASKS
from tests.integration.processes import Backends, Executor, Gateway, running
from tests.integration.waiting import until
from tests.redis_servers import RedisServer

pytestmark = pytest.mark.redis
TASK = TASKS["security_bugs-2"]
SLOW_FIX = f"import time\ntime.sleep(4)\n{TASK.solution}"
PATIENT = {"LIMIT_CALL_WALL_S": "10"}  # a gateway's setting, with which that fix is not ended while it sleeps
SLOW_WORKLOAD = workloads.workload("import time\ndef f():\n    time.sleep(2)\n    return 'done'")


async def _leased(executor: Executor) -> bool:
    async with client_of(executor) as client:
        return bool((await client.status()).leased)


@pytest.mark.parametrize("isolation", [pytest.param("container", marks=pytest.mark.docker), "local"])
async def test_an_executor_finishes_the_attempt_in_flight(isolation: str) -> None:
    executor = Executor(isolation)
    async with running(executor), client_of(executor) as client:
        attempt = asyncio.create_task(client.execute(SLOW_WORKLOAD))
        await until(lambda: _leased(executor), "the attempt runs")
        executor.signal(signal.SIGTERM)
        assert (await attempt).calls[0].value.json == b'"done"'
        assert await executor.ended() == 0


async def test_a_gateway_finishes_the_step_in_flight(backends: Backends, own_redis: RedisServer) -> None:
    gateway = Gateway(backends, own_redis.url, **PATIENT)
    successor = Gateway(backends, own_redis.url)
    async with running(gateway), httpx.AsyncClient(timeout=300) as client:
        reset = await client.post(f"{gateway.url}/reset", json={"task_id": TASK.id})
        body = {"episode_id": reset.json()["episode_id"], "proposed_fix": SLOW_FIX}
        step = asyncio.create_task(client.post(f"{gateway.url}/step", json=body))
        await until(lambda: _leased(backends.executor), "the attempt runs")
        gateway.signal(signal.SIGTERM)
        answer = StepResponse.model_validate_json((await step).content)
        assert answer.observation.step == 1
        assert answer.info.execution_metadata is not None
        assert answer.info.execution_metadata.test_passed == answer.info.execution_metadata.test_total
        assert await gateway.ended() == 0
        async with running(successor):
            state = (await client.get(f"{successor.url}/state", params={"episode_id": answer.episode_id})).json()
    assert state["step_count"] == 1


async def test_a_step_that_outlasts_the_drain_is_committed_and_its_retry_gets_the_answer(
    backends: Backends, own_redis: RedisServer
) -> None:
    gateway = Gateway(backends, own_redis.url, DRAIN_S="1", **PATIENT)
    successor = Gateway(backends, own_redis.url, **PATIENT)
    async with running(gateway), httpx.AsyncClient(timeout=300) as client:
        reset = await client.post(f"{gateway.url}/reset", json={"task_id": TASK.id})
        body = {"episode_id": reset.json()["episode_id"], "proposed_fix": SLOW_FIX, "request_id": "one"}
        step = asyncio.create_task(client.post(f"{gateway.url}/step", json=body))
        await until(lambda: _leased(backends.executor), "the attempt runs")
        gateway.signal(signal.SIGTERM)
        cut_off = await step
        assert cut_off.status_code == 503, cut_off.text
        assert "Retry-After" in cut_off.headers
        assert await gateway.ended() == 0
        async with running(successor):
            state = await client.get(f"{successor.url}/state", params={"episode_id": body["episode_id"]})
            again = await client.post(f"{successor.url}/step", json=body)
    assert state.json()["step_count"] == 1
    assert again.json()["observation"]["step"] == 1


async def test_a_draining_executor_does_not_say_that_it_serves() -> None:
    executor = Executor("local")
    async with running(executor), client_of(executor) as client:
        attempt = asyncio.create_task(client.execute(SLOW_WORKLOAD))
        await until(lambda: _leased(executor), "the attempt runs")
        executor.signal(signal.SIGTERM)

        async def not_serving() -> bool:
            return not await rpc.check_health(executor.address)

        await until(not_serving, "health says so")
        await attempt
