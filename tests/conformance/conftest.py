"""One arena for each isolation: the executor's own way from a workload to a report, without gRPC around it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Literal

import pytest
import pytest_asyncio

from codearena.v1 import common_pb2, executor_pb2
from executor_service.attempts import Attempts
from executor_service.capacity import PoolLimits
from executor_service.isolation.base import IsolationName
from executor_service.isolation.choice import choose
from executor_service.pool import Pool
from executor_service.settings import MIB, Settings
from tests.executor_service import workloads
from tests.executor_service.images import require_engine, runner_image

POOL = PoolLimits(minimum=2, maximum=4, leases=4, start_concurrency=2, waiting=8, ready_age_s=600, shrink_s=600)
ONE_AFTER_THE_OTHER = replace(POOL, minimum=1, maximum=1)
"""For cells: so that the attempts of the list take turns in one container."""
HONEST = workloads.workload(
    "import os\n"
    "def f(x):\n"
    "    print('working on', x)\n"
    "    return [x + 1, sorted(os.listdir('/tmp/attempt')) if os.path.isdir('/tmp/attempt') else [], os.getcwd()]\n",
    [workloads.call("f", 1, call_id="first"), workloads.call("f", 2, call_id="second")],
)
"""Run after every attempt of the list. Its report must not depend on what ran before."""


def essence(report: executor_pb2.Report) -> list[tuple[str, str, bytes, bytes]]:
    """What of a report must be the same each time: everything but times, sizes and the sandbox's id."""
    return [
        (call.call_id, common_pb2.CallStatus.Name(call.status), call.value.json, call.stdout.head)
        for call in report.calls
    ]


@dataclass
class Arena:
    """Executes workloads in one isolation. honest: the essence of HONEST's report when nothing had run before."""

    name: IsolationName
    attempts: Attempts
    pool: Pool
    honest: list[tuple[str, str, bytes, bytes]]
    degradations: tuple[str, ...]

    async def execute(self, workload: executor_pb2.Workload) -> executor_pb2.Report:
        return await self.attempts.execute(executor_pb2.AttemptRequest(attempt_id="conformance", workload=workload))

    async def call(
        self, source: str | bytes, *args: object, bounds: common_pb2.Limits | None = None
    ) -> common_pb2.CallOutcome:
        """The outcome of one call of f in `source`."""
        report = await self.execute(workloads.workload(source, [workloads.call("f", *args)], bounds=bounds))
        assert report.status == executor_pb2.ATTEMPT_STATUS_RAN, report
        return report.calls[0]

    def require_namespaces(self) -> None:
        """Skips where the host refuses namespaces to local isolation; the reports say so too."""
        for degradation in self.degradations:
            if degradation.startswith("no namespaces"):
                pytest.skip(degradation)


def _settings(name: str) -> Settings:
    if name == "local":
        return Settings(isolation="local", memory_bytes=256 * MIB)
    require_engine()
    isolation: Literal["container", "cell"] = "cell" if name == "cell" else "container"
    return Settings(isolation=isolation, image=runner_image(), memory_bytes=256 * MIB)


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[*(pytest.param(name, marks=pytest.mark.docker) for name in ("container", "cell")), "local"],
)
async def arena(request: pytest.FixtureRequest) -> AsyncIterator[Arena]:
    settings = _settings(request.param)
    isolation = await choose(settings)
    pool = Pool(isolation, ONE_AFTER_THE_OTHER if request.param == "cell" else POOL)
    pool.start()
    attempts = Attempts(pool, isolation, settings)
    info = isolation.describe()
    honest = essence(await attempts.execute(executor_pb2.AttemptRequest(attempt_id="control", workload=HONEST)))
    yield Arena(info.name, attempts, pool, honest, info.degradations)
    await pool.close()
    await isolation.close()


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def the_next_attempt_is_graded_as_if_nothing_had_been(arena: Arena) -> AsyncIterator[None]:
    """After each attempt of the list."""
    yield
    assert essence(await arena.execute(HONEST)) == arena.honest
