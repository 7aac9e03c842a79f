"""The store's tests are for one server and for a cluster alike."""

import pytest

from tests.conftest import empty_redis


@pytest.fixture(params=["server", "cluster"])
def redis_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database."""
    return empty_redis(request, request.param)
