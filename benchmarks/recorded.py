"""The four services without a sandbox: each workload runs once for real, and from then on its report is played back.

What is left is what the services themselves cost. `python -m benchmarks.recorded STATE_FOLDER` serves until SIGTERM.
"""

import argparse
import hashlib
import itertools
from collections.abc import Callable
from pathlib import Path

import uvloop
from pydantic import SecretStr

from codearena.server import rpc, telemetry
from codearena.server.state import URL_FILE
from executor_service.isolation.base import Hello, Isolation, IsolationInfo, Sandbox
from executor_service.isolation.local import LocalIsolation
from executor_service.server import ExecutorServer
from executor_service.settings import Settings as ExecutorSettings
from gateway.local_redis import LocalRedis
from gateway.server import GatewayServer
from gateway.settings import Settings as GatewaySettings
from grader_service.server import GraderServer
from grader_service.settings import Settings as GraderSettings
from judge_service.server import JudgeServer
from judge_service.settings import Settings as JudgeSettings

REDIS_FILE = "redis-url"
"""File in the state folder: where the state is."""
_LOOPBACK = "127.0.0.1"


class RecordedSandbox(Sandbox):
    """Answers a workload that was seen before at once, and any other by a real sandbox."""

    def __init__(self, number: int, inner: Isolation, reports: dict[bytes, bytes], hello: Hello) -> None:
        self.sandbox_id = f"recorded-{number}"
        self._inner = inner
        self._reports = reports
        self.hello = hello

    @property
    def alive(self) -> bool:
        return True

    def on_lost(self, callback: Callable[[], None]) -> None:
        pass

    async def run(self, workload: bytes, timeout_s: float) -> bytes:
        key = hashlib.sha256(workload).digest()
        if key not in self._reports:
            sandbox = await self._inner.create()
            try:
                self._reports[key] = await sandbox.run(workload, timeout_s)
            finally:
                await sandbox.destroy()
        return self._reports[key]

    async def renew(self) -> None:
        pass

    async def destroy(self) -> None:
        pass


class RecordedIsolation(Isolation):
    """Sandboxes that share one memory of reports."""

    def __init__(self, inner: Isolation) -> None:
        self._inner = inner
        self._numbers = itertools.count(1)
        self._reports: dict[bytes, bytes] = {}
        self._hello = Hello("recorded")

    async def start(self) -> None:
        await self._inner.start()

    async def create(self) -> Sandbox:
        return RecordedSandbox(next(self._numbers), self._inner, self._reports, self._hello)

    async def close(self) -> None:
        await self._inner.close()

    def describe(self) -> IsolationInfo:
        return self._inner.describe()


async def serve(state: Path) -> None:
    """Serves until the process is asked to stop. state: gets the data, the log, and the URL when it serves."""
    isolation = RecordedIsolation(LocalIsolation(ExecutorSettings()))
    await isolation.start()
    redis = LocalRedis(state / "redis")
    executor = ExecutorServer(ExecutorSettings(host=_LOOPBACK, port=0), isolation)
    redis_url = await redis.start()
    (state / REDIS_FILE).write_text(redis_url, "utf-8")
    judge, grader = JudgeServer(JudgeSettings(port=0)), GraderServer(GraderSettings(port=0))
    settings = GatewaySettings(
        port=0,
        redis_url=SecretStr(redis_url),
        executor_address=rpc.in_process(await executor.start()),
        judge_address=rpc.in_process(await judge.start()),
        grader_address=rpc.in_process(await grader.start()),
        cases_fixed=True,  # else hardly a workload comes twice, and what is measured is sandboxes
        verdicts_kept_s=0,  # else the same source again is not even graded
    )
    gateway = GatewayServer(settings)
    port = await gateway.start()
    (state / URL_FILE).write_text(f"http://{_LOOPBACK}:{port}", "utf-8")
    await rpc.until_terminated()
    for server in (gateway, executor, judge, grader):
        await server.drain()
    await redis.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    options = parser.parse_args()
    telemetry.configure_logging("recorded", "INFO")
    uvloop.run(serve(options.state))


if __name__ == "__main__":
    main()
