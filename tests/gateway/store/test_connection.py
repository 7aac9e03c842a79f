"""What a Redis is reached by: users, TLS, Sentinels; and what a URL says that is none."""

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr

from codearena.errors import StoreError
from gateway.settings import Settings
from gateway.store.condition import condition
from gateway.store.redis import Store
from tests.codearena.server.test_tls import authority, certified
from tests.gateway.store.test_redis import EPISODE, commit_of
from tests.ports import free_port
from tests.redis_servers import RedisServer, each_of, executable, wait_until

# Of the user that docs/redis.md describes.
_RIGHTS = ("~{codearena*", "+@all", "-@dangerous", "+info", "+config|get", "+cluster|slots")


async def _plays(url: str) -> None:
    """An episode is played, and everything that a gateway asks of Redis is answered."""
    async with Store(Settings(redis_url=SecretStr(url), redis_timeout_s=2)) as store:
        await store.ping()
        await store.create(EPISODE, b"{}")
        await store.steps.commit(commit_of(EPISODE, done=True))
        snapshot = await store.read("e")
        assert snapshot is not None
        assert snapshot.episode.step == 1
        assert (await store.agents.curriculum("a")).episodes == 1
        assert (await condition(store)).appends
        assert await store.deliver_left() == 0


@pytest.fixture
def user(redis_url: str) -> Iterator[str]:
    """User and password of one who may do what a gateway does, and no more."""
    for url in each_of(redis_url):
        with redis.Redis.from_url(url) as client:
            client.execute_command("ACL", "SETUSER", "team", "on", ">p@ss:word", *_RIGHTS)
    yield "team:p%40ss%3Aword"
    for url in each_of(redis_url):
        with redis.Redis.from_url(url) as client:
            client.execute_command("ACL", "DELUSER", "team")


async def test_a_user_of_ours_needs_no_more_rights_than_documented(redis_url: str, user: str) -> None:
    await _plays(redis_url.replace("://", f"://{user}@", 1))
    page = Path(__file__).parents[3] / "docs" / "redis.md"
    assert " ".join(_RIGHTS[1:]) in page.read_text("utf-8")


async def test_a_wrong_password_is_a_failure_of_ours(redis_url: str, user: str) -> None:
    with pytest.raises(StoreError):
        await _plays(redis_url.replace("://", "://team:wrong@", 1))


async def test_sentinels_name_the_master(redis_server: RedisServer, tmp_path: Path) -> None:
    redis_server.empty()
    port, file = free_port(), tmp_path / "sentinel.conf"
    file.write_text(f"sentinel monitor ours 127.0.0.1 {redis_server.port} 1\n")
    options = ["--sentinel", "--port", str(port), "--bind", "127.0.0.1"]
    with _running(str(file), *options):
        wait_until(lambda: _listens(port))
        await _plays(f"redis+sentinel://127.0.0.1:{port},127.0.0.1:9/ours")
        with pytest.raises(StoreError):
            await _plays(f"redis+sentinel://127.0.0.1:{port}/others")


@contextlib.contextmanager
def _running(*options: str) -> Iterator["subprocess.Popen[bytes]"]:
    server = subprocess.Popen([executable(), *options], stdout=subprocess.PIPE)
    try:
        yield server
    finally:
        server.terminate()
        server.communicate(timeout=10)


def _listens(port: int) -> bool:
    try:
        with redis.Redis(port=port) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


@pytest.mark.parametrize("scheme", ["rediss", "rediss+cluster"])
@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make certificates with")
async def test_a_server_is_believed_by_its_certificate(scheme: str, tmp_path: Path) -> None:
    theirs = certified(tmp_path / "redis", authority(tmp_path / "authority"))
    authority(tmp_path / "others")
    port = free_port()
    options = ["--port", "0", "--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", "", "--appendonly", "yes"]
    options += ["--tls-port", str(port), "--tls-cert-file", str(theirs / "cert.pem"), "--tls-auth-clients", "no"]
    options += ["--tls-key-file", str(theirs / "key.pem"), "--tls-ca-cert-file", str(theirs / "ca.pem")]
    options += ["--cluster-enabled", "yes", "--tls-cluster", "yes"] if "cluster" in scheme else []
    with _running(*options) as server:
        _wait_for_tls(server, port, theirs / "ca.pem")
        if "cluster" in scheme:
            _own_every_slot(port, theirs / "ca.pem")
        await _plays(f"{scheme}://127.0.0.1:{port}?ssl_ca_certs={theirs / 'ca.pem'}")
        with pytest.raises(StoreError):
            await _plays(f"{scheme}://127.0.0.1:{port}?ssl_ca_certs={tmp_path / 'others' / 'ca.pem'}")


def _wait_for_tls(server: "subprocess.Popen[bytes]", port: int, ca: Path) -> None:
    def answers() -> bool:
        try:
            with redis.Redis(port=port, ssl=True, ssl_ca_certs=str(ca)) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def ended() -> None:
        if server.poll() is not None:
            pytest.skip("this redis-server has no TLS")

    wait_until(answers, ended)


def _own_every_slot(port: int, ca: Path) -> None:
    with redis.Redis(port=port, ssl=True, ssl_ca_certs=str(ca)) as client:
        client.execute_command("CLUSTER", "ADDSLOTS", *range(16384))
        wait_until(lambda: "cluster_state:ok" in str(client.execute_command("CLUSTER", "INFO")))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis+sentinel://host:26379", "names no master"),
        ("http://host", "schemes"),
        ("redis+cluster://", "names no host"),
    ],
)
def test_a_url_that_is_none_is_told_at_the_start(url: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Store(Settings(redis_url=SecretStr(url)))


async def test_more_commands_than_connections_wait_for_each_other(redis_url: str) -> None:
    async with Store(Settings(redis_url=SecretStr(redis_url), redis_connections=1)) as store:
        names = [f"e-{number}" for number in range(8)]
        await asyncio.gather(*(store.create(replace(EPISODE, episode_id=name), b"{}") for name in names))
        heads = await asyncio.gather(*(store.listing.heads(names) for _ in names))
    assert all(len(found) == len(names) and None not in found for found in heads)
