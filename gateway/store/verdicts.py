"""Verdicts on the attempts of groups, kept so that all gateways give the same one."""

from typing import TYPE_CHECKING, cast

from gateway.store.keys import Keys
from gateway.store.translated import translated

if TYPE_CHECKING:
    from redis.asyncio import Redis


class VerdictRecords:
    """digest: of all that a verdict depends on, hex. The first verdict noted under it stays, for `kept_s` seconds.

    Every method raises StoreError if Redis does not do its part.
    """

    def __init__(self, redis: "Redis", keys: Keys, kept_s: float) -> None:
        self._redis = redis
        self._keys = keys
        self._kept_ms = max(1, round(1000 * kept_s))

    async def read(self, digest: str) -> bytes | None:
        """What was noted; None: nothing, or too long ago."""
        async with translated():
            return cast("bytes | None", await self._redis.get(self._keys.verdict(digest)))

    async def note(self, digest: str, verdict: bytes) -> bytes:
        """What is noted from now on: this one, or the one of whoever was faster."""
        key = self._keys.verdict(digest)
        async with translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(key, verdict, px=self._kept_ms, nx=True)
            pipe.get(key)
            _, noted = await pipe.execute()
        return cast("bytes", noted)
