"""What a reset shows of the code as given: made ahead, shared by those who wait, and kept for other gateways."""

import asyncio
from pathlib import Path

import httpx

from codearena.errors import SandboxError
from gateway.settings import Settings
from tests.fakes import RIGHT, FakeExecutor
from tests.gateway.conftest import TASKS, Serve
from tests.redis_servers import connect

EASY = {"task_id": "easy-1"}


def made(executor: FakeExecutor) -> list[str]:
    """What workloads that are no attempts were for, in order."""
    return [request.attempt_id.partition("-")[0] for request in executor.requests]


async def log_of(api: httpx.AsyncClient) -> str:
    reset = (await api.post("/reset", json=EASY)).raise_for_status().json()
    return str(reset["observation"]["error_log"])


async def test_tasks_are_ready_before_anybody_resets(serve: Serve, settings: Settings, executor: FakeExecutor) -> None:
    await serve(settings.model_copy(update={"tasks_prepared": len(TASKS)}))
    await executor.asked(3 * len(TASKS))  # the reference's times, the baseline, and what attempts are held to
    assert sorted(set(made(executor))) == ["baseline", "timing"]
    assert made(executor).count("timing") == len(TASKS)


async def test_no_more_tasks_are_made_ready_than_the_settings_say(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"tasks_prepared": 1}))
    await executor.asked(3)
    await api.post("/grade", json=EASY | {"source": RIGHT})  # of the first task in order, about which nothing is left
    assert made(executor)[:3] == ["timing", "baseline", "baseline"]
    assert len(executor.requests) == 4 + bool(executor.requests[-1].workload.reference_source)


async def test_a_server_serves_before_its_tasks_are_ready(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    executor.fail["right"].extend([SandboxError("not yet", retry_after_s=None)] * 1000)
    api = await serve(settings.model_copy(update={"tasks_prepared": len(TASKS), "attempt_wait_s": 0.1}))
    await executor.asked(1)
    assert (await api.get("/health")).status_code == 200
    executor.fail["right"].clear()
    assert "echo(1)" in await log_of(api)


async def test_nothing_is_made_ahead_while_an_attempt_is_under_way(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    await log_of(await serve(settings))
    api = await serve(settings)
    executor.gate.clear()
    attempt = asyncio.create_task(api.post("/grade", json={"task_id": "hard-1", "source": RIGHT}))
    await executor.arrived(1)
    before = made(executor)
    await log_of(api)  # as it is kept; what is made anew has to wait
    await api.get("/health")
    assert made(executor) == before
    executor.gate.set()
    assert (await attempt).json()["solved"] is True
    await executor.asked(len(before) + 3)


async def test_resets_at_once_share_the_work(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    logs = await asyncio.gather(*(log_of(api) for _ in range(8)))
    assert len(set(logs)) == 1
    assert made(executor) == ["timing", "baseline"]


async def test_another_gateway_has_it_at_once(serve: Serve, settings: Settings, executor: FakeExecutor) -> None:
    first = await log_of(await serve(settings))
    await executor.asked(2)
    executor.fail["wrong"].extend([SandboxError("no sandbox")] * 1000)
    assert await log_of(await serve(settings)) == first


async def test_what_another_gateway_made_is_made_anew_once_there_is_nothing_else_to_do(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    await log_of(await serve(settings))
    api = await serve(settings)
    await log_of(api)
    await executor.asked(2 + 3)
    await log_of(api)
    assert made(executor) == ["timing", "baseline", "timing", "baseline", "baseline"]


async def test_a_changed_task_has_a_baseline_of_its_own(
    serve: Serve, settings: Settings, executor: FakeExecutor, tasks_dir: Path
) -> None:
    await log_of(await serve(settings))
    yaml = tasks_dir / "easy" / "easy-1" / "task.yaml"
    yaml.write_text(
        yaml.read_text("utf-8").replace("name: one, args: [1], expect: 1", "name: one, args: [7], expect: 7")
    )
    assert "echo(7)" in await log_of(await serve(settings))


async def test_other_limits_have_baselines_of_their_own(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    await log_of(await serve(settings))
    await log_of(await serve(settings.model_copy(update={"limit_call_cpu_s": 0.5})))
    assert made(executor) == ["timing", "baseline"] * 2


async def test_a_baseline_that_cannot_be_read_is_made(
    serve: Serve, settings: Settings, executor: FakeExecutor, redis_url: str
) -> None:
    first = await log_of(await serve(settings))
    await spoil(redis_url)
    assert await log_of(await serve(settings)) == first
    assert made(executor) == ["timing", "baseline"] * 2


async def spoil(redis_url: str) -> None:
    with connect(redis_url) as redis:
        keys = [*redis.scan_iter("*:baseline:*")]
        assert len(keys) == 1
        redis.set(keys[0], b"not a baseline")


async def test_a_failure_of_ours_is_none_of_the_next_ones(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    executor.fail["wrong"].append(SandboxError("lost", retry_after_s=None))
    assert "echo(1)" in await log_of(api)  # tried again while the wait lasts
