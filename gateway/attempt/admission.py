"""How many attempts are in the services at once, and how many may wait for that: fairly, owner by owner."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection

from codearena.errors import DeadlineError
from codearena.server.fairness import Competition, FairPlaces
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
        self._reserve = running // _RESERVED
        self._competition = Competition(_LATELY_S)
        self.places = FairPlaces(
            running, on_change, keeps=self._kept_from, most_waiting=waiting, retry_after_s=_RETRY_AFTER_S
        )

    @contextlib.asynccontextmanager
    async def place(self, ticket: Ticket) -> AsyncIterator[None]:
        """Holds a place.

        Raises:
            OverloadedError: as many wait already as may.
            DeadlineError: none came free in time.
        """
        self._competition.asks(ticket.owner)
        async with contextlib.AsyncExitStack() as held:
            try:
                async with asyncio.timeout(ticket.patience.remaining_s):
                    with ticket.patience.waiting():
                        await held.enter_async_context(self.places.place(ticket.owner, ticket.caller))
            except TimeoutError as error:
                raise DeadlineError("no place came free for as long as the attempt may wait") from error
            with metrics.RUNNING.track_inprogress():
                yield

    def _kept_from(self, owner: str) -> int:
        return self._reserve if self._competition.going_on and self.places.holds(owner) else 0


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
        metrics.WAITING.set(sum(each.places.waiting for each in self._of.values()))
        metrics.OLDEST.set(min(each.places.oldest_since for each in self._of.values()))
