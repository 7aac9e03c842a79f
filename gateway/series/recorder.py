"""Adds what this process counted to the history, every second and whenever somebody asks for it."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator
from typing import Self

from codearena.errors import StoreError
from gateway.series.tally import Tally
from gateway.store.records import Counted
from gateway.store.series import SeriesStore

log = logging.getLogger(__name__)

_EVERY_S = 1.0


class Recorder:
    """Writes the tally. What could not be written is kept and written first, under its number, and so counts once."""

    def __init__(self, tally: Tally, store: SeriesStore) -> None:
        self._tally = tally
        self._store = store
        self._sender = uuid.uuid4().hex
        self._number = 0
        self._unsent = Counted()
        self._writing = asyncio.Lock()

    async def write(self) -> None:
        """Adds all that was counted until now. Raises StoreError; what is not written then is with the next call."""
        async with self._writing:
            await self._send()
            self._unsent = self._tally.take()
            self._number += 1
            await self._send()

    async def _send(self) -> None:
        if self._unsent:
            await self._store.add(self._sender, self._number, self._unsent)
            self._unsent = Counted()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Within it the history is at most a second behind; at its end all is written."""
        writing = asyncio.create_task(self._write_always())
        try:
            yield self
        finally:
            writing.cancel()
            await asyncio.wait([writing])
            await self._tried()

    async def _write_always(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            await self._tried()

    async def _tried(self) -> None:
        try:
            await self.write()
        except StoreError as error:
            log.warning("the history is not written: %s", error.detail)
