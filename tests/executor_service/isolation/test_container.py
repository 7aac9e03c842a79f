"""Against a real engine, with a runner that does what the test says."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import docker
import pytest
import uvloop

from codearena.errors import SandboxError
from executor_service import causes, codec, reports
from executor_service.causes import Cause
from executor_service.isolation import hardening, owner
from executor_service.isolation.base import Sandbox, SandboxLostError
from executor_service.isolation.container import ContainerIsolation
from executor_service.runner.revision import runner_revision
from executor_service.settings import MIB, Settings
from tests.executor_service import workloads
from tests.executor_service.images import REPOSITORY, require_engine, scripted_image
from tests.faults.engine_proxy import engine_proxy
from tests.integration.waiting import until

pytestmark = pytest.mark.docker


@pytest.fixture
def client() -> docker.APIClient:
    return require_engine()


def settings(**changes: object) -> Settings:
    return Settings(image=scripted_image(), memory_bytes=64 * MIB, **changes)  # type: ignore[arg-type]


@pytest.fixture
async def isolation(client: docker.APIClient) -> AsyncIterator[ContainerIsolation]:
    isolation = ContainerIsolation(settings())
    await isolation.start()
    yield isolation
    await isolation.close()


@pytest.fixture
async def sandbox(isolation: ContainerIsolation) -> AsyncIterator[Sandbox]:
    sandbox = await isolation.create()
    yield sandbox
    await sandbox.destroy()


def exists(client: docker.APIClient, container_id: str) -> bool:
    return any(entry["Id"] == container_id for entry in client.containers(all=True))


async def run(sandbox: Sandbox, order: str, timeout_s: float = 60) -> bytes:
    return await sandbox.run(codec.encode_workload(workloads.workload(order)), timeout_s)


async def cause(sandbox: Sandbox, order: str, timeout_s: float = 60) -> Cause:
    with pytest.raises(SandboxLostError) as lost:
        await run(sandbox, order, timeout_s)
    return causes.rule(lost.value.evidence).cause


async def test_a_ready_container_takes_a_workload_and_gives_a_report(sandbox: Sandbox) -> None:
    report = reports.decode_report(await run(sandbox, "honest"), workloads.workload("honest"))
    assert report.calls[0].value.json == b"42"
    assert sandbox.hello.revision.startswith(runner_revision().partition("-")[0])


async def test_a_destroyed_container_is_gone_from_the_engine(
    isolation: ContainerIsolation, client: docker.APIClient
) -> None:
    sandbox = await isolation.create()
    assert exists(client, sandbox.sandbox_id)
    await run(sandbox, "honest")
    await sandbox.destroy()
    assert not exists(client, sandbox.sandbox_id)
    await sandbox.destroy()


async def test_a_sandbox_out_of_memory_is_the_attempts(sandbox: Sandbox) -> None:
    assert await cause(sandbox, "oom") is Cause.MEMORY


async def test_a_runner_that_exits_without_a_report_is_ours(sandbox: Sandbox) -> None:
    assert await cause(sandbox, "exit 3") is Cause.EXITED


async def test_a_container_killed_from_outside_is_ours(sandbox: Sandbox, client: docker.APIClient) -> None:
    running = asyncio.create_task(cause(sandbox, "silent"))
    await asyncio.to_thread(client.kill, sandbox.sandbox_id)
    assert await running is Cause.KILLED


async def test_a_container_removed_from_outside_is_ours(sandbox: Sandbox, client: docker.APIClient) -> None:
    running = asyncio.create_task(cause(sandbox, "silent"))
    await asyncio.to_thread(client.remove_container, sandbox.sandbox_id, force=True)
    assert not (await running).is_the_attempts


async def test_a_runner_that_does_not_report_is_ours(sandbox: Sandbox) -> None:
    assert await cause(sandbox, "silent", timeout_s=0.1) is Cause.SILENT


@pytest.mark.parametrize("order", ["too long", "junk"])
async def test_a_stream_that_carries_no_report_is_ours_and_given_up_at_once(sandbox: Sandbox, order: str) -> None:
    assert await cause(sandbox, order) is Cause.CORRUPT


async def test_noise_on_stderr_does_not_reach_the_report(sandbox: Sandbox) -> None:
    assert reports.decode_report(await run(sandbox, "stderr"), workloads.workload("stderr")).calls


async def test_a_ready_container_that_dies_is_noticed(sandbox: Sandbox, client: docker.APIClient) -> None:
    lost = asyncio.Event()
    sandbox.on_lost(lost.set)
    await asyncio.to_thread(client.kill, sandbox.sandbox_id)
    await asyncio.wait_for(lost.wait(), 30)
    assert not sandbox.alive


async def test_destroying_in_mid_attempt_removes_the_container(
    isolation: ContainerIsolation, client: docker.APIClient
) -> None:
    sandbox = await isolation.create()
    running = asyncio.create_task(run(sandbox, "silent"))
    await asyncio.sleep(0)
    running.cancel()
    await sandbox.destroy()
    assert not exists(client, sandbox.sandbox_id)


async def test_an_image_that_is_missing_is_said_by_name(client: docker.APIClient) -> None:
    isolation = ContainerIsolation(Settings(image="codearena-no-such-image:x"))
    with pytest.raises(SandboxError, match="codearena-no-such-image:x"):
        await isolation.start()
    await isolation.close()


async def test_an_engine_that_does_not_answer_is_ours() -> None:
    isolation = ContainerIsolation(Settings(docker_host="unix:///nowhere.sock"))
    with pytest.raises(SandboxError, match=r"no engine at /nowhere\.sock"):
        await isolation.start()
    await isolation.close()


async def test_a_container_that_cannot_start_is_ours_and_leaves_nothing(client: docker.APIClient) -> None:
    isolation = ContainerIsolation(settings(runtime="no-such-runtime"))
    await isolation.start()
    with pytest.raises(SandboxError):
        await isolation.create()
    instance = isolation._owner.instance
    assert client.containers(all=True, filters={"label": f"{owner.OWNER_LABEL}={instance}"}) == []
    await isolation.close()


async def test_an_image_with_another_versions_runner_is_said_by_name_and_leaves_nothing(
    client: docker.APIClient,
) -> None:
    def of_another_version(*arguments: Any) -> dict[str, Any]:
        return {**hardening.configuration(*arguments), "Env": ["REVISION=another-py3.11.0"]}

    isolation = ContainerIsolation(settings(), of_another_version)
    await isolation.start()
    with pytest.raises(SandboxError, match=r"codearena-scripted-runner:\S+ holds another version's runner"):
        await isolation.create()
    instance = isolation._owner.instance
    assert client.containers(all=True, filters={"label": f"{owner.OWNER_LABEL}={instance}"}) == []
    await isolation.close()


_OWNER_PROGRAM = """
import asyncio, sys
from executor_service.isolation.container import ContainerIsolation
from executor_service.settings import MIB, Settings

async def main():
    isolation = ContainerIsolation(Settings(image=sys.argv[1], memory_bytes=64 * MIB))
    await isolation.start()
    sandboxes = [await isolation.create() for _ in range(2)]
    print(*[sandbox.sandbox_id for sandbox in sandboxes], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_after_a_killed_executor_no_container_runs_and_the_next_one_removes_the_rest(
    client: docker.APIClient,
) -> None:
    program = [sys.executable, "-c", _OWNER_PROGRAM, scripted_image()]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    process = await asyncio.create_subprocess_exec(*program, stdout=subprocess.PIPE, env=environment)
    assert process.stdout
    ids = (await process.stdout.readline()).decode().split()
    assert len(ids) == 2
    process.send_signal(signal.SIGKILL)
    await process.communicate()
    for container_id in ids:
        client.wait(container_id, timeout=30)  # ends by itself: its stdin closed
    isolation = ContainerIsolation(settings())
    await isolation.start()
    assert not any(exists(client, container_id) for container_id in ids)
    await isolation.close()


def test_it_works_on_uvloop_too() -> None:
    async def attempt() -> bytes:
        isolation = ContainerIsolation(settings())
        await isolation.start()
        sandbox = await isolation.create()
        try:
            return await run(sandbox, "honest")
        finally:
            await sandbox.destroy()
            await isolation.close()

    assert reports.decode_report(uvloop.run(attempt()), workloads.workload("honest")).calls[0].value.json == b"42"


async def test_a_container_that_the_engine_makes_after_it_was_given_up_is_removed(
    client: docker.APIClient, tmp_path: Path
) -> None:
    before = int(time.time())

    def made() -> int:
        filters = {"type": "container", "event": "create", "label": label}
        return len(list(client.events(since=before, until=int(time.time()) + 1, filters=filters, decode=True)))

    async def all_are_made() -> bool:
        return await asyncio.to_thread(made) == 3

    async def nothing_is_left() -> bool:
        return not await asyncio.to_thread(client.containers, all=True, filters={"label": [label]})

    async with engine_proxy(tmp_path) as proxy:
        isolation = ContainerIsolation(settings(docker_host=proxy.url, reap_interval_s=0.1, pool_ready_age_s=3600))
        label = f"{owner.OWNER_LABEL}={isolation._owner.instance}"
        await isolation.start()
        proxy.hangs_up = True
        for _ in range(3):
            with pytest.raises(SandboxError):
                await isolation.create()
        assert proxy.refused == 3
        await until(all_are_made, "the engine has made them nevertheless")
        await until(nothing_is_left, "all are removed")
        await isolation.close()
