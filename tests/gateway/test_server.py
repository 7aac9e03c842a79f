"""Start, drain, and what a restart keeps."""

import asyncio
import os
import signal
import sys

import httpx
import pytest

from codearena.tasks.faults import TaskError
from gateway.server import GatewayServer, create_app
from gateway.settings import Settings
from tests.fakes import RIGHT, WRONG, FakeExecutor
from tests.gateway.conftest import TASKS


async def test_drain_answers_what_is_in_flight_and_takes_nothing_new(
    settings: Settings, executor: FakeExecutor
) -> None:
    server = GatewayServer(settings)
    url = f"http://127.0.0.1:{await server.start()}"
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        await client.post("/reset", json={"task_id": "easy-1"})
        executor.gate.clear()
        step = asyncio.create_task(client.post("/step", json={"proposed_fix": RIGHT}))
        await executor.arrived(1)
        drained = asyncio.create_task(server.drain())
        while not drained.done():
            try:
                async with httpx.AsyncClient(base_url=url) as other:
                    await other.get("/health")
            except httpx.ConnectError:
                break
        executor.gate.set()
        assert (await step).json()["done"] is True
        await drained


async def test_episode_goes_on_after_a_restart_of_the_gateway(settings: Settings) -> None:
    steps = []
    for fix in (None, WRONG, RIGHT):
        server = GatewayServer(settings)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await server.start()}", timeout=30) as client:
            if fix is None:
                await client.post("/reset", json={"task_id": "easy-1"})
            else:
                steps.append((await client.post("/step", json={"proposed_fix": fix})).json()["observation"]["step"])
        await server.drain()
    assert steps == [1, 2]


async def test_server_leaves_the_signals_to_its_owner(settings: Settings) -> None:
    before = signal.getsignal(signal.SIGTERM)
    server = GatewayServer(settings)
    await server.start()
    assert signal.getsignal(signal.SIGTERM) is before
    await server.drain()


async def test_port_that_is_taken_is_an_error(settings: Settings) -> None:
    server = GatewayServer(settings)
    taken = settings.model_copy(update={"port": await server.start()})
    with pytest.raises(OSError, match="in use"):
        await GatewayServer(taken).start()
    await server.drain()


async def test_tasks_of_which_none_can_be_served_stop_the_start(settings: Settings) -> None:
    for buggy in settings.tasks_dir.glob("*/*/buggy.py"):
        buggy.unlink()
    app = create_app(settings)
    with pytest.raises(TaskError):
        async with app.router.lifespan_context(app):
            pass


async def test_the_command_says_which_tasks_cannot_be_served(settings: Settings) -> None:
    for buggy in settings.tasks_dir.glob("*/*/buggy.py"):
        buggy.unlink()
    environment = os.environ | {"CODEARENA_GATEWAY_TASKS_DIR": str(settings.tasks_dir)}
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway"), env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, told = await command.communicate()
    assert command.returncode == 1
    assert told.startswith(b"cannot serve: ")
    assert all(task_id.encode() in told for _, _, task_id in TASKS)
