"""The executor's life cycle: the only place that constructs."""

import asyncio
import logging

from codearena.server import rpc
from codearena.v1 import executor_pb2_grpc
from executor_service.attempts import Attempts
from executor_service.capacity import PoolLimits
from executor_service.isolation.base import Isolation, IsolationName
from executor_service.isolation.choice import choose
from executor_service.pool import Pool
from executor_service.servicer import SERVICE, Servicer
from executor_service.settings import Settings
from executor_service.sharing import Shares

log = logging.getLogger(__name__)


class ExecutorServer:
    """The executor in one event loop. isolation: started; else the one that the settings name."""

    def __init__(self, settings: Settings, isolation: Isolation | None = None) -> None:
        self._settings = settings
        self._given = isolation

    async def start(self) -> int:
        """Starts the isolation, begins to fill the pool, and serves; returns the bound port.

        Raises:
            SandboxError: no sandbox can be made here.
        """
        settings = self._settings
        self._isolation = self._given or await choose(settings)
        self._pool = Pool(self._isolation, _pool_limits(settings, self._isolation), on_health=self._set_serving)
        attempts = Attempts(self._pool, self._isolation, settings)
        servicer = Servicer(attempts, self._pool, min(settings.pool_leases, settings.pool_max), self.serving)
        self._server = rpc.Server(
            [SERVICE], lambda server: executor_pb2_grpc.add_ExecutorServiceServicer_to_server(servicer, server)
        )
        try:
            port = await self._server.start(f"{settings.host}:{settings.port}", settings.tls_folder)
        except RuntimeError:  # the port is taken
            await self._isolation.close()
            raise
        self._pool.start()
        await self._server.set_serving(True)
        info = self._isolation.describe()
        log.info("serving on port %d, isolation %s %s", port, info.name, info.runtime)
        return port

    def _set_serving(self, able: bool) -> None:
        """An executor that cannot make sandboxes says so by health, and callers go to another."""
        log.log(logging.INFO if able else logging.ERROR, "sandboxes can %s be made", "again" if able else "no longer")
        self._health = asyncio.get_running_loop().create_task(self._server.set_serving(able))

    async def serving(self) -> bool:
        """What its health says."""
        return await self._server.serving()

    async def drain(self) -> None:
        """Not serving by health, what is in flight finishes within the time, then every sandbox is destroyed."""
        await self._server.drain(self._settings.drain_s)
        await self._pool.close()
        await self._isolation.close()


def _pool_limits(settings: Settings, isolation: Isolation) -> PoolLimits:
    leases = min(settings.pool_leases, settings.pool_max)
    # A container takes as long as many attempts, so that bursts need a stock of them. The others are made in no time.
    stock = isolation.describe().name == IsolationName.CONTAINER
    maximum = settings.pool_max if stock else leases
    return PoolLimits(
        minimum=min(settings.pool_min, maximum),
        maximum=maximum,
        leases=leases,
        start_concurrency=settings.pool_start_concurrency,
        waiting=settings.queue_max,
        ready_age_s=settings.pool_ready_age_s,
        shrink_s=settings.pool_shrink_s,
        shares=Shares(
            reserve=min(settings.pool_reserve, maximum - 1),
            start_concurrency=settings.pool_start_concurrency_shared,
            leases=settings.pool_leases_shared,
        ),
    )
