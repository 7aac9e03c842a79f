"""A gateway over a real Redis and a real grader; executor and judge answer from a script."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from gateway.server import GatewayServer
from gateway.settings import Settings
from grader_service.server import GraderServer
from grader_service.settings import Settings as GraderSettings
from tests.fakes import FakeExecutor, FakeJudge

_TASK = """\
id: {id}
title: Echo
category: {category}
level: {level}
description: Return the argument.
entry_point: echo
tests:
  - {{name: one, args: [1], expect: 1, visible: true}}
  - {{name: secret-name, args: ["hidden-input"], expect: "hidden-input"}}
  - {{name: three, args: [[3]], expect: [3]}}
hints: ["Return it."]
"""
SOLUTION = "right # the-reference-solution"
TASKS = [("easy", "easy", "easy-1"), ("easy", "easy", "easy-2"), ("medium", "medium", "medium-1")]
TASKS += [("hard", "hard", "hard-1"), ("type_errors", "easy", "type_errors-1")]


@pytest.fixture
def tasks_dir(tmp_path: Path) -> Path:
    return write_tasks(tmp_path / "tasks")


def write_tasks(root: Path) -> Path:
    """Writes TASKS below a folder, and returns it."""
    for category, level, task_id in TASKS:
        folder = root / category / task_id
        folder.mkdir(parents=True)
        (folder / "task.yaml").write_text(_TASK.format(id=task_id, category=category, level=level))
        (folder / "buggy.py").write_text("wrong # the buggy code\n")
        (folder / "solution.py").write_text(SOLUTION)
    return root


@pytest.fixture
async def executor() -> AsyncIterator[FakeExecutor]:
    async with FakeExecutor() as fake:
        yield fake


@pytest.fixture
async def judge() -> AsyncIterator[FakeJudge]:
    async with FakeJudge() as fake:
        yield fake


@pytest.fixture
async def grader_address() -> AsyncIterator[str]:
    server = GraderServer(GraderSettings(port=0, drain_s=0.1))
    port = await server.start()
    yield f"127.0.0.1:{port}"
    await server.drain()


@pytest.fixture
def settings(
    redis_url: str, tasks_dir: Path, executor: FakeExecutor, judge: FakeJudge, grader_address: str
) -> Settings:
    return Settings(
        port=0,
        drain_s=5,
        redis_url=redis_url,
        redis_timeout_s=1,
        tasks_prepared=0,  # so that tests see their own requests alone
        tasks_dir=tasks_dir,
        executor_address=executor.address,
        judge_address=judge.address,
        grader_address=grader_address,
    )


Serve = Callable[[Settings], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a gateway and returns a client of it; both are gone after the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(settings: Settings) -> httpx.AsyncClient:
            server = GatewayServer(settings)
            port = await server.start()
            stack.push_async_callback(server.drain)
            client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30)
            return await stack.enter_async_context(client)

        yield start


@pytest.fixture
async def api(serve: Serve, settings: Settings) -> httpx.AsyncClient:
    return await serve(settings)
