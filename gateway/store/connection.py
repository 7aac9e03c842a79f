"""The way to Redis: one server, those that Sentinels name, or a cluster.

    redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]                         one server; rediss: with TLS; unix: by its socket
    redis+cluster://[[USER]:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]     a cluster, some of its nodes; rediss+cluster
    redis+sentinel://[[USER]:PASSWORD@]HOST[:PORT][,...]/NAME[/DB]     the master of that name; rediss+sentinel

What follows a `?` is for the connections, as redis-py knows it: `?ssl_ca_certs=/etc/ca.pem`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster, Sentinel
from redis.asyncio.cluster import ClusterNode, ClusterPipeline
from redis.asyncio.connection import parse_url
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.event import EventDispatcher
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisClusterException
from redis.exceptions import TimeoutError as RedisTimeoutError

from gateway.settings import Settings

_PORT, _SENTINEL_PORT = 6379, 26379


def is_cluster(url: str) -> bool:
    return urlsplit(url).scheme in ("redis+cluster", "rediss+cluster")


def connected(settings: Settings, connections: int, **more: object) -> Redis:
    """A client with so many connections at the most, who wait no longer than the settings say. more: of each.

    Raises ValueError for a URL that is none.
    """
    url, timeout_s = settings.redis_url.get_secret_value(), settings.redis_timeout_s
    options: dict[str, Any] = {"socket_timeout": timeout_s, "socket_connect_timeout": timeout_s, **more}
    parts = urlsplit(url)
    if is_cluster(url):
        # It has the commands of the other, which is all that the store uses.
        return cast("Redis", _Cluster.at(parts, connections, timeout_s, options))
    if parts.scheme in ("redis+sentinel", "rediss+sentinel"):
        return _by_sentinels(parts, connections, timeout_s, options)
    return Redis.from_pool(
        BlockingConnectionPool.from_url(url, max_connections=connections, timeout=timeout_s, **options)
    )


class _Cluster(RedisCluster):
    """The library's client raises an error for a command that finds no connection free; this one lets it wait."""

    _places: asyncio.Semaphore
    _pipeline_places: asyncio.Semaphore
    _wait_s: float

    @classmethod
    def at(cls, parts: SplitResult, connections: int, wait_s: float, options: dict[str, Any]) -> "_Cluster":
        nodes = [ClusterNode(host, port) for host, port in _hosts(parts, _PORT)]
        client = cls(
            startup_nodes=nodes,
            max_connections=2 * connections,  # of each node: commands and pipelines have as many each
            require_full_coverage=False,  # a shard that is away takes no other with it
            reinitialize_steps=0,  # else every fifth slot that has moved breaks all connections, whoever uses them
            **_options(parts),
            **options,
        )
        client._places, client._pipeline_places = (asyncio.Semaphore(connections) for _ in range(2))
        client._wait_s = wait_s
        return client

    async def initialize(self, *args: Any, **kwargs: Any) -> RedisCluster:
        async with _one_kind_of_failure():
            return await super().initialize(*args, **kwargs)

    async def aclose(self) -> None:
        await super().aclose()  # closes nothing while the client means to look for its nodes again
        for nodes in ("nodes_cache", "startup_nodes"):
            await self.nodes_manager.aclose(nodes)

    async def execute_command(self, *args: Any, **kwargs: Any) -> Any:
        async with _Place(self._places, self._wait_s), _one_kind_of_failure():
            return await super().execute_command(*args, **kwargs)

    def pipeline(self, transaction: Any = None, shard_hint: Any = None) -> ClusterPipeline:
        if transaction:  # the library's starts a thread for each command; see together.lua
            raise NotImplementedError("a cluster's transactions are scripts")
        return _Pipeline(self, transaction)


class _Pipeline(ClusterPipeline):
    cluster_client: _Cluster
    _event_dispatcher = EventDispatcher()  # named by the library's protocol, and used by nobody here

    async def execute(self, raise_on_error: bool = True, allow_redirections: bool = True) -> list[Any]:
        async with _Place(self.cluster_client._pipeline_places, self.cluster_client._wait_s), _one_kind_of_failure():
            return await super().execute(raise_on_error, allow_redirections)


@contextlib.asynccontextmanager
async def _one_kind_of_failure() -> AsyncIterator[None]:
    """Raises the library's ConnectionError for what it tells in other ways.

    That no node answers, or has the slot, is an exception that is none of its RedisErrors. And whoever finds a node
    away closes all free connections to it, also those that others are about to use: these then ask None for its writer.
    """
    try:
        yield
    except (RedisClusterException, AttributeError) as error:
        raise RedisConnectionError("the cluster, or a node of it, is not there") from error


class _Place:
    """One of those that may use a connection, within. Raises the library's TimeoutError after so many seconds."""

    def __init__(self, places: asyncio.Semaphore, wait_s: float) -> None:
        self._places = places
        self._wait_s = wait_s

    async def __aenter__(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(self._wait_s):
                await self._places.acquire()
        except TimeoutError as error:
            raise RedisTimeoutError("no connection was free in time") from error

    async def __aexit__(self, *_: object) -> None:
        self._places.release()


class _SentinelPool(SentinelConnectionPool, BlockingConnectionPool):
    """Lets commands wait for a connection, and asks the Sentinels for the address of each new one."""

    async def aclose(self) -> None:
        await super().aclose()
        for sentinel in self.sentinel_manager.sentinels:
            await sentinel.aclose()


def _by_sentinels(parts: SplitResult, connections: int, wait_s: float, options: dict[str, Any]) -> Redis:
    name, _, db = parts.path.strip("/").partition("/")
    if not name:
        raise ValueError("the URL names no master: redis+sentinel://HOST:26379/NAME")
    chosen = options | _options(parts)
    # Sentinels have users and passwords of their own, as a rule none.
    theirs = {key: value for key, value in chosen.items() if key.startswith(("socket_", "ssl"))}
    sentinels = Sentinel(_hosts(parts, _SENTINEL_PORT), sentinel_kwargs=theirs)  # type: ignore[no-untyped-call]
    pool: dict[str, Any] = {"max_connections": connections, "timeout": wait_s, "db": int(db or 0)}
    client: Redis = sentinels.master_for(name, connection_pool_class=_SentinelPool, **pool, **chosen)
    return client


def _hosts(parts: SplitResult, port: int) -> list[tuple[str, int]]:
    found = [urlsplit(f"//{each}") for each in parts.netloc.rpartition("@")[2].split(",")]
    hosts = [(host.hostname, host.port or port) for host in found if host.hostname]
    if not hosts:
        raise ValueError("the URL of Redis names no host")
    return hosts


def _options(parts: SplitResult) -> dict[str, Any]:
    """What the URL says of every connection: who logs in, TLS, and what follows the question mark."""
    login = parts.netloc.rpartition("@")[0]
    options: dict[str, Any] = {**parse_url(f"redis://{login}@host?{parts.query}")}
    del options["host"]
    return options | ({"ssl": True} if parts.scheme.startswith("rediss") else {})
