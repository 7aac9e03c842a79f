"""Sessions that no connection holds: MCP's over POST, any request of which may come to another gateway."""

from typing import cast

from redis.asyncio import Redis

from gateway.store.keys import Keys
from gateway.store.together import Together
from gateway.store.translated import translated


class SessionRecords:
    """A session is the id of its episode, forgotten `idle_s` after its last use. now_ms: the wall clock's.

    Every method raises StoreError if Redis does not do its part.
    """

    def __init__(self, redis: Redis, keys: Keys, together: Together, idle_s: float) -> None:
        self._redis = redis
        self._keys = keys
        self._together = together
        self._idle_ms = max(1, round(1000 * idle_s))

    async def open(self, session_id: str, limit: int, now_ms: int) -> int | None:
        """Makes a session without an episode; the number of those open instead, if they are as many as may be."""
        over = ("ZREMRANGEBYSCORE", self._keys.sessions, 0, now_ms)
        async with translated():
            _, found = await self._together.run(over, ("ZCARD", self._keys.sessions))
        active = cast("int", found)
        # Racing requests may exceed the limit by their number, which harms nobody: a session is a few bytes.
        if active >= limit:
            return active
        await self.keep(session_id, None, now_ms)
        return None

    async def keep(self, session_id: str, episode_id: str | None, now_ms: int) -> None:
        """Notes the session's episode, and that it was used."""
        sessions = self._keys.sessions
        async with translated():
            await self._together.run(
                ("SET", self._keys.session(session_id), episode_id or "", "PX", self._idle_ms),
                ("ZADD", sessions, now_ms + self._idle_ms, session_id),
                ("PEXPIRE", sessions, self._idle_ms),
            )

    async def episode(self, session_id: str) -> str | None:
        """Id of the session's episode, empty if it has none yet; None: no such session."""
        async with translated():
            found = cast("bytes | None", await self._redis.get(self._keys.session(session_id)))
        return None if found is None else found.decode()

    async def close(self, session_id: str) -> bool:
        """Whether there was one."""
        listed = ("ZREM", self._keys.sessions, session_id)
        async with translated():
            deleted, _ = await self._together.run(("DEL", self._keys.session(session_id)), listed)
        return bool(deleted)
