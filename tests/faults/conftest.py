"""One system, with everything in it that a test may kill, for the tests of a module."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import pytest_asyncio

from tests.faults.engine_proxy import engine_proxy
from tests.faults.load import Load
from tests.faults.system import System, system
from tests.redis_servers import RedisServer


@pytest.fixture(scope="module")
def redis_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Of a test that starts a system of its own."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(
    isolation: str, redis_of_all: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[System]:
    """isolation: a parameter of every test."""
    folder = tmp_path_factory.mktemp("engine")
    async with engine_proxy(folder) as proxy, system(redis_of_all, proxy, isolation) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def it(shared: System) -> System:
    """The running system, with a load of the test's own."""
    await shared.mend()
    return replace(shared, load=Load())
