"""Everything as processes of their own, two of each service, which are killed at random and started again."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import RedisServer
from tests.integration.processes import Backends, Executor, Gateway, Service

REPLICAS = 2
_LOOK_S = 0.5
_PATIENCE_S = 900.0  # nine processes start at once, on a machine that may have other work


@dataclass(frozen=True)
class Kill:
    """One that was killed. at: epoch seconds; back_s: until it served again, None: it did not until the end."""

    name: str
    at: float
    back_s: float | None


@dataclass
class Deployment:
    """Redis and two of each service. The first of each is never killed, so that its memory can be followed.

    kills: what chaos did; ended: replicas that ended by themselves, which none should. failed_starts: of those that
    ended before they served. downs: those that are down now, and since when. over: once set, nobody is killed any more.
    """

    redis: RedisServer
    services: Mapping[str, Service]
    temporary: Path
    kills: list[Kill] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    failed_starts: int = 0
    downs: dict[str, float] = field(default_factory=dict)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def urls(self) -> list[str]:
        return [service.url for service in self.services.values() if isinstance(service, Gateway)]

    @property
    def spared(self) -> dict[str, Service]:
        """Those that chaos leaves alone."""
        return {name: service for name, service in self.services.items() if name.endswith("-1")}

    async def kill(self, name: str) -> None:
        """kill -9, and the start of its successor, which is waited for."""
        self.downs[name] = at = time.time()
        if name == "redis":
            await asyncio.to_thread(self.redis.kill)
            await asyncio.to_thread(self.redis.start)
        else:
            await self.services[name].kill()
            await self.start(name)
        del self.downs[name]
        self.kills.append(Kill(name, at, time.time() - at))

    async def chaos(self, every_s: float, chance: random.Random) -> None:
        """Kills one that serves, at random times, until it is over and all serve again. Redis is one of ten."""
        async with asyncio.TaskGroup() as restarts:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.over.wait(), every_s * chance.uniform(0.5, 1.5))
                    return
                victims = [name for name in self.services if name not in self.spared and name not in self.downs]
                chosen = "redis" if chance.random() < 0.1 and not self.downs else chance.choice(victims or [""])
                if chosen:
                    restarts.create_task(self.kill(chosen))

    async def supervise(self) -> None:
        """Starts again what ended by itself, until it is cancelled."""
        while True:
            await asyncio.sleep(_LOOK_S)
            for name, service in self.services.items():
                if name not in self.downs and not service.is_running:
                    self.ended.append(name)
                    self.downs[name] = time.time()
                    await self.start(name)
                    del self.downs[name]

    async def start(self, name: str) -> None:
        """Until it serves. One that ends while it starts, because it got no CPU in time, is started again."""
        while True:
            try:
                return await self.services[name].start(_PATIENCE_S)
            except RuntimeError:
                self.failed_starts += 1


@asynccontextmanager
async def deployed(isolation: str, folder: Path, tasks: Path) -> AsyncIterator[Deployment]:
    """Everything serves; nothing of it is left. folder: for Redis' data, logs and temporary files."""
    data, temporary = folder / "redis", folder / "tmp"
    for each in (data, temporary):
        each.mkdir(parents=True)
    common = {"LOG_LEVEL": "ERROR"}
    backends = [_backends(isolation, common) for _ in range(REPLICAS)]
    found: dict[str, Service] = {}
    for number, each in enumerate(backends, start=1):
        found |= {f"{name}-{number}": service for name, service in vars(each).items()}
    addresses = {f"{kind.upper()}_ADDRESS": _listed(found, kind) for kind in ("executor", "judge", "grader")}
    redis = RedisServer(data)
    for number, each in enumerate(backends, start=1):
        found[f"gateway-{number}"] = Gateway(
            each, redis.url, TASKS_DIR=str(tasks), CASES_FIXED="true", KEY_CONCURRENT="4096", **addresses, **common
        )
    for name, service in found.items():
        service.log = folder / f"{name}.log"
        service.environment["TMPDIR"] = str(temporary)
    deployment = Deployment(redis, found, temporary)
    try:
        for some in (list(found)[:-REPLICAS], list(found)[-REPLICAS:]):
            await asyncio.gather(*(deployment.start(name) for name in some))
        yield deployment
    finally:
        await asyncio.gather(*(service.stop() for service in reversed(found.values())))
        with contextlib.suppress(Exception):
            redis.stop()


def _backends(isolation: str, common: Mapping[str, str]) -> Backends:
    return Backends(
        executor=Executor(isolation, **common),
        # As little as is full before memory is looked at, so that what grows is no cache.
        judge=Service("judge_service", "CODEARENA_JUDGE", CACHE_ENTRIES="512", **common),
        grader=Service("grader_service", "CODEARENA_GRADER", **common),
    )


def _listed(services: Mapping[str, Service], kind: str) -> str:
    return "ipv4:" + ",".join(service.address for name, service in services.items() if name.startswith(kind))
