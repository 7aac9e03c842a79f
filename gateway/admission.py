"""How many attempts are in the services at once, and how many may wait for that: fairly, owner by owner."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from codearena.errors import DeadlineError, OverloadedError
from codearena.fairness import FairQueue
from gateway import metrics
from gateway.access import caller as callers
from gateway.deadline import Deadline

_RETRY_AFTER_S = 2.0


class Admission:
    """A bounded number of places, and a bounded queue in front of them.

    A place that comes free goes to the owner of API keys whose turn it is, within an owner to the caller whose turn it
    is, and among one caller's to who came first: whoever has a thousand attempts waiting delays another one's only
    attempt by one place, not by a thousand.
    """

    def __init__(self, running: int, waiting: int) -> None:
        self._free = running
        self._may_wait = waiting
        self._queue: FairQueue[asyncio.Future[None]] = FairQueue()
        self._note()

    @contextlib.asynccontextmanager
    async def place(self, deadline: Deadline, caller: str = "") -> AsyncIterator[None]:
        """Holds a place. caller: whom to be fair to among those of the current owner; any text.

        Raises:
            OverloadedError: as many wait already as may.
            DeadlineError: none came free in time.
        """
        if self._free:
            self._free -= 1
        else:
            await self._wait(deadline, caller)
        try:
            with metrics.RUNNING.track_inprogress():
                yield
        finally:
            self._release()

    async def _wait(self, deadline: Deadline, caller: str) -> None:
        if len(self._queue) >= self._may_wait:
            raise OverloadedError(f"{len(self._queue)} attempts are waiting already", retry_after_s=_RETRY_AFTER_S)
        left_s = deadline.left_s()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        path = (callers.current().owner, caller)
        self._queue.push(turn, path)
        self._note()
        try:
            async with asyncio.timeout(left_s):
                await turn
        except BaseException as error:
            self._give_up(turn, path)
            if isinstance(error, TimeoutError):
                raise DeadlineError("no place came free within the attempt's time") from error
            raise

    def _give_up(self, turn: asyncio.Future[None], path: tuple[str, str]) -> None:
        """Leaves the queue; a place that was handed over already goes on to the next."""
        if turn.done() and not turn.cancelled():
            self._release()
        else:
            self._queue.remove(turn, path)
            self._note()

    def _release(self) -> None:
        """Hands the place to whose turn it is, who then goes to the end of the line."""
        while self._queue:
            turn = self._queue.pop()
            self._note()
            if not turn.done():  # else its wait was cancelled, and it has not run since
                turn.set_result(None)
                return
        self._free += 1

    def _note(self) -> None:
        metrics.WAITING.set(len(self._queue))
        metrics.OLDEST.set(self._queue.oldest_since)
