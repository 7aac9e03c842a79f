"""A Redis server that a test may kill."""

from collections.abc import Iterator

import pytest

from tests.conftest import RedisServer


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()
