"""/grade, /grade/batch and /run_raw."""

import asyncio
import json

import httpx

from codearena.errors import SandboxError
from gateway.settings import Settings
from tests.fakes import BROKEN, RIGHT, WRONG, FakeExecutor
from tests.gateway.conftest import Serve


async def test_grade_equals_the_first_step_of_an_episode(api: httpx.AsyncClient) -> None:
    await api.post("/reset", json={"task_id": "easy-1"})
    step = (await api.post("/step", json={"proposed_fix": WRONG})).json()
    verdict = (await api.post("/grade", json={"task_id": "easy-1", "source": WRONG})).json()
    assert verdict["reward"] == step["reward"]
    assert verdict["reward_components"] == step["info"]["reward_components"]
    assert verdict["error_log"] == step["observation"]["error_log"]


async def test_grade_keeps_nothing(api: httpx.AsyncClient) -> None:
    for _ in range(2):
        verdict = (await api.post("/grade", json={"task_id": "easy-1", "source": WRONG})).json()
        assert verdict["penalties"]["identical"] == 0
    assert (await api.get("/state")).json()["episode_id"] is None


async def test_batch_answers_in_order_and_one_bad_item_fails_alone(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"attempt_wait_s": 1.0}))
    executor.fail["lost"].extend(SandboxError("lost") for _ in range(100))
    sources = [RIGHT, WRONG, "lost", BROKEN, RIGHT]
    items: list[object] = [{"task_id": "easy-1", "source": source} for source in sources]
    items += [{"task_id": "nope", "source": RIGHT}, {"task_id": "easy-1"}, 7, None]
    body = (await api.post("/grade/batch", json={"items": items})).json()["items"]
    assert [bool(item["verdict"]) for item in body] == [True, True, False, True, True, False, False, False, False]
    assert [bool(item["problem"]) for item in body] == [not item["verdict"] for item in body]
    assert [body[place]["verdict"]["solved"] for place in (0, 1, 3, 4)] == [True, False, False, True]
    assert [body[place]["problem"]["status"] for place in (2, 5, 6, 7, 8)] == [503, 404, 422, 422, 422]
    assert body[6]["problem"]["errors"][0]["field"] == "source"


async def test_batch_may_be_a_bare_list(api: httpx.AsyncClient) -> None:
    body = (await api.post("/grade/batch", json=[{"task_id": "easy-1", "source": RIGHT}])).json()
    assert body["items"][0]["verdict"]["solved"] is True


async def test_batch_of_none_is_answered(api: httpx.AsyncClient) -> None:
    assert (await api.post("/grade/batch", json={"items": []})).json() == {"items": []}


async def test_batch_runs_in_parallel_up_to_its_bound(serve: Serve, settings: Settings, executor: FakeExecutor) -> None:
    api = await serve(settings.model_copy(update={"batch_parallel": 3}))
    executor.gate.clear()
    items = [{"task_id": "easy-1", "source": f"{WRONG} {number}"} for number in range(7)]
    batch = asyncio.create_task(api.post("/grade/batch", json={"items": items}))
    await executor.arrived(3)
    # A single call passes although four items of the batch have not begun.
    single = asyncio.create_task(api.post("/grade", json={"task_id": "easy-1", "source": RIGHT}))
    await executor.arrived(4)
    assert [request.workload.source for request in executor.attempts][-1] == RIGHT.encode()
    executor.gate.set()
    assert len((await batch).json()["items"]) == 7
    assert (await single).status_code == 200


async def test_items_that_take_longer_than_usual_do_not_keep_others_of_their_batch_from_beginning(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"batch_parallel": 3}))
    await api.post("/grade/batch", json={"items": [{"task_id": "easy-1", "source": RIGHT}]})
    executor.gate.clear()
    items = [{"task_id": "easy-1", "source": f"{WRONG} {number}"} for number in range(7)]
    batch = asyncio.create_task(api.post("/grade/batch", json={"items": items}))
    await executor.arrived(1 + 6)  # of the three that hang at first none has come to its end
    executor.gate.set()
    assert len((await batch).json()["items"]) == 7


async def test_streamed_batch_answers_each_item_once_it_is_done(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings)
    items = [{"task_id": "easy-1", "source": RIGHT}, {"task_id": "nope", "source": RIGHT}]
    executor.gate.clear()
    headers = {"Accept": "application/x-ndjson"}
    async with api.stream("POST", "/grade/batch", json={"items": items}, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        lines = answer.aiter_lines()
        first = json.loads(await anext(lines))  # comes although the other item is still being graded
        executor.gate.set()
        second = json.loads(await anext(lines))
    assert (first["index"], first["problem"]["status"]) == (1, 404)
    assert (second["index"], second["verdict"]["solved"]) == (0, True)


async def test_items_not_graded_in_the_batchs_time_say_so(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    executor.gate.clear()
    items = [{"task_id": "easy-1", "source": RIGHT}, {"task_id": "nope", "source": RIGHT}]
    answer = await api.post("/grade/batch", json={"items": items, "deadline_s": 0.3})
    executor.gate.set()
    assert [item["problem"]["status"] for item in answer.json()["items"]] == [503, 404]
    assert answer.json()["items"][0]["problem"]["type"].endswith("deadline")


async def test_raw_run_returns_what_the_program_did(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    body = (await api.post("/run_raw", json={"code": RIGHT, "stdin": "line"})).json()
    assert (body["status"], body["stdout"]["text"], body["exit_status"]) == ("returned", "read line", 0)
    assert executor.attempts[0].workload.calls[0].HasField("script")


async def test_raw_run_of_what_does_not_compile_says_so_on_stderr(api: httpx.AsyncClient) -> None:
    for code, kind in ((BROKEN, "SyntaxError"), ("x" * 70_000, "SourceTooLarge")):
        body = (await api.post("/run_raw", json={"code": code})).json()
        assert body["status"] == "compile_error"
        assert kind in body["stderr"]["text"]
        assert body["exit_status"] == 1


async def test_times_of_the_sandbox_are_told_in_powers_of_ten(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    answer = await api.post("/grade", json={"task_id": "easy-1", "source": RIGHT})
    timings = answer.json()["timings"]
    told = {"queued", "analyse", "execute", "sandbox", "examine", "measure", "judge", "grade"}
    assert set(timings) == {f"{stage}_s" for stage in told}
    assert set(timings.values()) <= {0.0, 0.1, 1.0, 10.0, 100.0}
