"""Sessions that no connection holds: MCP's over POST, any request of which may come to another gateway."""

from typing import cast

from redis.asyncio import Redis

from gateway.store.keys import Keys
from gateway.store.translated import translated


class SessionRecords:
    """A session is the id of its episode, forgotten `idle_s` after its last use. now_ms: the wall clock's.

    Every method raises StoreError if Redis does not do its part.
    """

    def __init__(self, redis: Redis, keys: Keys, idle_s: float) -> None:
        self._redis = redis
        self._keys = keys
        self._idle_ms = max(1, round(1000 * idle_s))

    async def open(self, session_id: str, limit: int, now_ms: int) -> int | None:
        """Makes a session without an episode; the number of those open instead, if they are as many as may be."""
        async with translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.zremrangebyscore(self._keys.sessions, 0, now_ms)
            pipe.zcard(self._keys.sessions)
            _, active = await pipe.execute()
        # Racing requests may exceed the limit by their number, which harms nobody: a session is a few bytes.
        if active >= limit:
            return int(active)
        await self.keep(session_id, None, now_ms)
        return None

    async def keep(self, session_id: str, episode_id: str | None, now_ms: int) -> None:
        """Notes the session's episode, and that it was used."""
        async with translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(self._keys.session(session_id), episode_id or "", px=self._idle_ms)
            pipe.zadd(self._keys.sessions, {session_id: now_ms + self._idle_ms})
            pipe.pexpire(self._keys.sessions, self._idle_ms)
            await pipe.execute()

    async def episode(self, session_id: str) -> str | None:
        """Id of the session's episode, empty if it has none yet; None: no such session."""
        async with translated():
            found = cast("bytes | None", await self._redis.get(self._keys.session(session_id)))
        return None if found is None else found.decode()

    async def close(self, session_id: str) -> bool:
        """Whether there was one."""
        async with translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(self._keys.session(session_id))
            pipe.zrem(self._keys.sessions, session_id)
            deleted, _ = await pipe.execute()
        return bool(deleted)
