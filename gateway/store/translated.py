"""The failures of Redis as ours, its times, and the two forms that a script's answers come in."""

import contextlib
import time
from collections.abc import AsyncIterator, Mapping

from redis.exceptions import RedisError

from codearena.errors import StoreError
from gateway import metrics

_OK, _FAILED = metrics.REDIS_SECONDS.labels("ok"), metrics.REDIS_SECONDS.labels("failed")


@contextlib.asynccontextmanager
async def translated(*, timed: bool = True) -> AsyncIterator[None]:
    """Raises StoreError for whatever Redis or the way to it got wrong. timed: it is to answer at once."""
    started = time.perf_counter()
    try:
        yield
        if timed:
            _OK.observe(time.perf_counter() - started)
    except RedisError as error:
        _FAILED.observe(time.perf_counter() - started)
        raise StoreError(f"the store did not do its part: {type(error).__name__}") from error


def pairs(flat: list[bytes] | dict[bytes, bytes]) -> Mapping[bytes, bytes]:
    """A script's HGETALL: a dict in RESP3, a flat list in RESP2."""
    return flat if isinstance(flat, dict) else dict(zip(flat[::2], flat[1::2], strict=True))
