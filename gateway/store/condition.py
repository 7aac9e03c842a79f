"""What condition Redis is in, for whoever examines a set-up."""

import time
from dataclasses import dataclass

from redis.exceptions import ResponseError

from gateway.store.redis import Store
from gateway.store.translated import translated


@dataclass(frozen=True)
class Condition:
    """version: of the server. appends: it keeps an append-only file; snapshots: it saves now and then; None: not known.

    failing: its last write to the disk failed. evicts: it forgets keys when memory is short. clock_ahead_s: of ours.
    memory_bytes: that it uses.
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
        client = store.client
        info = await client.info()
        seconds, micros = await client.time()
        ahead_s = seconds + micros / 1e6 - time.time()
        try:
            snapshots: bool | None = bool((await client.config_get("save")).get("save"))
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
