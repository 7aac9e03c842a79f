"""Jobs of many items, kept so that they outlive every gateway: their items, who works on which, and their answers.

The items of a job are leased in chunks. Whoever holds a lease renews it; one that runs out goes to the next who asks.
An item leaves the items in the moment in which its answer is recorded, in one script: so it is graded again until it
has one, and never has two, whoever else worked on it meanwhile.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import redis.asyncio as aioredis
from redis.commands.core import AsyncScript

from codearena.sdk.bulk import JobStatus
from gateway.access import caller as callers
from gateway.clock import now_ms
from gateway.settings import Settings
from gateway.store.api_keys import Scope
from gateway.store.keys import Keys
from gateway.store.translated import pairs, translated

_Entries = list[tuple[bytes, dict[bytes, bytes]]]

_UPLOAD_TTL_S = 600
_UPLOAD_ITEMS = 256  # in one command


class Opened(StrEnum):
    """How the opening of a job ended. OPENED and THERE: it is there."""

    OPENED = "opened"
    THERE = "there"
    TAKEN = "taken"
    FULL = "full"
    LOST = "lost"


@dataclass(frozen=True)
class Chunk:
    """Items leased from a job. first: index of the chunk's first; items: index -> JSON, of those without an answer.

    losses: how often whoever held it stopped renewing the lease.
    """

    job_id: str
    first: int
    losses: int
    owner: str
    scope: Scope
    items: Mapping[int, bytes]


class BulkStore:
    """Every method raises StoreError if Redis does not answer in time or refuses; each may be called again."""

    def __init__(
        self,
        settings: Settings,
        connection: aioredis.Redis,
        keys: Keys,
        script: Callable[[Sequence[str]], AsyncScript],
    ) -> None:
        self._redis = connection
        self._keys = keys
        self._ttl_s = settings.job_ttl_s
        self._kept = settings.jobs_kept
        self._lease_ms = round(1000 * settings.job_lease_s)
        self._chunk = settings.job_chunk_items
        self._open = script(["open_job.lua"])
        self._claim = script(["claim_chunk.lua"])
        self._renew = script(["renew_lease.lua"])
        self._record = script(["record_line.lua"])
        self._cancel = script(["cancel_job.lua"])

    async def open(self, job_id: str, items: Sequence[bytes], fingerprint: str, owner: str, scope: Scope) -> Opened:
        """Opens a job. items: JSON each; fingerprint: of what was asked for, by which a repeated request is known."""
        aside = self._keys.job_upload(uuid.uuid4().hex)
        async with translated(timed=False):
            for start in range(0, len(items), _UPLOAD_ITEMS):
                part = enumerate(items[start : start + _UPLOAD_ITEMS], start)
                await self._redis.hset(aside, items=[field for pair in part for field in pair])
                await self._redis.expire(aside, _UPLOAD_TTL_S)
        keys, created_ms = self._keys.job(job_id), now_ms()
        fields: dict[str, str | int] = {
            "state": "running",
            "items": len(items),
            "done": 0,
            "failed": 0,
            "cursor": 0,
            "chunk": self._chunk,
            "created_ms": created_ms,
            "caller": json.dumps([owner, scope]),
        }
        head: list[str | int] = [job_id, fingerprint, self._ttl_s, self._kept, created_ms, *self._keys.job_prefixes]
        async with translated():
            opened = await self._open(
                keys=[keys.record, keys.items, aside, self._keys.jobs_of(owner), self._keys.jobs_open],
                args=[*head, *(part for pair in fields.items() for part in pair)],
            )
        return Opened(opened.decode())

    async def read(self, job_id: str) -> JobStatus | None:
        """None: there is no such job."""
        return (await self._read([job_id]))[0]

    async def of_owner(self, owner: str) -> list[JobStatus]:
        """The owner's jobs, newest first."""
        async with translated():
            job_ids = cast("list[bytes]", await self._redis.zrevrange(self._keys.jobs_of(owner), 0, -1))
        return [record for record in await self._read([each.decode() for each in job_ids]) if record is not None]

    async def _read(self, job_ids: Sequence[str]) -> list[JobStatus | None]:
        async with translated(), self._redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.hgetall(self._keys.job(job_id).record)
            return [_status(job_id, fields) for job_id, fields in zip(job_ids, await pipe.execute(), strict=True)]

    async def open_ids(self) -> list[str]:
        """Of jobs that are not over, oldest first."""
        async with translated():
            job_ids = cast("list[bytes]", await self._redis.zrange(self._keys.jobs_open, 0, -1))
        return [job_id.decode() for job_id in job_ids]

    async def claim(self, job_id: str) -> Chunk | None:
        """Leases a chunk; None: there is none to lease now."""
        keys = self._keys.job(job_id)
        async with translated():
            found = await self._claim(
                keys=[keys.record, keys.items, keys.leases, self._keys.jobs_open],
                args=[job_id, self._lease_ms, self._ttl_s],
            )
        if not found:
            return None
        first, losses, caller, *items = found
        owner, scope = json.loads(caller)
        left = {first + place: item for place, item in enumerate(items) if item is not None}
        return Chunk(job_id, first, losses, owner, Scope(scope), left)

    async def renew(self, chunk: Chunk) -> bool:
        """False: the lease is no more, and nothing of the chunk is wanted."""
        keys = self._keys.job(chunk.job_id)
        async with translated():
            return bool(await self._renew(keys=[keys.record, keys.leases], args=[chunk.first, self._lease_ms]))

    async def finish(self, chunk: Chunk) -> None:
        """Every item of the chunk has its answer."""
        async with translated():
            await self._redis.zrem(self._keys.job(chunk.job_id).leases, chunk.first)

    async def give_back(self, chunk: Chunk) -> None:
        """Another may have the chunk at once."""
        async with translated():
            await self._redis.zadd(self._keys.job(chunk.job_id).leases, {str(chunk.first): 0}, xx=True)

    async def record(self, job_id: str, index: int, line: bytes, *, failed: bool) -> bool:
        """Records the answer of an item; False: it has one, or the job is over. line: JSON."""
        keys = self._keys.job(job_id)
        async with translated():
            recorded = await self._record(
                keys=[keys.record, keys.items, keys.lines, keys.leases, self._keys.jobs_open],
                args=[job_id, index, line, int(failed), self._ttl_s, now_ms()],
            )
        return bool(recorded)

    async def lines(self, job_id: str, after: int, limit: int) -> list[bytes]:
        """Answers, JSON, in the order in which they came. after: how many of them to pass over."""
        key = self._keys.job(job_id).lines
        async with translated():
            found = cast("_Entries", await self._redis.xrange(key, min=f"{after + 1}-0", max="+", count=limit))
        return [fields[b"data"] for _, fields in found if fields[b"kind"] == b"item"]

    async def cancel(self, job_id: str) -> JobStatus | None:
        """Ends the job if it is not over. None: there is no such job."""
        keys = self._keys.job(job_id)
        async with translated():
            fields = await self._cancel(
                keys=[keys.record, keys.items, keys.lines, keys.leases, self._keys.jobs_open],
                args=[job_id, self._ttl_s, now_ms()],
            )
        return _status(job_id, pairs(fields))


def _status(job_id: str, fields: Mapping[bytes, bytes]) -> JobStatus | None:
    """Where the job stands, as its owner knows it; None: there is no such job."""
    if not fields:
        return None
    shown, told = callers.shown(job_id), {name.decode(): value.decode() for name, value in fields.items()}
    return JobStatus.model_validate({**told, "job_id": shown, "url": f"/jobs/{shown}"})
