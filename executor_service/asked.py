"""What one attempt asks the executor for: workloads, each once the one before has its answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from codearena.v1 import executor_pb2
from executor_service import codec


@dataclass(frozen=True)
class Asked:
    """A workload to run. wait_s: longest wait for a sandbox; None: as long as it takes. since: when this was asked."""

    attempt_id: str
    workload: executor_pb2.Workload
    wait_s: float | None
    since: float


class AskedInTurn:
    """The workloads of one attempt, in their order. To be closed in the end. requests: read by this alone."""

    def __init__(
        self, requests: AsyncIterator[executor_pb2.AttemptRequest], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._requests = requests
        self._clock = clock
        self._coming: asyncio.Future[Asked | None] | None = None

    async def current(self, within_s: float) -> Asked | None:
        """The one that has no answer yet. None: no other is asked for, or none was within that time.

        Cancelling it loses none.
        """
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._next())
        if not self._coming.done():
            await asyncio.wait([self._coming], timeout=within_s)
        return self._coming.result() if self._coming.done() else None

    @property
    def known(self) -> Asked | None:
        """The current one, if it is there."""
        return self._coming.result() if self._coming and self._coming.done() else None

    def answered(self) -> None:
        """The current one has its answer."""
        self._coming = None

    async def aclose(self) -> None:
        """Waits for no other."""
        if self._coming and self._coming.cancel():
            await asyncio.wait([self._coming])

    async def _next(self) -> Asked | None:
        async for request in self._requests:
            wait_s = codec.seconds(request.wait) if request.HasField("wait") else None
            return Asked(request.attempt_id, request.workload, wait_s, self._clock())
        return None
