"""The API keys as this process knows them: all of them in memory, read anew when they are old.

So a request costs no round trip for its key, and a revoked key is refused everywhere within a bounded time.
"""

import asyncio
import math
import time
from collections.abc import Callable

from gateway.store.api_keys import ApiKey, ApiKeys, digest_of

_UNKNOWN_AGE_S = 1.0  # a key that is not known may have been made since; but wrong keys must not become reads


class Keyring:
    """Finds keys. max_age_s: longest time for which a key that was revoked meanwhile is still taken.

    pepper: with which the keys were made; empty: without one.
    """

    def __init__(
        self, table: ApiKeys, max_age_s: float, clock: Callable[[], float] = time.monotonic, *, pepper: str = ""
    ) -> None:
        self._table = table
        self._max_age_s = max_age_s
        self._pepper = pepper
        self._clock = clock
        self._read_at = -math.inf
        self._reading = asyncio.Lock()
        self._any = False
        self._valid: dict[str, ApiKey] = {}

    async def configured(self) -> bool:
        """Whether there are keys, revoked ones included: then nobody is served without. Raises StoreError."""
        await self._read_if_older(self._max_age_s)
        return self._any

    async def find(self, presented: str) -> ApiKey | None:
        """The key that a caller presents; None: unknown or revoked. Raises StoreError."""
        digest = digest_of(presented, self._pepper)
        await self._read_if_older(self._max_age_s)
        if digest not in self._valid:
            await self._read_if_older(min(_UNKNOWN_AGE_S, self._max_age_s))
        return self._valid.get(digest)

    async def _read_if_older(self, age_s: float) -> None:
        if self._clock() - self._read_at < age_s:
            return
        async with self._reading:
            now = self._clock()
            if now - self._read_at < age_s:  # read while this one waited
                return
            keys = await self._table.all()
            self._any = bool(keys)
            self._valid = {key.digest: key for key in keys if key.revoked_ms is None}
            self._read_at = now  # when the read began: what changed during it may have been missed
