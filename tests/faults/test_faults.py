"""Something of ours fails under load: each attempt is graded right or refused, each step counts once, nothing leaks."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from executor_service.isolation import owner
from tests.conftest import RedisServer
from tests.executor_service.images import require_engine
from tests.faults.engine_proxy import EngineProxy, engine_proxy
from tests.faults.load import (
    AT_ONCE,
    ATTEMPTS,
    Load,
    assert_no_step_is_lost_doubled_or_made_up,
    assert_refusals_are_ours,
    known_verdicts,
    play,
)
from tests.faults.moved_clock import MovedClock
from tests.integration.processes import Backends, Executor, Gateway, Service, running
from tests.integration.waiting import until

pytestmark = pytest.mark.redis
_DEADLINE_S = "6"  # of the gateway: shorter than a fault lasts, so that clients see refusals
_KILLED = 3  # containers
_DAY_S = 86_400


@dataclass(frozen=True)
class System:
    """Everything, each service a process of its own."""

    backends: Backends
    client: httpx.AsyncClient
    redis: RedisServer
    load: Load


@asynccontextmanager
async def system(redis: RedisServer, executor: Executor) -> AsyncIterator[System]:
    judge, grader = Service("judge_service", "CODEARENA_JUDGE"), Service("grader_service", "CODEARENA_GRADER")
    backends = Backends(executor, judge, grader)
    with redis.client() as client:
        client.flushall()
    gateway = Gateway(backends, redis.url, ATTEMPT_DEADLINE_S=_DEADLINE_S, REDIS_TIMEOUT_S="1")
    async with (
        running(executor, judge, grader, gateway),
        httpx.AsyncClient(base_url=gateway.url, timeout=300) as http,
    ):
        yield System(backends, http, redis, Load())


async def survives(it: System, fault: Callable[[], Awaitable[None]]) -> None:
    """Plays the load with the fault in its middle, and checks what must be."""
    known = await known_verdicts(it.client)
    playing = asyncio.create_task(play(it.client, it.load))
    await it.load.until_graded(ATTEMPTS // 4)
    await fault()
    played = await playing
    assert_refusals_are_ours(it.load)
    await assert_no_step_is_lost_doubled_or_made_up(it.client, played, known)


async def only_the_pool_is_left(it: System) -> None:
    """Of this executor, and of any that ran before it in its place."""

    async def clean() -> bool:
        isolation = (await it.client.get("/ready")).json()["isolation"]
        return isolation is not None and not isolation["leased"] and _containers(it) == isolation["ready"]

    await until(clean, "only the pool is left")


def _containers(it: System) -> int:
    filters = {"label": [f"{owner.ROLE_LABEL}={owner.ROLE}", f"{owner.PROCESS_LABEL}={it.backends.executor.identity}"]}
    return len(require_engine().containers(all=True, filters=filters))


@pytest.mark.parametrize("service", ["executor", "judge", "grader"])
async def test_a_service_killed_and_started_again(own_redis: RedisServer, service: str) -> None:
    async with system(own_redis, Executor()) as it:
        victim: Service = getattr(it.backends, service)

        async def fault() -> None:
            await victim.kill()
            await it.load.until_refused(1)
            await victim.start()

        await survives(it, fault)


async def test_redis_killed_and_started_again(own_redis: RedisServer) -> None:
    async with system(own_redis, Executor()) as it:

        async def fault() -> None:
            own_redis.kill()
            await it.load.until_refused(1)
            await asyncio.to_thread(own_redis.start)

        await survives(it, fault)


@pytest.mark.docker
async def test_containers_killed_from_outside(own_redis: RedisServer) -> None:
    async with system(own_redis, Executor("container")) as it:
        label = f"{owner.PROCESS_LABEL}={it.backends.executor.identity}"

        def kill_all() -> None:
            engine = require_engine()
            for container in engine.containers(filters={"label": [label]}):
                try:
                    engine.kill(container["Id"])
                except Exception as error:  # noqa: BLE001 - it may end at this moment by itself
                    assert "is not running" in str(error) or "No such container" in str(error), error

        async def fault() -> None:
            for number in range(_KILLED):
                graded = it.load.graded
                await asyncio.to_thread(kill_all)
                await it.load.until_graded(min(graded + 1 + number, ATTEMPTS))

        await survives(it, fault)
        await only_the_pool_is_left(it)


@pytest.mark.docker
async def test_an_engine_that_is_gone_for_a_while(own_redis: RedisServer, tmp_path: Path) -> None:
    async with engine_proxy(tmp_path) as proxy, system(own_redis, _behind(proxy)) as it:

        async def fault() -> None:
            await proxy.stop()
            await it.load.until_refused(2)
            await proxy.listen()

        await survives(it, fault)
        await only_the_pool_is_left(it)


@pytest.mark.docker
async def test_streams_cut_in_the_middle_of_attempts(own_redis: RedisServer, tmp_path: Path) -> None:
    async with engine_proxy(tmp_path) as proxy, system(own_redis, _behind(proxy)) as it:

        async def fault() -> None:
            for number in range(_KILLED):
                graded = it.load.graded
                proxy.cut()
                await it.load.until_graded(min(graded + 1 + number, ATTEMPTS))

        await survives(it, fault)
        await only_the_pool_is_left(it)


def _behind(proxy: EngineProxy) -> Executor:
    return Executor("container", DOCKER_HOST=proxy.url, REAP_INTERVAL_S="1")


@pytest.mark.docker
async def test_an_executor_whose_image_is_missing(own_redis: RedisServer) -> None:
    async with system(own_redis, Executor("container")) as it:
        port = str(it.backends.executor.port)
        without_image = {"ISOLATION": "container", "IMAGE": "codearena-runner:there-is-none", "PORT": port}
        broken = Service("executor_service", "CODEARENA_EXECUTOR", **without_image)

        async def fault() -> None:
            await it.backends.executor.stop()
            with pytest.raises(RuntimeError, match="ended with status 1 while starting"):
                await broken.start()
            await it.load.until_refused(1)
            await it.backends.executor.start()

        await survives(it, fault)


@pytest.mark.docker
async def test_a_full_disk_below_the_engine(own_redis: RedisServer, tmp_path: Path) -> None:
    async with engine_proxy(tmp_path) as proxy, system(own_redis, _behind(proxy)) as it:

        async def fault() -> None:
            proxy.disk_full = True
            await it.load.until_refused(2)
            proxy.disk_full = False

        await survives(it, fault)
        assert proxy.refused > 0
        await only_the_pool_is_left(it)


@pytest.mark.docker
async def test_the_wall_clock_of_every_service_jumps_ahead_and_back(
    own_redis: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = MovedClock(tmp_path)
    for name, value in clock.environment.items():
        monkeypatch.setenv(name, value)
    async with system(own_redis, Executor("container", REAP_INTERVAL_S="1")) as it:

        async def fault() -> None:
            for jump_s in (_DAY_S, -_DAY_S, 0):
                clock.jump(jump_s)
                await it.load.until_graded(min(it.load.graded + AT_ONCE, ATTEMPTS))

        await survives(it, fault)
        with it.redis.client() as client:
            [stream] = client.keys("*events*")
            times_s = [json.loads(fields[b"data"])["time_ms"] / 1000 for _, fields in client.xrange(stream)]
        assert max(times_s) - min(times_s) > _DAY_S  # it did jump
        await only_the_pool_is_left(it)
