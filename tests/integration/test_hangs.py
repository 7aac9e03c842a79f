"""Attempts that hang beside honest ones of the same caller: they do not hold the sandboxes that these wait for."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from codearena.tasks.folder import load_tasks
from tests.executor_service.images import require_engine, runner_image
from tests.exploits.server import ROOT, running

LEASES = 4
HONEST = load_tasks(ROOT / "gateway" / "tasks")["easy-1"].solution
SLEEP = "import time\n\n\ndef average_list(numbers):\n    time.sleep(1000)\n"
LOOP = "def average_list(numbers):\n    while True:\n        pass\n"
ISOLATIONS = ["local", *(pytest.param(name, marks=pytest.mark.docker) for name in ("container", "cell"))]


@pytest.fixture(scope="module", params=ISOLATIONS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of everything in one process. What sleeps does so for minutes, far longer than these tests look at it."""
    environment = {
        "CODEARENA_EXECUTOR_POOL_LEASES": str(LEASES),
        "CODEARENA_EXECUTOR_ATTEMPT_WALL_S": "3000",
        "CODEARENA_GATEWAY_LIMIT_CALL_WALL_S": "100",
    }
    folder = tmp_path_factory.mktemp("hangs")
    shutil.copytree(ROOT / "gateway" / "tasks" / "easy", folder / "tasks" / "easy")
    with (folder / "tasks" / "easy" / "easy-1" / "task.yaml").open("a", encoding="utf-8") as task:
        task.write("limits: {call_wall_s: 100.0, attempt_wall_s: 250.0}\n")
    if request.param != "local":
        require_engine()
        environment["CODEARENA_EXECUTOR_IMAGE"] = runner_image()
    with running(request.param, folder, folder / "tasks", **environment) as server:
        yield server.url


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=300, trust_env=False, limits=limits) as client:
        await reward(client, HONEST, "warm")
        yield client


async def reward(client: httpx.AsyncClient, source: str, name: object) -> float:
    answer = await client.post("/grade", json={"task_id": "easy-1", "source": f"{source}\n# {name}\n"})
    return float(answer.raise_for_status().json()["reward"])


async def metric(client: httpx.AsyncClient, series: str) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{series} "))


async def under_way(client: httpx.AsyncClient) -> float:
    """Attempts that have a sandbox or wait for one."""
    waiting = await metric(client, "codearena_executor_queued_attempts")
    return waiting + await metric(client, 'codearena_executor_sandboxes{state="leased"}')


async def test_honest_attempts_are_graded_before_a_crowd_that_came_first_and_sleeps(client: httpx.AsyncClient) -> None:
    crowd = [asyncio.create_task(reward(client, SLEEP, f"crowd {number}")) for number in range(2 * LEASES)]
    try:
        async with asyncio.timeout(60):
            while await under_way(client) < len(crowd):
                pass
        rewards = [await reward(client, HONEST, number) for number in range(3)]
        assert rewards == [0.99] * 3
        assert not any(sleeper.done() for sleeper in crowd)
        assert await metric(client, "codearena_executor_aside_attempts") >= 1
        assert await metric(client, "codearena_executor_outlived_total") >= 1
    finally:
        for sleeper in crowd:  # whoever hangs up frees the sandbox
            sleeper.cancel()
        await asyncio.wait(crowd)


async def test_what_hangs_is_graded_though_honest_attempts_keep_coming(client: httpx.AsyncClient) -> None:
    crowd = [asyncio.create_task(reward(client, LOOP, f"loop {number}")) for number in range(2 * LEASES)]

    async def honest(name: str) -> list[float]:
        found = []
        while not all(loop.done() for loop in crowd):
            found.append(await reward(client, HONEST, f"{name} {len(found)}"))
        return found

    found = await asyncio.gather(*(honest(f"caller {number}") for number in range(2)))
    assert {each for rewards in found for each in rewards} <= {0.99}
    assert all(loop.result() < 0.3 for loop in crowd)
