"""Bounded concurrency: so many at once, so many waiting, the rest refused."""

import asyncio
import math
import time
from collections import OrderedDict
from types import TracebackType

from codearena.errors import OverloadedError
from judge_service import metrics


class Gate:
    """`async with gate:` holds one of `places`; entering waits in a queue of at most `queue_length`.

    Raises OverloadedError, which tells to retry after `retry_after_s`, if the queue is full.
    """

    def __init__(self, places: int, queue_length: int, retry_after_s: float) -> None:
        self._places = asyncio.Semaphore(places)
        self._queue_length = queue_length
        self._retry_after_s = retry_after_s
        self._since: OrderedDict[object, float] = OrderedDict()  # of those who wait, by when they came
        self.inside = 0
        self._note()

    @property
    def waiting(self) -> int:
        return len(self._since)

    async def __aenter__(self) -> None:
        if self._places.locked() and self.waiting >= self._queue_length:
            raise OverloadedError("the judge's queue is full", retry_after_s=self._retry_after_s)
        place = object()
        self._since[place] = time.time()
        self._note()
        try:
            await self._places.acquire()
        finally:
            del self._since[place]
            self._note()
        self.inside += 1
        self._note()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.inside -= 1
        self._note()
        self._places.release()

    def _note(self) -> None:
        metrics.WAITING.set(len(self._since))
        metrics.OLDEST.set(next(iter(self._since.values()), math.inf))
        metrics.RUNNING.set(self.inside)
