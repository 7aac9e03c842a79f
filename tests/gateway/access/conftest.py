"""API keys in the Redis of the gateway under test."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from gateway.settings import Settings
from gateway.store import api_keys
from gateway.store.api_keys import Scope
from gateway.store.redis import Store

MakeKey = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with Store(settings) as store:
        yield store


@pytest.fixture
def make_key(store: Store) -> MakeKey:
    """Makes a key and returns the headers that present it."""

    async def make(
        owner: str, scope: Scope = Scope.USE, *, requests_per_s: float | None = None, concurrent: int | None = None
    ) -> dict[str, str]:
        key, kept = api_keys.make(owner, scope, requests_per_s, concurrent)
        await store.api_keys.add(kept)
        return {"Authorization": f"Bearer {key}"}

    return make
