"""A real executor behind the filtering proxy grades as ever; whoever holds that socket can do nothing else."""

import asyncio
import json
import socket
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import docker
import docker.errors
import pytest

from executor_service import codec
from executor_service.isolation.container import ContainerIsolation
from executor_service.settings import Settings
from tests.executor_service import images, workloads
from tests.executor_service.isolation.test_allowed import sandbox
from tests.integration.waiting import until

pytestmark = pytest.mark.docker
_ENGINE = Path("/var/run/docker.sock")
_PING = b"GET /_ping HTTP/1.1\r\nHost: e\r\n\r\n"


@pytest.fixture
async def filtered(tmp_path: Path) -> AsyncIterator[Path]:
    """The proxy's socket."""
    listen = tmp_path / "docker.sock"
    options = ["--engine", str(_ENGINE), "--listen", str(listen)]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "executor_service.engine_proxy", *options)

    async def listens() -> bool:
        return await asyncio.to_thread(listen.exists)

    await until(listens, "the proxy listens")
    yield listen
    process.terminate()
    await process.wait()


@pytest.fixture
def client(filtered: Path) -> Iterator[docker.APIClient]:
    client = docker.APIClient(base_url=f"unix://{filtered}", version="auto")
    yield client
    client.close()


@pytest.fixture
def engine() -> docker.APIClient:
    """Past the proxy."""
    return images.require_engine()


async def test_sandboxes_are_made_used_and_removed_through_it(filtered: Path) -> None:
    settings = Settings(docker_host=f"unix://{filtered}", image=images.runner_image())
    isolation = ContainerIsolation(settings)
    await isolation.start()
    sandbox = await isolation.create()
    try:
        report = await sandbox.run(codec.encode_workload(workloads.workload("def f():\n    return 42\n")), 60)
        assert b"42" in report
    finally:
        await sandbox.destroy()
        await isolation.close()


@pytest.mark.parametrize("how", [{"Privileged": True}, {"Binds": ["/:/host"]}, {"NetworkMode": "host"}])
async def test_a_container_that_could_do_more_is_refused(client: docker.APIClient, how: dict[str, object]) -> None:
    asked = sandbox() | {"Image": images.runner_image()}
    asked["HostConfig"] |= how
    with pytest.raises(docker.errors.APIError) as refused:
        await asyncio.to_thread(client.create_container_from_config, asked)
    assert refused.value.status_code == 403


async def test_another_ones_container_cannot_be_touched_or_looked_at(
    client: docker.APIClient, engine: docker.APIClient
) -> None:
    name = f"codearena-test-{uuid.uuid4().hex}"
    other = engine.create_container(images.runner_image(), name=name)["Id"]
    try:
        for touch in (client.inspect_container, client.start, client.remove_container):
            for named in (other, name):
                with pytest.raises(docker.errors.APIError) as refused:
                    await asyncio.to_thread(touch, named)
                assert refused.value.status_code == 403
    finally:
        engine.remove_container(other)


async def test_no_second_request_hides_behind_one_that_may_be_made(
    filtered: Path, client: docker.APIClient, engine: docker.APIClient
) -> None:
    name = f"codearena-test-{uuid.uuid4().hex}"
    ours = await asyncio.to_thread(client.create_container_from_config, sandbox() | {"Image": images.runner_image()})
    hidden = _request(
        f"containers/create?name={name}", {"Image": images.runner_image(), "HostConfig": {"Privileged": True}}
    )
    # Without an upgrade, and to one that is not there: the engine then takes what follows for a request.
    firsts = [_PING]
    firsts += [_attach(each) for each in (ours["Id"], "0" * 64)]
    try:
        for first in firsts:
            await asyncio.to_thread(_send, filtered, first + hidden)
        assert engine.containers(all=True, filters={"name": name}) == []
    finally:
        engine.remove_container(ours["Id"])


async def test_the_hidden_request_would_be_served_without_the_proxy(engine: docker.APIClient) -> None:
    name = f"codearena-test-{uuid.uuid4().hex}"
    hidden = _request(f"containers/create?name={name}", {"Image": images.runner_image()})
    await asyncio.to_thread(_send, _ENGINE, _PING + hidden)
    (made,) = engine.containers(all=True, filters={"name": name})
    engine.remove_container(made["Id"])


def _request(target: str, body: dict[str, object]) -> bytes:
    text = json.dumps(body).encode()
    head = f"POST /v1.41/{target} HTTP/1.1\r\nHost: e\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text


def _attach(container: str) -> bytes:
    return f"POST /v1.41/containers/{container}/attach?stream=1 HTTP/1.1\r\nHost: e\r\n\r\n".encode()


def _send(path: Path, data: bytes) -> bytes:
    """What comes back until the other side closes."""
    answer = b""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(path))
        connection.sendall(data)
        while part := connection.recv(65536):
            answer += part
    return answer
