"""A gateway killed in the middle of steps: with clients that retry, every step counts exactly once."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx

from gateway.settings import Settings
from tests.fakes import WRONG, FakeExecutor

EPISODES, STEPS = 25, 4


class GatewayProcess:
    """`python -m gateway` on one port, which may be killed and started again. more: settings without their prefix."""

    def __init__(self, settings: Settings, more: Mapping[str, str] | None = None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        values = {
            "PORT": str(self.port),
            "REDIS_URL": settings.redis_url.get_secret_value(),
            "TASKS_DIR": str(settings.tasks_dir),
            "EXECUTOR_ADDRESS": settings.executor_address,
            "JUDGE_ADDRESS": settings.judge_address,
            "GRADER_ADDRESS": settings.grader_address,
            "LOG_LEVEL": "ERROR",
            **(more or {}),
        }
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, **{f"CODEARENA_GATEWAY_{name}": value for name, value in values.items()}}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def start(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-m", "gateway"], env=self._environment)

    async def stop(self, number: signal.Signals) -> int:
        self._process.send_signal(number)
        return await asyncio.to_thread(self._process.wait, 30)


async def _post(client: httpx.AsyncClient, path: str, body: Mapping[str, object]) -> httpx.Response:
    """Sends until it is answered, as a client of ours should."""
    while True:
        try:
            answer = await client.post(path, json=body)
        except httpx.TransportError:
            await asyncio.sleep(0.05)  # the pause of a retry, not a wait for something to have happened
            continue
        if answer.status_code != 503:
            return answer


async def _play(client: httpx.AsyncClient, episode_id: str) -> list[int]:
    await _post(client, "/reset", {"task_id": "easy-1", "episode_id": episode_id, "request_id": "reset"})
    seen = []
    for number in range(STEPS):
        body = {"episode_id": episode_id, "proposed_fix": f"{WRONG} {number}", "request_id": f"step-{number}"}
        answer = await _post(client, "/step", body)
        assert answer.status_code == 200, answer.text
        seen.append(answer.json()["observation"]["step"])
    return seen


async def test_gateway_killed_in_mid_step_loses_and_doubles_none(settings: Settings, executor: FakeExecutor) -> None:
    with GatewayProcess(settings) as gateway:
        url = f"http://127.0.0.1:{gateway.port}"
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            plays = [asyncio.create_task(_play(client, f"e{number}")) for number in range(EPISODES)]
            for killed_after in (20, 50):
                await executor.arrived(killed_after)
                await gateway.stop(signal.SIGKILL)
                gateway.start()
            assert await asyncio.gather(*plays) == [list(range(1, STEPS + 1))] * EPISODES
            for number in range(EPISODES):
                history = (await client.get(f"/episodes/e{number}")).json()
                fixes = [attempt["proposed_fix"] for attempt in history["attempts"]]
                assert fixes == [f"{WRONG} {step}" for step in range(STEPS)]
        assert await gateway.stop(signal.SIGTERM) == 0
