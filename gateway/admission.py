"""How many attempts are in the services at once, and how many may wait for that."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from codearena.errors import DeadlineError, OverloadedError
from gateway import metrics
from gateway.deadline import Deadline

_RETRY_AFTER_S = 2.0


class Admission:
    """A bounded queue in front of a bounded number of places."""

    def __init__(self, running: int, waiting: int) -> None:
        self._places = asyncio.Semaphore(running)
        self._may_wait = waiting
        self._waiting = 0

    @contextlib.asynccontextmanager
    async def place(self, deadline: Deadline) -> AsyncIterator[None]:
        """Holds a place.

        Raises:
            OverloadedError: as many wait already as may.
            DeadlineError: none came free in time.
        """
        if self._places.locked() and self._waiting >= self._may_wait:
            raise OverloadedError(f"{self._waiting} attempts are waiting already", retry_after_s=_RETRY_AFTER_S)
        self._waiting += 1
        try:
            async with asyncio.timeout(deadline.left_s()):
                await self._places.acquire()
        except TimeoutError as error:
            raise DeadlineError("no place came free within the attempt's time") from error
        finally:
            self._waiting -= 1
        try:
            with metrics.RUNNING.track_inprogress():
                yield
        finally:
            self._places.release()
