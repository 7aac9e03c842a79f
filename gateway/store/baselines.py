"""Baselines of tasks, kept so that no gateway makes one that another has made."""

from typing import cast

from redis.asyncio import Redis

from gateway.store.keys import Keys
from gateway.store.translated import translated

_KEPT_S = 30 * 24 * 3600


class BaselineRecords:
    """digest: of all that a baseline depends on, hex. One that nobody reads for a month is forgotten.

    Every method raises StoreError if Redis does not do its part.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def read(self, digest: str) -> bytes | None:
        """The one kept last; None: none is."""
        async with translated():
            return cast("bytes | None", await self._redis.getex(self._keys.baseline(digest), ex=_KEPT_S))

    async def keep(self, digest: str, baseline: bytes) -> None:
        """Keeps this one, in place of another."""
        async with translated():
            await self._redis.set(self._keys.baseline(digest), baseline, ex=_KEPT_S)
