"""Bounded concurrency: so many at once, so many waiting in turns, the rest refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from codearena.errors import OverloadedError
from codearena.server.fairness import FairPlaces
from judge_service import metrics


class Gate(FairPlaces):
    """So many `places` at once, and a queue of at most `queue_length` in front of them, in which callers take turns.

    work: names what waits, in metrics; each: the most places that one caller holds, None: all of them.
    """

    def __init__(
        self, work: str, places: int, queue_length: int, retry_after_s: float, each: int | None = None
    ) -> None:
        super().__init__(places, self._note, each)
        self._work = work
        self._queue_length = queue_length
        self._retry_after_s = retry_after_s
        self._note()

    @asynccontextmanager
    async def place(self, caller: str = "") -> AsyncIterator[None]:
        """Holds a place. caller: whom to be fair to; any text.

        Raises:
            OverloadedError: as many wait as may; it tells to retry after `retry_after_s`.
        """
        if not self.at_once(caller) and self.waiting >= self._queue_length:
            raise OverloadedError("the judge's queue is full", retry_after_s=self._retry_after_s)
        async with super().place(caller):
            yield

    def _note(self) -> None:
        metrics.WAITING.labels(self._work).set(self.waiting)
        metrics.OLDEST.labels(self._work).set(self.oldest_since)
        metrics.RUNNING.labels(self._work).set(self.held)
