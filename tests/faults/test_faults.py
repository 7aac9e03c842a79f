"""Something of ours fails under load: each attempt is graded right or refused, each step counts once, nothing leaks.

In cells all of it is tried with CODEARENA_TESTS_CELL_FAULTS=1, else one fault.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from executor_service.isolation import owner
from tests.executor_service.images import require_engine
from tests.faults.engine_proxy import engine_proxy
from tests.faults.load import (
    AT_ONCE,
    ATTEMPTS,
    assert_no_step_is_lost_doubled_or_made_up,
    assert_refusals_are_ours,
    play,
)
from tests.faults.moved_clock import MovedClock
from tests.faults.system import System, system
from tests.integration.processes import Service
from tests.integration.waiting import until
from tests.redis_servers import RedisServer

pytestmark = [pytest.mark.redis, pytest.mark.asyncio(loop_scope="module")]
_KILLED = 3  # containers
_DAY_S = 86_400
_CELL = pytest.param("cell", marks=pytest.mark.docker)
_ALL_ON_CELLS = bool(os.environ.get("CODEARENA_TESTS_CELL_FAULTS"))

on_each = pytest.mark.parametrize("isolation", ["container", _CELL], scope="module")
on_containers = on_each if _ALL_ON_CELLS else pytest.mark.parametrize("isolation", ["container"], scope="module")


async def survives(it: System, fault: Callable[[], Awaitable[None]]) -> None:
    """Plays the load with the fault in its middle, and checks what must be."""
    playing = asyncio.create_task(play(it.client, it.load))
    await it.load.until_graded(ATTEMPTS // 4)
    await fault()
    played = await playing
    assert_refusals_are_ours(it.load)
    await assert_no_step_is_lost_doubled_or_made_up(it.client, played, it.known)


async def only_the_pool_is_left(it: System) -> None:
    """Of this executor, and of any that ran before it in its place."""

    async def clean() -> bool:
        isolation = (await it.client.get("/ready")).json()["isolation"]
        return isolation is not None and not isolation["leased"] and _containers(it) == isolation["ready"]

    await until(clean, "only the pool is left")


def _containers(it: System) -> int:
    filters = {"label": [f"{owner.ROLE_LABEL}={owner.ROLE}", f"{owner.PROCESS_LABEL}={it.backends.executor.identity}"]}
    return len(require_engine().containers(all=True, filters=filters))


@on_containers
@pytest.mark.parametrize("service", ["executor", "judge", "grader"])
async def test_a_service_killed_and_started_again(it: System, service: str) -> None:
    victim: Service = getattr(it.backends, service)

    async def fault() -> None:
        await victim.kill()
        await it.load.until_refused(1)
        await victim.start()

    await survives(it, fault)


@on_containers
async def test_redis_killed_and_started_again(it: System) -> None:
    async def fault() -> None:
        it.redis.kill()
        await it.load.until_refused(1)
        await asyncio.to_thread(it.redis.start)

    await survives(it, fault)


@pytest.mark.docker
@on_each
async def test_containers_killed_from_outside(it: System) -> None:
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
@on_containers
async def test_an_engine_that_is_gone_for_a_while(it: System) -> None:
    async def fault() -> None:
        await it.proxy.stop()
        await it.load.until_refused(2)
        await it.proxy.listen()

    await survives(it, fault)
    await only_the_pool_is_left(it)


@pytest.mark.docker
@on_containers
async def test_streams_cut_in_the_middle_of_attempts(it: System) -> None:
    async def fault() -> None:
        for number in range(_KILLED):
            graded = it.load.graded
            it.proxy.cut()
            await it.load.until_graded(min(graded + 1 + number, ATTEMPTS))

    await survives(it, fault)
    await only_the_pool_is_left(it)


@pytest.mark.docker
@on_containers
async def test_an_executor_whose_image_is_missing(it: System, isolation: str) -> None:
    port = str(it.backends.executor.port)
    without_image = {"ISOLATION": isolation, "IMAGE": "codearena-runner:there-is-none", "PORT": port}
    broken = Service("executor_service", "CODEARENA_EXECUTOR", **without_image)

    async def fault() -> None:
        await it.backends.executor.stop()
        with pytest.raises(RuntimeError, match="ended with status 1 while starting"):
            await broken.start()
        await it.load.until_refused(1)
        await it.backends.executor.start()

    await survives(it, fault)


@pytest.mark.docker
@on_containers
async def test_a_full_disk_below_the_engine(it: System) -> None:
    async def fault() -> None:
        it.proxy.disk_full = True
        await it.load.until_refused(2)
        it.proxy.disk_full = False

    await survives(it, fault)
    assert it.proxy.refused > 0
    await only_the_pool_is_left(it)


@pytest.mark.docker
@on_containers
async def test_the_wall_clock_of_every_service_jumps_ahead_and_back(
    isolation: str, own_redis: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = MovedClock(tmp_path)
    for name, value in clock.environment.items():
        monkeypatch.setenv(name, value)
    async with engine_proxy(tmp_path) as proxy, system(own_redis, proxy, isolation) as it:

        async def fault() -> None:
            for jump_s in (_DAY_S, -_DAY_S, 0):
                clock.jump(jump_s)
                await it.load.until_graded(min(it.load.graded + AT_ONCE, ATTEMPTS))

        await survives(it, fault)
        times_s = [event["time_ms"] / 1000 for event in _events(it)]
        assert max(times_s) - min(times_s) > _DAY_S  # it did jump
        await only_the_pool_is_left(it)


def _events(it: System) -> list[dict[str, float]]:
    with it.redis.client() as client:
        [stream] = client.keys("*events*")
        return [json.loads(fields[b"data"]) for _, fields in client.xrange(stream)]
