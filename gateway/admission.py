"""How many attempts are in the services at once, and how many may wait for that: fairly, caller by caller."""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator

from codearena.errors import DeadlineError, OverloadedError
from gateway import metrics
from gateway.deadline import Deadline

_RETRY_AFTER_S = 2.0


class Admission:
    """A bounded number of places, and a bounded queue for each caller in front of them.

    A place that comes free goes to the caller whose turn it is, and among one caller's to who came first: a caller with
    a thousand attempts waiting delays another one's only attempt by one place, not by a thousand.
    """

    def __init__(self, running: int, waiting: int) -> None:
        self._free = running
        self._may_wait = waiting
        self._waiting = 0
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @contextlib.asynccontextmanager
    async def place(self, deadline: Deadline, caller: str = "") -> AsyncIterator[None]:
        """Holds a place. caller: whom to be fair to; any text.

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
        if self._waiting >= self._may_wait:
            raise OverloadedError(f"{self._waiting} attempts are waiting already", retry_after_s=_RETRY_AFTER_S)
        left_s = deadline.left_s()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(caller, deque()).append(turn)
        self._waiting += 1
        try:
            async with asyncio.timeout(left_s):
                await turn
        except BaseException as error:
            self._give_up(turn, caller)
            if isinstance(error, TimeoutError):
                raise DeadlineError("no place came free within the attempt's time") from error
            raise
        finally:
            self._waiting -= 1

    def _give_up(self, turn: asyncio.Future[None], caller: str) -> None:
        """Leaves the queue; a place that was handed over already goes on to the next."""
        if turn.done() and not turn.cancelled():
            self._release()
            return
        queue = self._queues.get(caller)
        if queue and turn in queue:
            queue.remove(turn)
            if not queue:
                del self._queues[caller]

    def _release(self) -> None:
        """Hands the place to the caller whose turn it is, who then goes to the end of the line."""
        while self._queues:
            caller, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[caller] = queue
            if not turn.done():  # else its wait was cancelled, and it has not run since
                turn.set_result(None)
                return
        self._free += 1
