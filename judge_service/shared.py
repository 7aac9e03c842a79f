"""What replicas of the judge share, in a Redis server of their own or the gateway's: replies, who asks, tokens spent.

The only module of the judge that talks to Redis. All of it may be lost, or out of reach, at any time: then each replica
asks and counts for itself, as it does without a server, and nothing is judged otherwise.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator

import redis.asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from judge_service import metrics
from judge_service.parse import Reply
from judge_service.settings import Settings

log = logging.getLogger(__name__)

Ask = Callable[[], Awaitable[Reply]]
_POLL_S = 0.05
_TIMEOUT_S = 1.0
_TWO_DAYS_S = 2 * 24 * 3600
# Only who still holds the question may give it back: after its time another may ask it already.
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Shared:
    """Replies by the hash of the question, each asked for by one replica at a time; and the tokens of a day."""

    def __init__(self, settings: Settings) -> None:
        assert settings.redis_url is not None
        self._prefix = f"{{{settings.redis_namespace}}}"
        self._kept_s = settings.reply_ttl_s
        # Who asks is done by then, or was killed.
        self._asking_ms = round(1000 * settings.llm_timeout_s) + 1000
        self._redis = aioredis.Redis.from_url(
            settings.redis_url.get_secret_value(),
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=_TIMEOUT_S,
            retry=Retry(NoBackoff(), 1),
        )
        self._release = self._redis.register_script(_RELEASE)

    async def close(self) -> None:
        await self._redis.aclose()

    async def reply(self, question: bytes, ask: Ask) -> Reply:
        """The one that is kept, or that another replica gets now; else that of `ask`, which is kept for all.

        Raises:
            NoReplyError: `ask` did; the next replica that waits then asks itself.
        """
        name, mine = question.hex(), secrets.token_hex(8)
        try:
            while (kept := await self._redis.get(self._key("reply", name))) is None:
                if await self._redis.set(self._key("asking", name), mine, nx=True, px=self._asking_ms):
                    break
                await asyncio.sleep(_POLL_S)
        except RedisError as error:
            _lost(error)
            return await ask()
        metrics.CACHE.labels("shared reply", "hit" if kept is not None else "miss").inc()
        return Reply.model_validate_json(kept) if kept is not None else await self._ask(name, mine, ask)

    async def tokens(self, day: str) -> int:
        """Spent on that day by all replicas; 0 if nobody can tell."""
        spent = None
        with _going_on_without():
            spent = await self._redis.get(self._key("tokens", day))
        return int(spent or 0)

    async def spend(self, day: str, tokens: int) -> None:
        """Adds to them."""
        with _going_on_without():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.incrby(self._key("tokens", day), tokens)
                pipe.expire(self._key("tokens", day), _TWO_DAYS_S)
                await pipe.execute()

    async def _ask(self, name: str, mine: str, ask: Ask) -> Reply:
        try:
            reply = await ask()
            with _going_on_without():
                await self._redis.set(self._key("reply", name), reply.model_dump_json(), ex=self._kept_s)
        finally:
            with _going_on_without():
                await self._release(keys=[self._key("asking", name)], args=[mine])
        return reply

    def _key(self, kind: str, name: str) -> str:
        return f"{self._prefix}:{kind}:{name}"


@contextlib.contextmanager
def _going_on_without() -> Iterator[None]:
    """What fails in it is told, and does no harm."""
    try:
        yield
    except RedisError as error:
        _lost(error)


def _lost(error: RedisError) -> None:
    metrics.SHARED_FAILURES.inc()
    log.warning("the judges' Redis does not answer (%s); going on without", type(error).__name__)
