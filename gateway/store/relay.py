"""Delivers what was committed in one slot to those in other slots that are to have of it, each entry once.

In a cluster an episode's slot is not its agent's, nor that of the events and the statistics. So the script that commits
a step also posts it to an outbox in the episode's slot. Who committed delivers it before answering; what nobody
delivered, since a gateway was killed or a shard was away, is found by every gateway's next look.

Entries of an outbox are delivered in its order, and whoever takes delivery keeps the id of the last one it had
(delivered.lua): so an entry that comes again, from another gateway or after a lost answer, changes nothing. It follows
that nobody may deliver an entry unless all before it have been or are delivered with it: `deliver` sees to that.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from codearena.errors import StoreError
from gateway.settings import Settings
from gateway.store.commit import agent_keys, count_move
from gateway.store.keys import SLICES, Keys
from gateway.store.translated import translated

log = logging.getLogger(__name__)

_AGENT_SCRIPTS = ("delivered.lua", "memory.lua", "curriculum.lua", "teach.lua", "deliver_to_agent.lua")
_ALL_SCRIPTS = ("delivered.lua", "stats.lua", "deliver_to_all.lua")
_BATCH = 100

_Read = list[tuple[bytes, dict[bytes, bytes]]]


@dataclass(frozen=True)
class Entry:
    """What was posted. kind: step or reset; agent_id: empty: none is to have of it; step: JSON, as in commit_step.lua.

    A reset has neither agent, step nor source.
    """

    entry_id: bytes
    kind: bytes
    agent_id: str
    step: bytes
    source: bytes
    event: bytes


class Relay:
    """Delivers. script: makes one of those of that name, joined."""

    def __init__(
        self, settings: Settings, redis: Redis, keys: Keys, script: Callable[[Sequence[str]], AsyncScript]
    ) -> None:
        self._settings = settings
        self._redis = redis
        self._keys = keys
        self._to_agent = script(_AGENT_SCRIPTS)
        self._to_all = script(_ALL_SCRIPTS)
        self._clearing: set[asyncio.Task[None]] = set()

    async def deliver(self, part: int, posted: Entry | None, waiting: int) -> None:
        """Delivers what was posted last in a slice, and before it what else waits there. Never raises.

        part: number of the slice. posted: None: it was posted before. waiting: number of entries, with it.
        """
        if not waiting:
            return
        try:
            alone = posted is not None and waiting == 1
            await self._deliver(part, [posted] if alone and posted is not None else await self._waiting(part))
        except StoreError as error:
            log.warning("what was committed is delivered later: %s", error.detail)

    async def deliver_left(self) -> int:
        """Delivers what waits anywhere, and returns how much still does. Raises StoreError if Redis does not answer."""
        for part, length in enumerate(await self._lengths()):
            for _ in range(0, length, _BATCH):
                await self._deliver(part, await self._waiting(part))
                await self.settled()
        return sum(await self._lengths())

    async def _lengths(self) -> list[int]:
        async with translated(), self._redis.pipeline(transaction=False) as pipe:
            for part in range(SLICES):
                pipe.xlen(self._keys.outbox(part))
            return cast("list[int]", await pipe.execute())

    async def settled(self) -> None:
        """Waits until outboxes know of what was delivered."""
        await asyncio.gather(*self._clearing)

    async def _waiting(self, part: int) -> list[Entry]:
        async with translated():
            found = cast("_Read", await self._redis.xrange(self._keys.outbox(part), count=_BATCH))
        return [_to_entry(entry_id, fields) for entry_id, fields in found]

    async def _deliver(self, part: int, entries: Sequence[Entry]) -> None:
        by_agent: dict[str, list[Entry]] = {}
        for entry in entries:
            by_agent.setdefault(entry.agent_id, []).append(entry)
        resets = by_agent.pop("", [])
        agents = [self._agent_has(part, agent_id, theirs) for agent_id, theirs in by_agent.items()]
        everybody, *each = await asyncio.gather(self._all_have(part, entries), *agents)
        done = [
            *resets,
            *(entry for taken, theirs in zip(each, by_agent.values(), strict=True) if taken for entry in theirs),
        ]
        if everybody and done:
            self._clear(part, [entry.entry_id for entry in done])

    async def _agent_has(self, part: int, agent_id: str, entries: Iterable[Entry]) -> bool:
        args: list[str | int | bytes] = [part, self._settings.agent_ttl_s]
        args += [word for entry in entries for word in (entry.entry_id, entry.step, entry.source)]
        keys = [*agent_keys(agent_id, self._keys), self._keys.delivered_to(agent_id)]
        try:
            async with translated():
                moves = await self._to_agent(keys=keys, args=args)
        except StoreError as error:
            log.warning("what is an agent's is delivered later: %s", error.detail)
            return False
        for levels in moves:
            count_move(levels)
        return True

    async def _all_have(self, part: int, entries: Iterable[Entry]) -> bool:
        args: list[str | int | bytes] = [part, self._settings.events_kept]
        args += [word for entry in entries for word in (entry.entry_id, entry.kind, entry.event, entry.step)]
        try:
            async with translated():
                await self._to_all(keys=[self._keys.events, self._keys.stats, self._keys.delivered], args=args)
        except StoreError as error:
            log.warning("events are delivered later: %s", error.detail)
            return False
        return True

    def _clear(self, part: int, entry_ids: Sequence[bytes]) -> None:
        """Nobody waits for it: an entry that stays in its outbox is delivered in vain, and then leaves it."""
        task = asyncio.create_task(self._remove(part, entry_ids))
        self._clearing.add(task)
        task.add_done_callback(self._clearing.discard)

    async def _remove(self, part: int, entry_ids: Sequence[bytes]) -> None:
        try:
            async with translated():
                await self._redis.xdel(self._keys.outbox(part), *entry_ids)
        except StoreError as error:
            log.warning("what was delivered stays in its outbox for now: %s", error.detail)


def _to_entry(entry_id: bytes, fields: dict[bytes, bytes]) -> Entry:
    return Entry(
        entry_id, fields[b"kind"], fields[b"agent"].decode(), fields[b"step"], fields[b"source"], fields[b"event"]
    )
