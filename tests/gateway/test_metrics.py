"""What the gateway counts, against a real Redis; and that several worker processes count as one."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families as families

from gateway.settings import Settings
from gateway.store.redis import Store
from gateway.watch import look
from tests.fakes import BROKEN, RIGHT, WRONG, FakeExecutor
from tests.gateway.conftest import Serve
from tests.integration.processes import ROOT, free_port
from tests.integration.waiting import until
from tests.redis_servers import RedisServer


class Counted:
    """How much a series has grown since this was made."""

    def __init__(self, name: str, **labels: str) -> None:
        self._name, self._labels = name, labels
        self._before = self._now()

    def _now(self) -> float:
        return REGISTRY.get_sample_value(self._name, self._labels) or 0.0

    @property
    def more(self) -> float:
        return self._now() - self._before


async def played(api: httpx.AsyncClient, fix: str, **reset: str) -> None:
    """Plays one step of a fresh episode."""
    episode = (await api.post("/reset", json={"task_id": "easy-1", **reset})).json()["episode_id"]
    assert (await api.post("/step", json={"proposed_fix": fix, "episode_id": episode})).is_success


async def test_attempts_and_rewards_are_counted_by_outcome_component_and_level(api: httpx.AsyncClient) -> None:
    broken = Counted("codearena_gateway_attempts_total", verdict="compile_error", level="easy")
    rewards = Counted("codearena_gateway_reward_count", level="easy")
    compiled = Counted("codearena_gateway_reward_component_sum", component="compile_score", level="easy")
    unjudged = Counted("codearena_gateway_reward_component_count", component="llm_quality", level="easy")
    for fix in (BROKEN, RIGHT):
        await api.post("/grade", json={"task_id": "easy-1", "source": fix})
    assert (broken.more, rewards.more, compiled.more) == (1, 2, 1)
    assert unjudged.more <= 2


async def test_episodes_are_counted_when_they_end(api: httpx.AsyncClient) -> None:
    solved = Counted("codearena_gateway_episodes_total", level="easy", end="solved")
    unsolved = Counted("codearena_gateway_episodes_total", level="easy", end="unsolved")
    await played(api, RIGHT)
    await played(api, WRONG)
    assert (solved.more, unsolved.more) == (1, 0)


@pytest.mark.parametrize(("fixes", "varied"), [((RIGHT, RIGHT), 0), ((RIGHT, BROKEN), 1)])
async def test_a_batch_counts_its_groups_and_those_without_variance(
    api: httpx.AsyncClient, fixes: tuple[str, ...], varied: int
) -> None:
    groups, differing = Counted("codearena_gateway_groups_total"), Counted("codearena_gateway_groups_varied_total")
    items = [{"task_id": "easy-1", "source": fix} for fix in fixes] + [{"task_id": "hard-1", "source": RIGHT}]
    await api.post("/grade/batch", json={"items": items})
    assert (groups.more, differing.more) == (1, varied)  # one attempt alone is no group


@pytest.mark.parametrize(("ends", "varied"), [("sss", 0), ("sus", 1), ("usu", 1)])
async def test_a_group_of_episodes_counts_once_whatever_its_size(
    serve: Serve, settings: Settings, ends: str, varied: int
) -> None:
    api = await serve(settings.model_copy(update={"max_steps": 1}))
    groups, differing = Counted("codearena_gateway_groups_total"), Counted("codearena_gateway_groups_varied_total")
    for end in ends:
        await played(api, RIGHT if end == "s" else WRONG, group_id="g")
    assert (groups.more, differing.more) == (1, varied)


async def test_moves_of_the_curriculum_are_counted(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"curriculum_window": 1, "curriculum_up_above": 0.5, "max_steps": 1}))
    up = Counted("codearena_gateway_curriculum_moves_total", direction="up")
    down = Counted("codearena_gateway_curriculum_moves_total", direction="down")
    chosen = Counted("codearena_gateway_curriculum_choices_total", level="medium")
    await played(api, RIGHT, task_id="auto")
    await played(api, BROKEN, task_id="auto")
    assert (up.more, down.more, chosen.more) == (1, 1, 1)


async def test_redis_that_does_not_write_to_its_disk_shows(redis_server: RedisServer, redis_url: str) -> None:
    async with Store(Settings(redis_url=redis_url)) as store:
        await look(store)
        assert REGISTRY.get_sample_value("codearena_gateway_redis_persisting") == 1
        with redis_server.client() as client:
            client.config_set("appendonly", "no")
            await look(store)
            client.config_set("appendonly", "yes")
        assert REGISTRY.get_sample_value("codearena_gateway_redis_persisting") == 0


async def test_redis_that_does_not_answer_shows() -> None:
    async with Store(Settings(redis_url="redis://127.0.0.1:9")) as store:
        await look(store)
    assert REGISTRY.get_sample_value("codearena_gateway_redis_up") == 0


async def test_the_age_of_the_queue_is_that_of_its_oldest(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"attempts_running": 1}))
    await api.post("/reset", json={"task_id": "easy-1"})  # the buggy code's baseline needs no place any more
    executor.gate.clear()
    bodies = [{"task_id": "easy-1", "source": f"{RIGHT} {number}"} for number in range(2)]
    grading = [asyncio.create_task(api.post("/grade", json=body)) for body in bodies]
    oldest = "codearena_gateway_queue_oldest_timestamp_seconds"

    async def waits() -> bool:
        return REGISTRY.get_sample_value("codearena_gateway_queued_attempts") == 1

    await until(waits, "one attempt waits")
    assert 0 < (REGISTRY.get_sample_value(oldest) or 0) < float("inf")
    executor.gate.set()
    await asyncio.gather(*grading)
    assert REGISTRY.get_sample_value(oldest) == float("inf")


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """Where worker processes keep what they count."""
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


@pytest.fixture
async def workers(settings: Settings, shared: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway of two worker processes, with a connection for each request, so that both get some."""
    port = free_port()
    environment = os.environ | {
        "PROMETHEUS_MULTIPROC_DIR": str(shared),
        "CODEARENA_GATEWAY_REDIS_URL": settings.redis_url.get_secret_value(),
        "CODEARENA_GATEWAY_TASKS_DIR": str(settings.tasks_dir),
        "CODEARENA_GATEWAY_EXECUTOR_ADDRESS": settings.executor_address,
        "CODEARENA_GATEWAY_JUDGE_ADDRESS": settings.judge_address,
        "CODEARENA_GATEWAY_GRADER_ADDRESS": settings.grader_address,
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "gateway.server:app_from_environment"]
    command += ["--workers", "2", "--port", str(port), "--log-level", "error"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment)
    limits = httpx.Limits(max_keepalive_connections=0)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=30) as api:
            await until(lambda: _serves(api), "the gateway serves")
            await until(lambda: _asynchronously(len(pids_in(shared)) >= 2), "both workers have begun")
            yield api
    finally:
        process.terminate()
        await process.wait()


def pids_in(shared: Path, kind: str = "counter") -> set[int]:
    """Processes that have left files of the kind there."""
    return {int(path.stem.rpartition("_")[2]) for path in shared.glob(f"{kind}_*.db")}


async def _asynchronously(value: bool) -> bool:
    return value


async def _serves(api: httpx.AsyncClient) -> bool:
    try:
        return (await api.get("/health")).is_success
    except httpx.TransportError:
        return False


async def _sum(api: httpx.AsyncClient, name: str) -> float:
    text = (await api.get("/metrics")).text
    return sum(each.value for family in families(text) for each in family.samples if each.name == name)


async def test_several_worker_processes_count_as_one_and_a_dead_one_takes_nothing_with_it(
    workers: httpx.AsyncClient, shared: Path
) -> None:
    bodies = [{"task_id": "easy-1", "source": f"{RIGHT} {number}"} for number in range(20)]
    answers = await asyncio.gather(*(workers.post("/grade", json=body) for body in bodies))
    assert all(answer.is_success for answer in answers)
    counted = [await _sum(workers, "codearena_gateway_attempts_total") for _ in range(4)]  # whichever worker answers
    assert counted == [20] * 4
    lost = max(pids_in(shared))
    os.kill(lost, signal.SIGKILL)
    await until(lambda: _asynchronously(not Path("/proc", str(lost)).exists()), "it is gone")
    await until(lambda: _serves(workers), "the other serves")
    assert await _sum(workers, "codearena_gateway_attempts_total") == 20
    assert lost not in pids_in(shared, "gauge_live*")
