"""A caller that hangs up frees what it held."""

import asyncio

import httpx
import pytest

from tests.fakes import RIGHT, WRONG, FakeExecutor

GRADE = {"task_id": "easy-1", "source": RIGHT}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/grade", GRADE),
        ("/grade/batch", {"items": [GRADE, {"task_id": "easy-1", "source": WRONG}]}),
        ("/run_raw", {"code": "pass"}),
    ],
)
async def test_what_nobody_waits_for_is_given_up(
    api: httpx.AsyncClient, executor: FakeExecutor, path: str, body: object
) -> None:
    executor.gate.clear()
    asked = asyncio.create_task(api.post(path, json=body))
    await executor.arrived(1)
    asked.cancel()
    async with asyncio.timeout(30):
        await executor.given_up.wait()


async def test_who_asks_for_the_same_still_gets_an_answer(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    executor.gate.clear()
    gone, stays = (asyncio.create_task(api.post("/grade", json=GRADE)) for _ in range(2))
    await executor.arrived(1)
    gone.cancel()
    await asyncio.wait([gone])
    executor.gate.set()
    assert (await stays).json()["solved"] is True


async def test_a_step_goes_on_without_its_caller(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    await api.post("/reset", json={"task_id": "easy-1", "episode_id": "mine"})
    executor.gate.clear()
    step = {"proposed_fix": RIGHT, "episode_id": "mine", "request_id": "once"}
    asked = asyncio.create_task(api.post("/step", json=step))
    await executor.arrived(1)
    asked.cancel()
    await asyncio.wait([asked])
    executor.gate.set()
    answer = (await api.post("/step", json=step)).json()
    assert (answer["done"], len(executor.attempts)) == (True, 1)
