"""Fixtures that more than one package's tests share."""

import functools
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.redis_servers import RedisServer, RedisShards

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


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_shards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisShards]:
    shards = RedisShards(tmp_path_factory.mktemp("shards"))
    yield shards
    shards.stop()


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database; of a cluster where CODEARENA_TESTS_REDIS=cluster."""
    return empty_redis(request, os.environ.get("CODEARENA_TESTS_REDIS", "server"))


def empty_redis(request: pytest.FixtureRequest, kind: str) -> str:
    """URL of a server or a cluster that is empty."""
    redis: RedisServer | RedisShards = request.getfixturevalue(
        {"server": "redis_server", "cluster": "redis_shards"}[kind]
    )
    redis.empty()
    return redis.url
