"""How many attempts are in the services at once, and how many may wait for that: fairly, owner by owner."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection

from codearena.errors import DeadlineError, OverloadedError
from codearena.server.fairness import Competition, FairQueue
from gateway import metrics
from gateway.attempt.proposal import Ticket

_RETRY_AFTER_S = 2.0
_LATELY_S = 10.0
_RESERVED = 8  # of so many places one is for owners that hold none, while several compete


class Admission:
    """A bounded number of places, and a bounded queue in front of them.

    A place that comes free goes to the owner of API keys whose turn it is, within an owner to the caller whose turn it
    is, and among one caller's to who came first: whoever has a thousand attempts waiting delays another one's only
    attempt by one place, not by a thousand.
    """

    def __init__(self, running: int, waiting: int, on_change: Callable[[], None] = lambda: None) -> None:
        """on_change: called when others wait than before."""
        self._on_change = on_change
        self._free = running
        self._reserve = running // _RESERVED
        self._competition = Competition(_LATELY_S)
        self._may_wait = waiting
        self._queue: FairQueue[tuple[asyncio.Future[None], str]] = FairQueue()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    @property
    def oldest_since(self) -> float:
        """Since when the one waits that has waited longest; infinite: none does."""
        return self._queue.oldest_since

    @contextlib.asynccontextmanager
    async def place(self, ticket: Ticket) -> AsyncIterator[None]:
        """Holds a place.

        Raises:
            OverloadedError: as many wait already as may.
            DeadlineError: none came free in time.
        """
        owner = ticket.owner
        self._competition.asks(owner)
        if self._may_enter(owner):
            self._enter(owner)
        else:
            await self._wait(ticket)
        try:
            with metrics.RUNNING.track_inprogress():
                yield
        finally:
            self._release(owner)

    def _may_enter(self, owner: str) -> bool:
        kept = self._reserve if self._competition.going_on and self._competition.holds_some(owner) else 0
        return self._free > kept

    def _enter(self, owner: str) -> None:
        self._free -= 1
        self._competition.takes(owner)

    async def _wait(self, ticket: Ticket) -> None:
        if len(self._queue) >= self._may_wait:
            raise OverloadedError(f"{len(self._queue)} attempts are waiting already", retry_after_s=_RETRY_AFTER_S)
        left_s = ticket.patience.left_s()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        path = (ticket.owner, ticket.caller)
        self._queue.push((turn, ticket.owner), path)
        self._hand_out()  # those who came first may wait for what is not kept for this one
        try:
            with ticket.patience.waiting():
                async with asyncio.timeout(left_s):
                    await turn
        except BaseException as error:
            self._give_up(turn, path)
            if isinstance(error, TimeoutError):
                raise DeadlineError("no place came free for as long as the attempt may wait") from error
            raise

    def _give_up(self, turn: asyncio.Future[None], path: tuple[str, str]) -> None:
        """Leaves the queue; a place that was handed over already goes on to the next."""
        owner, _ = path
        if turn.done() and not turn.cancelled():
            self._release(owner)
        else:
            self._queue.remove((turn, owner), path)
            self._on_change()

    def _release(self, owner: str) -> None:
        """Hands the place to whose turn it is, who then goes to the end of the line."""
        self._free += 1
        self._competition.gives_back(owner)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._free:
            try:
                turn, waiting = self._queue.pop(self._may_enter)
            except IndexError:
                break
            if not turn.done():  # else its wait was cancelled, and it has not run since
                self._enter(waiting)
                turn.set_result(None)
        self._on_change()


class Admissions:
    """Places and a queue for each isolation, so that one whose executors are down holds up nobody but who named it.

    named: isolations that a request may name.
    """

    def __init__(self, running: int, waiting: int, named: Collection[str]) -> None:
        self._of = {name: Admission(running, waiting, self._note) for name in ("", *named)}
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._note()

    @contextlib.asynccontextmanager
    async def place(self, ticket: Ticket) -> AsyncIterator[None]:
        """A place among those of the ticket's isolation. Raises what an Admission raises."""
        self._under_way += 1
        self._idle.clear()
        try:
            async with self._of.get(ticket.isolation, self._of[""]).place(ticket):
                yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def idle(self) -> None:
        """Returns when nobody holds a place or waits for one."""
        await self._idle.wait()

    def _note(self) -> None:
        metrics.WAITING.set(sum(each.waiting for each in self._of.values()))
        metrics.OLDEST.set(min(each.oldest_since for each in self._of.values()))
