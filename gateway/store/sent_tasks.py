"""Tasks that came with requests, kept by their content so that every gateway knows them and a group sends one once.

They are their owner's: nobody else can name them, or learn that somebody has sent the same. One is kept for some time
after its last use, and the one not used for longest gives way to a new one.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from gateway.clock import now_ms
from gateway.settings import Settings
from gateway.store.keys import Keys, SentTaskKeys
from gateway.store.together import Together, flat_pairs
from gateway.store.translated import translated

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.commands.core import AsyncScript


class SentTasks:
    """Every method raises StoreError if Redis does not do its part.

    owner: of the API key, empty: nobody's. reference: of the record, as codearena/sdk/references.py has it.
    """

    def __init__(
        self,
        settings: Settings,
        redis: "Redis",
        keys: Keys,
        together: Together,
        script: "Callable[[Sequence[str]], AsyncScript]",
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._together = together
        self._ttl_ms = 1000 * settings.sent_tasks_ttl_s
        self._bounds = (settings.sent_tasks_kept, settings.sent_tasks_bytes)
        self._keep_task = script(["keep_task.lua"])
        self._read_task = script(["read_task.lua"])
        self._forget_task = script(["forget_task.lua"])

    async def keep(self, owner: str, reference: str, record: bytes, about: bytes, *, hold_s: int = 0) -> bool:
        """Keeps it, or keeps it for longer. about: JSON, for the list. hold_s: at least so long, whatever else comes.

        False: there is no room, since all that are kept are held.
        """
        keys = self._keys.sent_task(owner, reference)
        ttl_ms = self._ttl_ms + 1000 * hold_s  # longer than any that is not held
        args: list[str | int | bytes] = [
            reference,
            record,
            about,
            now_ms(),
            ttl_ms,
            *self._bounds,
            keys.prefix,
            self._ttl_ms,
        ]
        async with translated():
            kept = await self._keep_task(keys=_listed(keys), args=args)
        return bool(kept == b"kept")

    async def read(self, owner: str, reference: str, *, hold_s: int = 0) -> bytes | None:
        """The record, which is kept for longer from then on; None: there is none, or it was forgotten."""
        keys, ttl_ms = self._keys.sent_task(owner, reference), self._ttl_ms + 1000 * hold_s
        async with translated():
            return cast("bytes | None", await self._read_task(keys=_listed(keys), args=[reference, now_ms(), ttl_ms]))

    async def forget(self, owner: str, reference: str) -> bool:
        """Whether there was one."""
        keys = self._keys.sent_task(owner, reference)
        async with translated():
            return bool(await self._forget_task(keys=_listed(keys), args=[reference]))

    async def listed(self, owner: str, offset: int, limit: int) -> tuple[list[tuple[str, int, bytes]], int]:
        """Reference, when it is forgotten (ms since the epoch) and what is told of each, and how many there are.

        Those used last come first.
        """
        keys, later = self._keys.sent_task(owner, ""), f"({now_ms()}"
        page = ("ZRANGE", keys.order, "+inf", later, "BYSCORE", "REV", "LIMIT", offset, limit, "WITHSCORES")
        async with translated():
            listed, counted = await self._together.run(page, ("ZCOUNT", keys.order, later, "+inf"))
            found = [(name.decode(), int(at_ms)) for name, at_ms in flat_pairs(listed).items()]
            told = await self._redis.hmget(keys.about, [f"about:{name}" for name, _ in found]) if found else []
        pairs = zip(found, cast("list[bytes | None]", told), strict=True)
        return [(name, at_ms, about) for (name, at_ms), about in pairs if about is not None], cast("int", counted)


def _listed(keys: SentTaskKeys) -> list[str]:
    return [keys.record, keys.order, keys.about]
