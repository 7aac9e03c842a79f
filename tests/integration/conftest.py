"""The whole of it, really running: started once for all tests where no test stops it."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from codearena.embedded import embedded_gateway
from tests.executor_service.images import require_engine
from tests.integration import processes
from tests.integration.processes import ROOT, Backends
from tests.redis_servers import RedisServer


@pytest.fixture(scope="session", params=[pytest.param("container", marks=pytest.mark.docker), "local"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of everything in one process, once for each isolation."""
    if request.param == "container":
        require_engine()
    with embedded_gateway(request.param, ROOT / "gateway" / "tasks") as url:
        yield url


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    """A plain HTTP client of it."""
    with httpx.Client(base_url=url, timeout=300) as client:
        yield client


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis server that the tests of one module may kill."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def backends() -> AsyncIterator[Backends]:
    """Executor, judge and grader, each a process; on containers where an engine answers."""
    async with processes.backends() as found:
        yield found
