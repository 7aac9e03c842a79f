"""Verdicts on the attempts of groups, kept so that all gateways give the same one."""

import asyncio
from typing import cast

from redis.asyncio import Redis, RedisCluster

from codearena.errors import StoreError
from gateway.store.keys import Keys
from gateway.store.translated import translated


class VerdictRecords:
    """digest: of all that a verdict depends on, hex. The first verdict noted under it stays, for `kept_s` seconds.

    Every method raises StoreError if Redis does not do its part.
    """

    def __init__(self, redis: Redis, keys: Keys, kept_s: float) -> None:
        self._redis = redis
        self._keys = keys
        self._kept_ms = max(1, round(1000 * kept_s))
        self._asked: list[tuple[str, asyncio.Future[bytes | None]]] = []
        self._reading: set[asyncio.Task[None]] = set()

    async def read(self, digest: str) -> bytes | None:
        """What was noted; None: nothing, or too long ago. The items of a batch ask at once, and take one round trip."""
        answer: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._asked.append((self._keys.verdict(digest), answer))
        if len(self._asked) == 1:
            task = asyncio.create_task(self._read_asked())
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
        return await answer

    async def _read_asked(self) -> None:
        asked, self._asked = self._asked, []
        try:
            async with translated():
                found = await self._found([key for key, _ in asked])
        except StoreError as error:
            for _, answer in asked:
                if not answer.done():  # somebody waits for it still
                    answer.set_exception(error)
            return
        for (_, answer), record in zip(asked, found, strict=True):
            if not answer.done():
                answer.set_result(record)

    async def _found(self, keys: list[str]) -> list[bytes | None]:
        """In one round trip; in a cluster in one to each shard, all at once."""
        if self._keys.spread:
            return cast("list[bytes | None]", await cast("RedisCluster", self._redis).mget_nonatomic(keys))
        return cast("list[bytes | None]", await self._redis.mget(keys))

    async def note(self, digest: str, verdict: bytes) -> bytes:
        """What is noted from now on: this one, or the one of whoever was faster."""
        key = self._keys.verdict(digest)
        async with translated():
            if await self._redis.set(key, verdict, px=self._kept_ms, nx=True):
                return verdict
            return cast("bytes | None", await self._redis.get(key)) or verdict  # it may have been too old by then
