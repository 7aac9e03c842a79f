"""Tells the judge of sources before it is asked about them, so that it analyses them while they are run."""

import asyncio
import hashlib
import logging

from codearena.errors import ServiceError
from codearena.server.recent import Recent
from gateway.attempt.clients import Clients

log = logging.getLogger(__name__)

_REMEMBERED = 4096


class Announcements:
    """Each source once, as far as is remembered: the judge keeps what it found."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._announced: Recent[bytes, None] = Recent(_REMEMBERED)
        self._running: set[asyncio.Task[None]] = set()

    def announce(self, source: bytes) -> None:
        """Does not wait, and fails silently: the judge does without."""
        key = hashlib.sha256(source).digest()
        known = key in self._announced
        self._announced.put(key, None)
        if known:
            return
        task = asyncio.create_task(self._tell(source))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _tell(self, source: bytes) -> None:
        try:
            await self._clients.prepare(source)
        except ServiceError as error:
            log.info("the judge was not told of a source: %s", error.detail)
