"""Each service as a process of its own, as in production: started, asked to stop, or killed, by its process id."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from codearena.server import rpc
from executor_service.isolation.owner import process_identity
from tests.executor_service import images
from tests.integration.waiting import PATIENCE_S, until
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
_LOOPBACK = "127.0.0.1"


class Service:
    """`python -m <package>` on one port, which it keeps when it is started again.

    settings: without the prefix, e.g. REDIS_URL. environment: that of the next start.
    """

    def __init__(self, package: str, prefix: str, **settings: str) -> None:
        self.port = free_port()
        self.address = f"{_LOOPBACK}:{self.port}"
        self._package = package
        values = {"HOST": _LOOPBACK, "PORT": str(self.port), "LOG_LEVEL": "ERROR", **settings}
        self.environment = os.environ | {f"{prefix}_{name}": value for name, value in values.items()}
        self._process: subprocess.Popen[bytes] | None = None
        self.log: Path | None = None
        """Where what it writes to stderr goes; None: to ours."""

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def started(self) -> bool:
        """Whether it ever was."""
        return self._process is not None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def start(self, patience_s: float = PATIENCE_S) -> None:
        """Returns when it serves. Raises TimeoutError if it does not for so long."""
        self._spawn()
        await until(self._serves_or_ended, f"{self._package} serves", patience_s)
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"{self._package} ended with status {self._process.returncode} while starting")

    def _spawn(self) -> None:
        command = [sys.executable, "-m", self._package]
        with contextlib.ExitStack() as stack:
            log = stack.enter_context(self.log.open("ab")) if self.log else None
            self._process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=log)

    async def _serves_or_ended(self) -> bool:
        assert self._process is not None
        return self._process.poll() is not None or await self._serves()

    async def _serves(self) -> bool:
        return await rpc.check_health(self.address)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Waits for the process to end; its exit status."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, PATIENCE_S)

    async def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        await self.ended()

    async def stop(self) -> None:
        """Asks it to stop, and kills it if it does not; fine if it has ended."""
        if not self.is_running:
            return
        self.signal(signal.SIGTERM)
        try:
            await self.ended()
        except subprocess.TimeoutExpired:
            await self.kill()


class Executor(Service):
    """On containers where an engine answers, else local, unless `isolation` says so."""

    def __init__(self, isolation: str = "", **settings: str) -> None:
        isolation = isolation or ("local" if isinstance(images.engine(), str) else "container")
        if isolation != "local":
            settings["IMAGE"] = images.runner_image()
        super().__init__("executor_service", "CODEARENA_EXECUTOR", ISOLATION=isolation, **settings)

    @property
    def identity(self) -> str:
        """The label by which its containers are told from those of other executors, while it runs."""
        identity = process_identity(self.pid)
        assert identity is not None
        return identity


class Gateway(Service):
    """The gateway in front of some backends."""

    def __init__(self, backends: "Backends", redis_url: str, **settings: str) -> None:
        found = {
            "REDIS_URL": redis_url,
            "TASKS_DIR": str(ROOT / "gateway" / "tasks"),
            "EXECUTOR_ADDRESS": backends.executor.address,
            "JUDGE_ADDRESS": backends.judge.address,
            "GRADER_ADDRESS": backends.grader.address,
        }
        super().__init__("gateway", "CODEARENA_GATEWAY", **(found | settings))
        self.url = f"http://{self.address}"

    async def _serves(self) -> bool:
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"{self.url}/ready", timeout=10)).is_success
            except httpx.TransportError:
                return False


@dataclass(frozen=True)
class Backends:
    """The services that a gateway needs."""

    executor: Executor
    judge: Service
    grader: Service


@asynccontextmanager
async def running(*services: Service) -> AsyncIterator[None]:
    """All of them started; none of them is left."""
    try:
        for service in services:
            await service.start()
        yield
    finally:
        for service in reversed(services):
            await service.stop()


@asynccontextmanager
async def backends() -> AsyncIterator[Backends]:
    """An executor, a judge and a grader that run."""
    found = Backends(
        executor=Executor(),
        judge=Service("judge_service", "CODEARENA_JUDGE"),
        grader=Service("grader_service", "CODEARENA_GRADER"),
    )
    async with running(found.executor, found.judge, found.grader):
        yield found
