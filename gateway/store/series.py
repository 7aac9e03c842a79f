"""The history: counters by buckets of time, each window with its own, all of which are forgotten in time.

The wider the window, the wider its buckets: what is kept is a few hundred hashes for each, however much happens.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import orjson
from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from gateway.clock import now_ms
from gateway.settings import Settings
from gateway.store.keys import Keys
from gateway.store.records import Counted, Counts
from gateway.store.translated import translated

_NOTE_TTL_S = 3600  # far longer than a client tries to send the same again
_FIELDS_MAX = 256  # of a bucket: beyond it methods not in it yet are counted together


class Window(StrEnum):
    """How far back a history goes."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def bucket_s(self) -> int:
        """Width of its buckets."""
        return {Window.HOUR: 10, Window.DAY: 300, Window.WEEK: 1800}[self]

    @property
    def span_s(self) -> int:
        """How far back it goes."""
        return {Window.HOUR: 3600, Window.DAY: 24 * 3600, Window.WEEK: 7 * 24 * 3600}[self]


@dataclass(frozen=True)
class Bucket:
    """What happened from start_ms on, in ms since the epoch, for as long as the window's buckets are wide."""

    start_ms: int
    counts: Counts


class SeriesStore:
    """Every method raises StoreError if Redis does not answer in time or refuses; each may be called again.

    script: add_counts.lua.
    """

    def __init__(self, settings: Settings, redis: Redis, keys: Keys, script: AsyncScript) -> None:
        self._redis = redis
        self._keys = keys
        self._add_counts = script
        self._agent_ttl_s = settings.agent_ttl_s
        self._agents_kept = settings.agents_listed

    async def add(self, sender: str, number: int, taken: Counted) -> None:
        """Adds what was counted. number: of the sender, ascending: the same one is added once."""
        hashes = {key: (counts, window) for window in Window for key, counts in self._buckets(window, taken).items()}
        counted = [{"counts": counts, "ttl_s": 2 * window.span_s} for counts, window in hashes.values()]
        counted += [{"counts": counts, "ttl_s": self._agent_ttl_s} for counts in taken.agents.values()]
        keys = [self._keys.series_note(sender), *hashes, *map(self._keys.agent, taken.agents)]
        async with translated():
            await self._add_counts(keys=keys, args=[number, _NOTE_TTL_S, _FIELDS_MAX, orjson.dumps(counted)])
            await self._note_agents(taken.seen)

    def _buckets(self, window: Window, taken: Counted) -> Mapping[str, Counts]:
        """Key of each bucket -> what is to be added to it."""
        found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        for start_ms, counts in taken.slots.items():
            bucket = found[self._keys.series(window, start_ms // (1000 * window.bucket_s))]
            for name, count in counts.items():
                bucket[name] += count
        return found

    async def _note_agents(self, seen_ms: Mapping[str, int]) -> None:
        """When they took their last steps. Of an owner's, those whose last step is the longest ago give way."""
        if not seen_ms:
            return
        forgotten_ms = now_ms() - 1000 * self._agent_ttl_s
        by_owner: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for agent_id, last_ms in seen_ms.items():
            by_owner[agent_id.rpartition("/")[0]][agent_id] = last_ms
        async with self._redis.pipeline(transaction=False) as pipe:
            for owner, seen in by_owner.items():
                key = self._keys.agents_of(owner)
                pipe.zadd(key, seen, gt=True)
                pipe.zremrangebyscore(key, "-inf", forgotten_ms)
                pipe.zremrangebyrank(key, 0, -self._agents_kept - 1)
                pipe.expire(key, self._agent_ttl_s)
            await pipe.execute()

    async def read(self, window: Window, since_ms: int) -> list[Bucket]:
        """Buckets of the window that end after since_ms, in which anything happened, oldest first."""
        width_ms, at_ms = 1000 * window.bucket_s, now_ms()
        first = max(since_ms // width_ms, (at_ms - 1000 * window.span_s) // width_ms + 1)
        numbers = range(first, at_ms // width_ms + 1)
        async with translated(), self._redis.pipeline(transaction=False) as pipe:
            for number in numbers:
                pipe.hgetall(self._keys.series(window, number))
            found = await pipe.execute()
        return [
            Bucket(number * width_ms, {name.decode(): int(count) for name, count in counts.items()})
            for number, counts in zip(numbers, found, strict=True)
            if counts
        ]
