"""`cell` isolation: containers that attempts take turns in, each in fresh namespaces and file systems of its own.

A container carries the limits of one attempt and serves one at a time. After a report everything of that attempt dies
and PID 1 of the container, which no attempt can reach, checks that nothing is left before it makes the next runner
(executor_service/runner/cell.py). A container is removed instead of used again after so many attempts, at some age,
and on any doubt: no report, a runner that is not ready again in time, a PID 1 that found something and ended.
Containers that began together do not end together: their bounds are drawn, so that a new one is made while the others
serve.
"""

import asyncio
import logging
import math
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from codearena.errors import SandboxError
from executor_service.isolation import hardening
from executor_service.isolation.base import Isolation, IsolationInfo, IsolationName, Sandbox
from executor_service.isolation.container import ContainerIsolation, ContainerSandbox
from executor_service.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Turn:
    """A container and whose turn it is in it. number: of the attempt, from 1.

    last: number of the last one that gets a turn; until: when none does any more, monotonic.
    """

    container: ContainerSandbox
    number: int
    last: int
    until: float


class CellIsolation(Isolation):
    """Cells in containers of the settings' image on one engine."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
        spread: Callable[[], float] = random.random,
    ) -> None:
        """spread: from 0 to 1: what part of the half of a container's bounds it goes without."""
        self._settings = settings
        self._clock = clock
        self._spread = spread
        lifetime_s = settings.cell_age_s + settings.cell_idle_s + settings.sandbox_age_max_s
        self._containers = ContainerIsolation(settings, hardening.cell_configuration, lifetime_s)
        self._idle: deque[_Turn] = deque()
        self._retiring: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        await self._containers.start()

    async def create(self) -> Sandbox:
        while self._idle:
            turn = self._idle.pop()  # the youngest, so that those nobody needs grow idle
            if turn.container.alive and self._clock() < turn.until:
                return CellSandbox(turn, self._end)
            self._retire_later(turn)
        container = await self._containers.create()
        share = 1 - self._spread() / 2
        last, age_s = math.ceil(share * self._settings.cell_attempts), share * self._settings.cell_age_s
        return CellSandbox(_Turn(container, 1, last, self._clock() + age_s), self._end)

    async def _end(self, turn: _Turn) -> None:
        """After a report: makes room for the next turn, or ends the container."""
        if turn.number >= turn.last or self._clock() >= turn.until:
            await turn.container.retire()
            return
        try:
            following = await _next(turn)
        except SandboxError as error:
            log.info("container %s is not used again: %s", turn.container.sandbox_id[:12], error.detail)
            await turn.container.retire()
            return
        self._idle.append(following)
        asyncio.get_running_loop().call_later(self._settings.cell_idle_s, self._expire, following)

    def _expire(self, turn: _Turn) -> None:
        """Ends a container that nobody had need of."""
        if turn in self._idle:
            self._idle.remove(turn)
            self._retire_later(turn)

    def _retire_later(self, turn: _Turn) -> None:
        task = asyncio.get_running_loop().create_task(self._retire(turn))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _retire(self, turn: _Turn) -> None:
        try:
            await turn.container.retire()
        except SandboxError as error:
            log.warning("container %s left to the reaper: %s", turn.container.sandbox_id[:12], error.detail)

    async def close(self) -> None:
        while self._idle:
            self._expire(self._idle[0])
        if self._retiring:
            await asyncio.wait(self._retiring)
        await self._containers.close()

    def describe(self) -> IsolationInfo:
        return replace(self._containers.describe(), name=IsolationName.CELL)


async def _next(turn: _Turn) -> _Turn:
    """The turn after this one, whose attempt has reported. Raises SandboxError: there is none."""
    await turn.container.renew()
    return replace(turn, number=turn.number + 1)


class CellSandbox(Sandbox):
    """One turn in a container. end: what becomes of the container after a report."""

    def __init__(self, turn: _Turn, end: Callable[[_Turn], Awaitable[None]]) -> None:
        self._container = turn.container
        self._end = end
        self._take(turn)

    def _take(self, turn: _Turn) -> None:
        self._turn = turn
        self._reported = False
        self.sandbox_id = f"{turn.container.sandbox_id}/{turn.number}"
        self.hello = turn.container.hello

    @property
    def alive(self) -> bool:
        return self._container.alive

    def on_lost(self, callback: Callable[[], None]) -> None:
        self._container.on_lost(callback)

    async def run(self, workload: bytes, timeout_s: float) -> bytes:
        report = await self._container.run(workload, timeout_s)
        self._reported = True
        return report

    async def renew(self) -> None:
        self._reported = False
        self._take(await _next(self._turn))

    async def destroy(self) -> None:
        if self._reported:
            self._reported = False
            await self._end(self._turn)
        else:
            await self._container.retire()
