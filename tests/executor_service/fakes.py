"""An isolation without processes, whose sandboxes do what the test says."""

import asyncio
from collections.abc import Callable
from itertools import count

from codearena.errors import SandboxError
from executor_service.isolation.base import Hello, Isolation, IsolationInfo, IsolationName, Sandbox


class FakeSandbox(Sandbox):
    """Lives until `die` or `destroy`."""

    def __init__(self, number: int, removal: asyncio.Event) -> None:
        self.sandbox_id = f"fake-{number}"
        self.hello = Hello("fake")
        self._removal = removal
        self._alive = True
        self._lost: Callable[[], None] = lambda: None
        self.gone = asyncio.Event()

    @property
    def alive(self) -> bool:
        return self._alive

    def on_lost(self, callback: Callable[[], None]) -> None:
        self._lost = callback

    def die(self) -> None:
        self._alive = False
        self._lost()

    async def run(self, workload: bytes, timeout_s: float) -> bytes:
        return workload

    async def renew(self) -> None:
        raise SandboxError("nobody can be sure of it")

    async def destroy(self) -> None:
        await self._removal.wait()
        self.gone.set()

    @property
    def destroyed(self) -> bool:
        return self.gone.is_set()


class FakeIsolation(Isolation):
    """Makes sandboxes as `permits` are released; fails while `broken`."""

    def __init__(self) -> None:
        self.made: list[FakeSandbox] = []
        self.broken = False
        self.attempts_to_make = 0
        self.making = 0
        self.most_at_once = 0
        self.permits = asyncio.Semaphore(10_000)
        self.removal = asyncio.Event()
        self.removal.set()
        self._numbers = count()

    async def start(self) -> None:
        pass

    async def create(self) -> Sandbox:
        self.attempts_to_make += 1
        self.making += 1
        self.most_at_once = max(self.most_at_once, self.making)
        try:
            await self.permits.acquire()
        finally:
            self.making -= 1
        if self.broken:
            raise SandboxError("broken on purpose")
        sandbox = FakeSandbox(next(self._numbers), self.removal)
        self.made.append(sandbox)
        return sandbox

    async def close(self) -> None:
        pass

    def describe(self) -> IsolationInfo:
        return IsolationInfo(IsolationName.LOCAL)

    @property
    def existing(self) -> list[FakeSandbox]:
        return [sandbox for sandbox in self.made if not sandbox.destroyed]
