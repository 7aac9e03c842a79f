"""With the real launcher and runner on this host."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvloop

from codearena.errors import SandboxError
from codearena.v1 import common_pb2
from executor_service import causes, codec, reports
from executor_service.causes import Cause
from executor_service.isolation.base import Sandbox, SandboxLostError
from executor_service.isolation.choice import choose
from executor_service.isolation.local import LocalIsolation
from executor_service.settings import Settings
from tests.executor_service import workloads

HONEST = workloads.workload("def f(): return 42")
HANGS = workloads.workload(
    "def f():\n    while True: pass", bounds=workloads.limits(call_cpu_s=60, call_wall_s=60, attempt_wall_s=60)
)


@pytest.fixture
async def isolation() -> AsyncIterator[LocalIsolation]:
    isolation = LocalIsolation(Settings())
    await isolation.start()
    yield isolation
    await isolation.close()


@pytest.fixture
async def sandbox(isolation: LocalIsolation) -> AsyncIterator[Sandbox]:
    sandbox = await isolation.create()
    yield sandbox
    await sandbox.destroy()


def pid_of(sandbox: Sandbox) -> int:
    return int(sandbox.sandbox_id.partition("-")[0])


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def launcher_pid(isolation: LocalIsolation) -> int:
    assert isolation._launcher
    return isolation._launcher.process.pid


async def test_a_forked_runner_takes_a_workload_and_gives_a_report(sandbox: Sandbox) -> None:
    report = reports.decode_report(await sandbox.run(codec.encode_workload(HONEST), 60), HONEST)
    assert report.calls[0].status == common_pb2.CALL_STATUS_RETURNED
    assert report.calls[0].value.json == b"42"


async def test_what_is_missing_is_said(isolation: LocalIsolation, caplog: pytest.LogCaptureFixture) -> None:
    assert isolation.describe().degradations


async def test_a_destroyed_sandbox_has_no_process_left(isolation: LocalIsolation) -> None:
    sandbox = await isolation.create()
    running = asyncio.create_task(sandbox.run(codec.encode_workload(HANGS), 60))
    await asyncio.sleep(0)
    running.cancel()
    await sandbox.destroy()
    assert not is_running(pid_of(sandbox))
    await sandbox.destroy()


async def test_a_runner_killed_from_outside_is_ours(sandbox: Sandbox) -> None:
    running = asyncio.create_task(sandbox.run(codec.encode_workload(HANGS), 60))
    await asyncio.sleep(0)
    os.kill(pid_of(sandbox), signal.SIGKILL)
    with pytest.raises(SandboxLostError) as lost:
        await running
    assert causes.rule(lost.value.evidence).cause is Cause.KILLED


async def test_a_ready_runner_that_dies_is_noticed(sandbox: Sandbox) -> None:
    lost = asyncio.Event()
    sandbox.on_lost(lost.set)
    os.kill(pid_of(sandbox), signal.SIGKILL)
    await asyncio.wait_for(lost.wait(), 10)
    assert not sandbox.alive


async def test_a_launcher_that_dies_is_started_again(isolation: LocalIsolation) -> None:
    first = launcher_pid(isolation)
    os.kill(first, signal.SIGKILL)
    assert isolation._launcher
    await isolation._launcher.process.wait()
    async with asyncio.timeout(30):
        while True:
            try:
                sandbox = await isolation.create()
                break
            except SandboxError:  # until its end has been noticed
                await asyncio.sleep(0)
    assert launcher_pid(isolation) != first
    await sandbox.destroy()


async def test_closing_ends_the_launcher() -> None:
    isolation = LocalIsolation(Settings())
    await isolation.start()
    pid = launcher_pid(isolation)
    await isolation.close()
    assert not is_running(pid)


async def test_auto_falls_back_to_local_and_says_why(caplog: pytest.LogCaptureFixture) -> None:
    isolation = await choose(Settings(isolation="auto", image="codearena-no-such-image:x"))
    try:
        assert isolation.describe().name == "local"
        assert "local instead of container" in caplog.text
    finally:
        await isolation.close()


async def test_container_is_never_quietly_replaced_by_less() -> None:
    with pytest.raises(SandboxError):
        await choose(Settings(isolation="container", image="codearena-no-such-image:x"))


def test_it_works_on_uvloop_too() -> None:
    async def attempt() -> bytes:
        isolation = LocalIsolation(Settings())
        await isolation.start()
        sandbox = await isolation.create()
        try:
            return await sandbox.run(codec.encode_workload(HONEST), 60)
        finally:
            await sandbox.destroy()
            await isolation.close()

    assert reports.decode_report(uvloop.run(attempt()), HONEST).calls[0].value.json == b"42"
