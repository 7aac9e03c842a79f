"""POST /fix over HTTP: what is chosen, what is not counted, whose failure it is."""

import asyncio

import httpx

from codearena.errors import SandboxError
from gateway.settings import Settings
from tests.fakes import FakeExecutor
from tests.gateway.conftest import Serve

MISSPELT = "right = lenght(values)\n"
"""Its only sure repair keeps the first word, which the executor's script takes for right."""


async def fix(api: httpx.AsyncClient, code: str, **more: object) -> httpx.Response:
    return await api.post("/fix", json={"code": code, **more})


async def test_without_a_task_the_likeliest_repair_is_the_answer(api: httpx.AsyncClient) -> None:
    answer = (await fix(api, "def f(xs)\n    return max(xs)\n")).json()
    assert answer["fixed_code"] == "def f(xs):\n    return max(xs)\n"
    assert (answer["method"], answer["success"]) == ("builtin", True)
    assert "colon" in answer["explanation"]


async def test_what_cannot_be_repaired_comes_back_as_it_was(api: httpx.AsyncClient) -> None:
    answer = (await fix(api, "wrong # the buggy code\n", task_id="easy-1")).json()
    assert (answer["fixed_code"], answer["method"], answer["success"]) == ("wrong # the buggy code\n", "none", False)


async def test_a_repair_is_tried_on_the_visible_tests_alone(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    await fix(api, "right(\n", task_id="easy-1")
    assert executor.requests
    assert all(b"hidden-input" not in request.SerializeToString() for request in executor.requests)


async def test_no_step_is_counted(api: httpx.AsyncClient) -> None:
    await api.post("/reset", json={"task_id": "easy-1"})
    await fix(api, MISSPELT, task_id="easy-1")
    assert (await api.get("/state")).json()["step_count"] == 0


async def test_an_unknown_task_is_the_callers_mistake(api: httpx.AsyncClient) -> None:
    assert (await fix(api, MISSPELT, task_id="nowhere")).status_code == 404


async def test_a_failing_executor_is_ours(serve: Serve, settings: Settings, executor: FakeExecutor) -> None:
    api = await serve(settings.model_copy(update={"fixer_deadline_s": 1.0}))
    executor.fail["right"].extend(SandboxError("lost") for _ in range(1000))
    answer = await fix(api, MISSPELT, task_id="easy-1")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


async def test_beyond_the_queue_the_caller_is_told_when_to_come_again(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"fixer_concurrency": 1, "fixer_waiting": 0, "fixer_deadline_s": 5.0}))
    answers = [fix(api, "def f(xs)\n    return max(xs)\n") for _ in range(4)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*answers))
    assert statuses[0] == 200
    assert statuses[-1] == 503


async def test_a_source_that_is_too_large_is_not_searched(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"source_bytes": 8}))
    assert (await fix(api, MISSPELT)).json()["method"] == "none"


async def test_fixes_are_counted(api: httpx.AsyncClient) -> None:
    await fix(api, "def f(xs)\n    return max(xs)\n")
    assert 'codearena_gateway_fixes_total{link="builtin"}' in (await api.get("/metrics")).text
