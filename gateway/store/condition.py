"""What condition Redis is in, for whoever examines a set-up."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import RedisCluster
from redis.exceptions import ResponseError

from gateway.store.redis import Store
from gateway.store.translated import translated


@dataclass(frozen=True)
class Condition:
    """version: of the server. appends: it keeps an append-only file; snapshots: it saves now and then; None: not known.

    failing: its last write to the disk failed. evicts: it forgets keys when memory is short. clock_ahead_s: of ours.
    memory_bytes: that it uses. Of a cluster's shards: what is worst of any, and the memory of all.
    """

    version: str
    appends: bool
    snapshots: bool | None
    failing: bool
    evicts: bool
    clock_ahead_s: float
    memory_bytes: int

    @property
    def persisting(self) -> bool:
        """Whether what it is given is on its disk sooner or later, as far as it tells."""
        return (self.appends or self.snapshots is not False) and not self.failing


async def condition(store: Store) -> Condition:
    """Raises StoreError if Redis does not answer."""
    async with translated():
        found = [await _condition(store, on) for on in await _shards(store)]
    snapshots = [each.snapshots for each in found]
    return Condition(
        version=min((each.version for each in found), key=lambda version: [int(part) for part in version.split(".")]),
        appends=all(each.appends for each in found),
        snapshots=None if None in snapshots else all(snapshots),
        failing=any(each.failing for each in found),
        evicts=any(each.evicts for each in found),
        clock_ahead_s=max((each.clock_ahead_s for each in found), key=abs),
        memory_bytes=sum(each.memory_bytes for each in found),
    )


_On = Mapping[str, Any]
"""Of a command in a cluster: the node that it is for."""


async def _shards(store: Store) -> list[_On]:
    client: object = store.client
    if not isinstance(client, RedisCluster):
        return [{}]
    await client.initialize()
    return [{"target_nodes": node} for node in client.get_primaries()]


async def _condition(store: Store, on: _On) -> Condition:
    client = store.client
    info = await client.info(**on)
    seconds, micros = await client.time(**on)
    ahead_s = seconds + micros / 1e6 - time.time()
    try:
        snapshots: bool | None = bool((await client.config_get("save", **on)).get("save"))
    except ResponseError:  # managed servers do not tell
        snapshots = None
    return Condition(
        version=str(info["redis_version"]),
        appends=bool(info["aof_enabled"]),
        snapshots=snapshots,
        failing="err" in (info.get("aof_last_write_status"), info.get("rdb_last_bgsave_status")),
        evicts=str(info.get("maxmemory_policy", "noeviction")) != "noeviction" and int(info.get("maxmemory", 0)) > 0,
        clock_ahead_s=ahead_s,
        memory_bytes=int(info.get("used_memory", 0)),
    )
