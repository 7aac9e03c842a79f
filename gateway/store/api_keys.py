"""API keys at rest: a digest of each, never the key itself.

A key is 256 random bits, so that a fast hash protects it as well as a slow one would: slow hashes make guessing costly
where there is something to guess, as with passwords, and nobody guesses 256 bits at any price. A slow one would only
cost the gateway its time at every request.

With a pepper, which Redis does not hold, nobody who can write to Redis can put a key of their own there.
"""

import hashlib
import hmac
import secrets
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from redis.asyncio import Redis

from gateway.clock import now_ms
from gateway.store.keys import Keys
from gateway.store.translated import translated

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_PREFIX = "ca_"  # so that scanners for leaked secrets can know one
_KEY_BYTES = 32
_ID_BYTES = 4


class Scope(StrEnum):
    """What a key is for: to play and grade; with tasks of one's own, too; to operate. Each includes those before it."""

    USE = "use"
    TASKS = "tasks"
    ADMIN = "admin"

    def includes(self, other: "Scope") -> bool:
        """Whether a key of this scope may do what one of the other may."""
        order = [*Scope]
        return order.index(self) >= order.index(other)


class ApiKey(BaseModel):
    """What is kept of a key. A revoked one stays, so that taking the last one back does not open the gateway to all.

    key_id: names it in lists; owner: whose it is, and keys of one owner are one caller; digest: see `digest_of`.
    requests_per_s, concurrent: none: what the gateway's settings say.
    """

    model_config = ConfigDict(frozen=True)

    key_id: str
    owner: str = Field(pattern=NAME_PATTERN)
    scope: Scope
    digest: str
    created_ms: int
    revoked_ms: int | None = None
    requests_per_s: float | None = Field(None, gt=0)
    concurrent: int | None = Field(None, ge=1)


def digest_of(key: str, pepper: str = "") -> str:
    """SHA-256 of the key, hex; with a pepper its HMAC (RFC 2104)."""
    if pepper:
        return hmac.new(pepper.encode(), key.encode(), hashlib.sha256).hexdigest()
    return hashlib.sha256(key.encode()).hexdigest()


def make(
    owner: str,
    scope: Scope,
    requests_per_s: float | None = None,
    concurrent: int | None = None,
    *,
    pepper: str = "",
) -> tuple[str, ApiKey]:
    """A new key, and what is to be kept of it. Raises ValueError for an owner or a limit that cannot be."""
    key = _PREFIX + secrets.token_urlsafe(_KEY_BYTES)
    kept = ApiKey(
        key_id=secrets.token_hex(_ID_BYTES),
        owner=owner,
        scope=scope,
        digest=digest_of(key, pepper),
        created_ms=now_ms(),
        requests_per_s=requests_per_s,
        concurrent=concurrent,
    )
    return key, kept


class ApiKeys:
    """The keys of one namespace. Every method raises StoreError if Redis does not answer or refuses."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._name = keys.api_keys

    async def all(self) -> list[ApiKey]:
        """Every key there ever was, in no order."""
        async with translated():
            kept = await self._redis.hvals(self._name)
        return [ApiKey.model_validate_json(each) for each in kept]

    async def add(self, key: ApiKey) -> None:
        async with translated():
            await self._redis.hset(self._name, key.key_id, key.model_dump_json())

    async def revoke(self, key_id: str) -> ApiKey | None:
        """The key as it is then; None: there is none of that id. Revoking twice is revoking once."""
        async with translated():
            kept = await self._redis.hget(self._name, key_id)
        if kept is None:
            return None
        key = ApiKey.model_validate_json(kept)
        if key.revoked_ms is None:
            key = key.model_copy(update={"revoked_ms": now_ms()})
            await self.add(key)
        return key
