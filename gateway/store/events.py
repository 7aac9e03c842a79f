"""The event stream, read from any place in it. Each reader holds one batch at most, whatever the stream holds.

Readers wait inside Redis, each on a connection of a pool of their own: however many wait, steps find theirs free.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import cast

from codearena.errors import OverloadedError
from gateway.settings import Settings
from gateway.store.connection import connected
from gateway.store.keys import Keys
from gateway.store.translated import translated

_Entries = list[tuple[bytes, dict[bytes, bytes]]]  # each an id and its fields
_Read = list[tuple[bytes, _Entries]]  # stream -> entries

_BATCH = 100
_PACE_S = 0.02  # between two reads: many events then come as few batches
BEFORE_ALL = "0-0"


@dataclass(frozen=True)
class StreamEvent:
    """One entry. event_id: its place; data: JSON."""

    event_id: str
    kind: str
    data: bytes


class EventLog:
    """Reads the stream, and others like it. Every method raises StoreError if Redis does not answer or refuses."""

    def __init__(self, settings: Settings) -> None:
        self._keys = Keys.of(settings)
        self._key = self._keys.events
        self._readers_max = settings.events_readers
        self._readers = 0
        # A wait must end well before the connection's own timeout calls it a failure.
        self._wait_ms = max(1, round(500 * settings.redis_timeout_s))
        self._redis = connected(settings, settings.events_readers)

    async def close(self) -> None:
        await self._redis.aclose()

    async def last_id(self) -> str:
        """Of the newest entry."""
        async with translated():
            newest = await self._redis.xrevrange(self._key, count=1)
        return cast("bytes", newest[0][0]).decode() if newest else BEFORE_ALL

    async def before_last(self, count: int) -> str:
        """Id after which the last `count` entries come."""
        async with translated():
            newest = cast("_Entries", await self._redis.xrevrange(self._key, count=count + 1))
        return newest[count][0].decode() if len(newest) > count else BEFORE_ALL

    async def back(self, before: str | None, count: int) -> list[StreamEvent]:
        """So many entries before that id, the newest first; None: before the end."""
        async with translated():
            end = f"({before}" if before else "+"
            found = cast("_Entries", await self._redis.xrevrange(self._key, end, count=count))
        return _to_events(found)

    def require_place(self) -> None:
        """Raises OverloadedError if there are as many readers as may be."""
        if self._readers >= self._readers_max:
            raise OverloadedError(f"{self._readers} others read the events already")

    async def read(
        self, after: str, until_end: bool, job_id: str | None = None
    ) -> AsyncIterator[Sequence[StreamEvent]]:
        """Batches of what came after that id; an empty one when nothing came for a while.

        until_end: stops at the end of the stream instead of waiting there. job_id: reads the answers of that job.

        Raises:
            OverloadedError: there are as many readers as may be.
        """
        self.require_place()
        self._readers += 1
        key = self._key if job_id is None else self._keys.job(job_id).lines
        try:
            while True:
                batch = await self._batch(key, after, None if until_end else self._wait_ms)
                if until_end and not batch:
                    return
                yield batch
                after = batch[-1].event_id if batch else after
                await asyncio.sleep(0 if until_end else _PACE_S)
        finally:
            self._readers -= 1

    async def _batch(self, key: str, after: str, wait_ms: int | None) -> list[StreamEvent]:
        async with translated(timed=wait_ms is None):
            found = cast("_Read", await self._redis.xread({key: after}, count=_BATCH, block=wait_ms))
        return _to_events([entry for _, stream in found for entry in stream])


def _to_events(entries: _Entries) -> list[StreamEvent]:
    return [StreamEvent(where.decode(), fields[b"kind"].decode(), fields[b"data"]) for where, fields in entries]
