"""A gateway in a thread of its own, for clients that block; its executor and judge answer from a script."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from gateway.server import GatewayServer
from gateway.settings import Settings
from grader_service.server import GraderServer
from grader_service.settings import Settings as GraderSettings
from tests.fakes import FakeExecutor, FakeJudge
from tests.gateway.conftest import write_tasks
from tests.redis_servers import RedisServer


async def _serve(settings: Settings, ready: "Future[str]", stop: asyncio.Event) -> None:
    grader = GraderServer(GraderSettings(port=0, drain_s=0.1))
    async with FakeExecutor() as executor, FakeJudge() as judge:
        addresses = {
            "executor_address": executor.address,
            "judge_address": judge.address,
            "grader_address": f"127.0.0.1:{await grader.start()}",
        }
        server = GatewayServer(settings.model_copy(update=addresses))
        ready.set_result(f"http://127.0.0.1:{await server.start()}")
        await stop.wait()
        await server.drain()
        await grader.drain()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    redis = RedisServer(tmp_path_factory.mktemp("redis"))
    folder = write_tasks(tmp_path_factory.mktemp("tasks"))
    settings = Settings(
        port=0, drain_s=1, redis_url=redis.url, tasks_dir=folder, key_requests_per_s=None, key_concurrent=None
    )
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), Future[str]()
    thread = threading.Thread(target=loop.run_until_complete, args=[_serve(settings, ready, stop)])
    thread.start()
    yield ready.result(timeout=30)
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()
    redis.stop()
