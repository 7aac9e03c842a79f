"""Everything, each service a process of its own, started once for many faults."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from tests.executor_service import images
from tests.faults.engine_proxy import EngineProxy
from tests.faults.load import Known, Load, known_verdicts
from tests.integration.processes import Backends, Executor, Gateway, Service, running
from tests.redis_servers import RedisServer

_DEADLINE_S = "6"  # of the gateway: shorter than a fault lasts, so that clients see refusals
_CELL_SETTINGS = {"CELL_ATTEMPTS": "3", "CELL_IDLE_S": "2"}
"""So that cells need new containers while something fails, and that those nobody needs are soon gone."""


@dataclass(frozen=True)
class System:
    """known: what each source of the load gets when nothing fails. proxy: between the executor and its engine."""

    backends: Backends
    client: httpx.AsyncClient
    redis: RedisServer
    proxy: EngineProxy
    known: Known
    load: Load

    async def mend(self) -> None:
        """Starts what a test that failed has left stopped."""
        self.proxy.disk_full = False
        if not self.proxy.listens:
            await self.proxy.listen()
        if not self.redis.answers():
            await asyncio.to_thread(self.redis.start)
        for service in (self.backends.executor, self.backends.judge, self.backends.grader):
            if not service.is_running:
                await service.start()


@asynccontextmanager
async def system(redis: RedisServer, proxy: EngineProxy, isolation: str) -> AsyncIterator[System]:
    """Runs until left. isolation: container or cell; local without an engine, where nobody uses the proxy."""
    executor = _executor(proxy, isolation)
    judge, grader = Service("judge_service", "CODEARENA_JUDGE"), Service("grader_service", "CODEARENA_GRADER")
    backends = Backends(executor, judge, grader)
    with redis.client() as client:
        client.flushall()
    gateway = Gateway(backends, redis.url, ATTEMPT_WAIT_S=_DEADLINE_S, REDIS_TIMEOUT_S="1")
    async with (
        running(executor, judge, grader, gateway),
        httpx.AsyncClient(base_url=gateway.url, timeout=300) as http,
    ):
        yield System(backends, http, redis, proxy, await known_verdicts(http), Load())


def _executor(proxy: EngineProxy, isolation: str) -> Executor:
    if isinstance(images.engine(), str):
        return Executor("local")
    settings = _CELL_SETTINGS if isolation == "cell" else {}
    return Executor(isolation, DOCKER_HOST=proxy.url, REAP_INTERVAL_S="1", **settings)
