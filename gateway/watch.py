"""Looks at Redis now and then: whether what it is given would outlive it, and what was left undelivered in it."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from codearena.errors import StoreError
from gateway import metrics
from gateway.store.condition import condition
from gateway.store.redis import Store

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def watching(store: Store, every_s: float) -> AsyncIterator[None]:
    """Within it, the gauges of Redis are at most `every_s` old, and its answer's time."""
    watch = asyncio.create_task(_watch(store, every_s))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.wait([watch])


async def _watch(store: Store, every_s: float) -> None:
    while True:
        await look(store)
        await asyncio.sleep(every_s)


async def look(store: Store) -> None:
    """Sets the gauges. What an unreachable Redis would do with its disk is not known, and stays as it was."""
    try:
        found = await condition(store)
    except StoreError as error:
        metrics.REDIS_UP.set(0)
        log.warning("Redis does not answer: %s", error.detail)
        return
    metrics.REDIS_UP.set(1)
    metrics.REDIS_PERSISTING.set(found.persisting)
    metrics.REDIS_MEMORY.set(found.memory_bytes)
    try:
        metrics.REDIS_UNDELIVERED.set(await store.deliver_left())
    except StoreError as error:
        log.warning("what was left undelivered stays so for now: %s", error.detail)
