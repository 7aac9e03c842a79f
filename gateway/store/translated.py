"""Redis' failures as ours."""

import contextlib
from collections.abc import AsyncIterator

from redis.exceptions import RedisError

from codearena.errors import StoreError


@contextlib.asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Raises StoreError for whatever Redis or the way to it got wrong."""
    try:
        yield
    except RedisError as error:
        raise StoreError(f"the store did not do its part: {type(error).__name__}") from error
