"""A training run outlives the services that it uses."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

pytest.importorskip("trl", reason="needs requirements/train.lock: make test-train")

from codearena.sdk.client import CodeArena
from tests.integration.processes import Backends, Executor, Gateway, Service, running
from tests.integration.waiting import until
from tests.train.test_trl import train

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.redis]  # of the training libraries, about each other


async def test_an_executor_killed_in_mid_attempt_does_not_stop_the_run(
    redis_url: str, tiny_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = Backends(
        executor=Executor("local"),
        judge=Service("judge_service", "CODEARENA_JUDGE"),
        grader=Service("grader_service", "CODEARENA_GRADER"),
    )
    gateway = Gateway(services, redis_url, METRICS_ACCESS="open")
    loop, asked, graded = asyncio.get_running_loop(), asyncio.Event(), []
    grade_batch = CodeArena.grade_batch

    def seen(self: CodeArena, items: Any, **more: Any) -> Any:
        if not graded:
            services.executor.signal(signal.SIGSTOP)  # takes attempts, and answers none
            loop.call_soon_threadsafe(asked.set)
        graded.append(grade_batch(self, items, **more))
        return graded[-1]

    monkeypatch.setattr(CodeArena, "grade_batch", seen)
    async with running(services.executor, services.judge, services.grader, gateway):
        training = asyncio.create_task(asyncio.to_thread(train, gateway.url, tiny_model, tmp_path))
        await asked.wait()
        await until(lambda: _attempts_running(gateway.url), "an attempt is at the executor")
        await services.executor.kill()
        await services.executor.start()
        steps = await training
    assert len(steps) == len(graded) == 2, graded
    for step, verdicts in zip(steps, graded, strict=True):
        assert step["reward"] == pytest.approx(sum(each.reward for each in verdicts) / len(verdicts), abs=1e-4)


async def _attempts_running(url: str) -> bool:
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"{url}/metrics")).text
    [line] = [line for line in text.splitlines() if line.startswith("codearena_gateway_attempts_running ")]
    return float(line.split()[-1]) > 0
