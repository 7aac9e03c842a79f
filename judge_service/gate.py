"""Bounded concurrency: so many at once, so many waiting, the rest refused."""

import asyncio
from types import TracebackType

from codearena.errors import OverloadedError


class Gate:
    """`async with gate:` holds one of `places`; entering waits in a queue of at most `queue_length`.

    Raises OverloadedError, which tells to retry after `retry_after_s`, if the queue is full.
    """

    def __init__(self, places: int, queue_length: int, retry_after_s: float) -> None:
        self._places = asyncio.Semaphore(places)
        self._queue_length = queue_length
        self._retry_after_s = retry_after_s
        self.waiting = 0
        self.inside = 0

    async def __aenter__(self) -> None:
        if self._places.locked() and self.waiting >= self._queue_length:
            raise OverloadedError("the judge's queue is full", retry_after_s=self._retry_after_s)
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        self.inside += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.inside -= 1
        self._places.release()
