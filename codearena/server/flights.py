"""The same asked for twice while it is under way is done once; and, if it is kept, not again for some time."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from codearena.errors import ServiceError

V = TypeVar("V")

_KEPT_MAX = 4096


@dataclass
class _Flight(Generic[V]):
    """What is under way. waiters: those who would miss it."""

    task: "asyncio.Future[V]"
    waiters: int = 0


class Flights(Generic[V]):
    """kept_s: how long a result is given again; 0: it is not. clock: monotonic seconds.

    may_keep: whether a result is small enough to be kept beside thousands of others.
    """

    def __init__(
        self,
        kept_s: float,
        clock: Callable[[], float] = time.monotonic,
        may_keep: Callable[[V], bool] = lambda result: True,
    ) -> None:
        self._kept_s = kept_s
        self._may_keep = may_keep
        self._clock = clock
        self._flights: dict[Hashable, _Flight[V]] = {}
        self._kept: OrderedDict[Hashable, tuple[float, V]] = OrderedDict()  # oldest first

    async def result(self, key: Hashable, make: Callable[[], Awaitable[V]], *, keep: bool) -> tuple[V, bool]:
        """What `make` makes, and whether that was another's doing. key: equal keys, equal results.

        It goes on for as long as anybody waits for it. A ServiceError in what another has begun is not one here: it
        is begun again. keep: it may be given again later.

        Raises whatever `make` raises.
        """
        if keep and (kept := self._still_kept(key)) is not None:
            return kept[1], True
        while (flight := self._flights.get(key)) is not None:
            try:
                return await self._wait(key, flight), True
            except ServiceError:
                continue
        flight = self._flights[key] = _Flight(asyncio.ensure_future(make()))
        flight.task.add_done_callback(lambda task: self._landed(key, flight, keep))
        return await self._wait(key, flight), False

    async def _wait(self, key: Hashable, flight: _Flight[V]) -> V:
        flight.waiters += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiters -= 1
            if not flight.waiters and not flight.task.done():
                self._forget(key, flight)
                flight.task.cancel()

    def _forget(self, key: Hashable, flight: _Flight[V]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    def _landed(self, key: Hashable, flight: _Flight[V], keep: bool) -> None:
        self._forget(key, flight)
        if not keep or not self._kept_s or flight.task.cancelled() or flight.task.exception() is not None:
            return
        if self._may_keep(flight.task.result()):
            self._kept[key] = (self._clock() + self._kept_s, flight.task.result())
            self._kept.move_to_end(key)
            if len(self._kept) > _KEPT_MAX:
                self._kept.popitem(last=False)

    def _still_kept(self, key: Hashable) -> tuple[float, V] | None:
        now = self._clock()
        while self._kept and next(iter(self._kept.values()))[0] <= now:
            self._kept.popitem(last=False)
        return self._kept.get(key)
