"""Tasks that come with requests: kept by content, for every gateway, of their owner alone, within bounds."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from codearena.models import StepResponse, Verdict
from codearena.sdk.async_client import AsyncCodeArena
from codearena.sdk.references import reference_of
from gateway.settings import Settings
from gateway.store.api_keys import Scope
from tests.fakes import RIGHT, WRONG, FakeExecutor
from tests.gateway.access.conftest import *  # noqa: F403 - its fixtures
from tests.gateway.access.conftest import MakeKey
from tests.gateway.catalogue.records import record
from tests.gateway.conftest import Serve
from tests.redis_servers import RedisServer

TASK = record(1)
REF = reference_of(TASK)


async def _post(api: httpx.AsyncClient, path: str, body: object, **more: Any) -> httpx.Response:
    return await api.post(path, json=body, **more)


async def test_whole_task_is_graded_and_then_known_by_its_reference(api: httpx.AsyncClient) -> None:
    whole = await _post(api, "/grade", {"task": TASK, "source": RIGHT})
    assert (whole.status_code, whole.json()["solved"], whole.json()["task_id"]) == (200, True, "set/1")
    by_reference = await _post(api, "/grade", {"task_ref": REF, "source": WRONG})
    assert by_reference.json()["solved"] is False
    assert by_reference.json()["revisions"]["task"] == whole.json()["revisions"]["task"]


async def test_reference_that_is_not_kept_says_to_send_the_task_whole(api: httpx.AsyncClient) -> None:
    for path, more in (("/grade", {"source": RIGHT}), ("/reset", {}), ("/jobs", None)):
        body = {"task_ref": REF, **more} if more is not None else {"items": [{"task_ref": REF, "source": RIGHT}]}
        answer = await _post(api, path, body)
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (404, "task-unknown")
    (item,) = (await _post(api, "/grade/batch", [{"task_ref": REF, "source": RIGHT}])).json()["items"]
    assert item["problem"]["type"].endswith("task-unknown")


@pytest.mark.parametrize(
    "body", [{}, {"task_id": "easy-1", "task": TASK}, {"task": TASK, "task_ref": REF}, {"task": 7}, {"task_ref": "ab"}]
)
async def test_exactly_one_of_the_three_names_the_task(api: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await _post(api, "/grade", {**body, "source": RIGHT})).status_code == 422


async def test_two_tasks_of_one_id_and_other_content_are_two(api: httpx.AsyncClient) -> None:
    other = record(1, id="easy-1", tests=[{"name": "one", "args": [1], "expect": 2, "visible": True}])
    served = (await _post(api, "/grade", {"task_id": "easy-1", "source": RIGHT, "group_id": "g"})).json()
    sent = (await _post(api, "/grade", {"task": other, "source": RIGHT, "group_id": "g"})).json()
    assert (served["task_id"], sent["task_id"]) == ("easy-1", "easy-1")
    assert (served["solved"], sent["solved"]) == (True, False)
    assert served["revisions"]["task"] != sent["revisions"]["task"]
    again = (await _post(api, "/grade", {"task_id": "easy-1", "source": RIGHT, "group_id": "g"})).json()
    assert again["solved"] is True


async def test_every_gateway_knows_what_was_sent_to_one(serve: Serve, settings: Settings) -> None:
    one, other = await serve(settings), await serve(settings)
    await _post(one, "/tasks", TASK)
    assert (await _post(other, "/grade", {"task_ref": REF, "source": RIGHT})).json()["solved"] is True
    episode = (await _post(one, "/reset", {"task_ref": REF})).json()["episode_id"]
    step = await _post(other, "/step", {"episode_id": episode, "proposed_fix": RIGHT})
    assert step.json()["info"]["solved"] is True


async def test_batch_of_64_with_64_tasks_of_their_own(api: httpx.AsyncClient) -> None:
    items = [{"task": record(number), "source": (RIGHT, WRONG)[number % 2]} for number in range(64)]
    answers = (await _post(api, "/grade/batch", items)).json()["items"]
    assert [answer["verdict"]["task_id"] for answer in answers] == [f"set/{number}" for number in range(64)]
    assert [answer["verdict"]["solved"] for answer in answers] == [number % 2 == 0 for number in range(64)]


async def test_group_sends_its_task_once(api: httpx.AsyncClient, settings: Settings) -> None:
    calls: list[tuple[str, int]] = []

    class Counting(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            calls.append((request.url.path, len(await request.aread())))
            return await super().handle_async_request(request)

    large = record(2, description="long " * 2000)
    async with AsyncCodeArena(str(api.base_url), transport=Counting()) as arena:
        for _ in range(2):
            answers = await arena.grade_batch([(large, f"{RIGHT} # {number}") for number in range(16)], group_id="g")
            assert all(isinstance(answer, Verdict) and answer.solved for answer in answers)
        assert isinstance(await arena.grade(large, RIGHT), Verdict)
        assert isinstance(await arena.reset(large), StepResponse)
    assert [path for path, size in calls if size > 10_000] == ["/tasks"]


async def test_sdk_sends_again_what_the_gateway_has_forgotten(
    api: httpx.AsyncClient, redis_server: RedisServer
) -> None:
    async with AsyncCodeArena(str(api.base_url)) as arena:
        tasks = [record(number) for number in range(3)]
        for _ in range(2):
            answers = await arena.grade_batch([(task, RIGHT) for task in tasks])
            assert all(isinstance(answer, Verdict) for answer in answers)
            for sent in await arena.sent_tasks():
                await arena.forget_task(sent.task_ref)
            arena._sending._sent = {reference_of(task): None for task in tasks}  # as if it had not heard of that
        assert (await arena.grade(tasks[0], RIGHT)).solved
        job = await arena.submit_job([(tasks[1], RIGHT), (tasks[2], WRONG)])
        solved = {
            at: answer.solved async for at, answer in arena.job_results(job.job_id) if isinstance(answer, Verdict)
        }
        assert solved == {0: True, 1: False}


async def test_bad_record_costs_only_itself_and_says_every_fault_with_its_field(api: httpx.AsyncClient) -> None:
    bad = {**record(3), "level": "extreme", "buggy": 7}
    answers = (await _post(api, "/tasks", [TASK, bad, 7])).json()["items"]
    assert answers[0]["task"]["task_ref"] == REF
    assert answers[1]["problem"]["status"] == 422
    assert "task.level" in answers[1]["problem"]["detail"] and "task.buggy" in answers[1]["problem"]["detail"]
    assert answers[2]["problem"]["status"] == 422
    lines = "".join(json.dumps(each) + "\n" for each in (TASK, record(4)))
    headers = {"Content-Type": "application/x-ndjson"}
    answers = (await api.post("/tasks", content=lines, headers=headers)).json()["items"]
    assert [answer["task"]["id"] for answer in answers] == ["set/1", "set/4"]
    assert (await api.post("/tasks", content="{", headers=headers)).status_code == 400


HUGE = record(5, description="x" * 200_000)
DEEP = record(6, cases="(" * 100_000)
LARGE_LIMITS = record(7, limits={"attempt_cpu_s": 300, "memory_bytes": 2**40})


@pytest.mark.parametrize(
    ("task", "said"),
    [(HUGE, "bytes"), (DEEP, "cases: line 1"), (LARGE_LIMITS, "limits.attempt_cpu_s")],
    ids=["huge", "deep", "limits"],
)
async def test_task_beyond_the_bounds_is_refused_and_says_why(
    serve: Serve, settings: Settings, task: dict[str, Any], said: str
) -> None:
    api = await serve(settings.model_copy(update={"sent_task_bytes": 150_000}))
    answer = await _post(api, "/grade", {"task": task, "source": RIGHT})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


async def test_body_beyond_the_limit_is_413(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"body_bytes": 1000, "sent_task_bytes": 1000}))
    assert (await _post(api, "/grade", {"task": HUGE, "source": RIGHT})).status_code == 413


async def test_the_task_not_used_for_longest_gives_way(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"sent_tasks_kept": 2, "tasks_kept": 1}))
    tasks = [record(number) for number in range(3)]
    for task in tasks:
        await _post(api, "/tasks", task)
        await asyncio.sleep(0.002)  # uses are told apart by milliseconds
    listed = (await api.get("/sent-tasks")).json()
    assert [each["id"] for each in listed] == ["set/2", "set/1"]
    found = [await _post(api, "/grade", {"task_ref": reference_of(task), "source": RIGHT}) for task in tasks]
    assert [answer.status_code for answer in found] == [404, 200, 200]


async def test_tasks_of_a_job_are_kept_for_it_whatever_else_is_sent(serve: Serve, settings: Settings) -> None:
    changed = {"sent_tasks_kept": 2, "sent_tasks_ttl_s": 60, "job_chunks": 0, "tasks_kept": 1}
    api = await serve(settings.model_copy(update=changed))
    items = [{"task": record(number), "source": RIGHT} for number in (0, 1)]
    assert (await _post(api, "/jobs", {"job_id": "j", "items": items})).status_code == 202
    (answer,) = (await _post(api, "/tasks", [record(2)])).json().get("items", [{}]) or [{}]
    assert not answer
    graded = await serve(settings.model_copy(update={"job_chunks": 1}))
    async with AsyncCodeArena(str(graded.base_url)) as arena:
        solved = [answer.solved async for _, answer in arena.job_results("j") if isinstance(answer, Verdict)]
    assert solved == [True, True]


async def test_episode_goes_on_when_its_task_is_forgotten(serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"tasks_kept": 1}))
    begun = (await _post(api, "/reset", {"task": TASK})).json()
    assert begun["observation"]["task_id"] == "set/1"
    assert (await api.delete(f"/sent-tasks/{REF}")).status_code == 204
    assert (await api.delete(f"/sent-tasks/{REF}")).status_code == 404
    restarted = await serve(settings)
    for gateway in (api, restarted):
        step = await _post(gateway, "/step", {"episode_id": begun["episode_id"], "proposed_fix": WRONG})
        assert step.json()["info"]["execution_metadata"]["test_total"] == 2
    assert (await _post(restarted, "/reset", {"task_ref": REF})).status_code == 404
    # After the last step another episode like it begins, by agents who name none.
    for _ in range(4):
        last = await _post(restarted, "/step", {"proposed_fix": RIGHT})
    assert last.json()["info"]["task_id"] == "set/1"


async def test_sent_tasks_outlive_a_restart_of_redis(api: httpx.AsyncClient, redis_server: RedisServer) -> None:
    await _post(api, "/tasks", TASK)
    redis_server.stop()
    assert (await _post(api, "/tasks", record(9))).status_code == 503
    redis_server.start()
    assert [each["id"] for each in (await api.get("/sent-tasks")).json()] == ["set/1"]
    assert (await _post(api, "/grade", {"task_ref": REF, "source": RIGHT})).json()["solved"] is True


async def test_what_one_owner_has_sent_nobody_else_can_name(make_key: MakeKey, api: httpx.AsyncClient) -> None:
    one, other = await make_key("one", Scope.TASKS), await make_key("other", Scope.TASKS)
    assert (await _post(api, "/tasks", TASK, headers=one)).json()["items"][0]["task"]["task_ref"] == REF
    body = {"task_ref": REF, "source": RIGHT}
    assert (await _post(api, "/grade", body, headers=one)).status_code == 200
    assert (await _post(api, "/grade", body, headers=other)).status_code == 404
    assert (await api.get("/sent-tasks", headers=other)).json() == []
    assert (await api.delete(f"/sent-tasks/{REF}", headers=other)).status_code == 404


async def test_statistics_of_all_tell_no_task_of_an_owner_and_count_it_for_none_that_is_served(
    make_key: MakeKey, api: httpx.AsyncClient
) -> None:
    one, other = await make_key("one", Scope.TASKS), await make_key("other", Scope.USE)
    for task in (record(1, category="unannounced"), record(2, id="easy-1")):
        begun = (await _post(api, "/reset", {"task": task}, headers=one)).json()
        step = {"episode_id": begun["episode_id"], "proposed_fix": RIGHT}
        assert (await _post(api, "/step", step, headers=one)).status_code == 200
    stats = (await api.get("/stats", headers=other)).json()
    assert {name: found["steps"] for name, found in stats["by_task"].items()} == {"(sent)": 2}
    assert list(stats["by_category"]) == ["(sent)"]


async def test_it_takes_a_key_of_the_scope(make_key: MakeKey, serve: Serve, settings: Settings) -> None:
    api = await serve(settings.model_copy(update={"keys_max_age_s": 0.001}))
    bodies = [("/tasks", TASK), ("/grade", {"task": TASK, "source": RIGHT}), ("/reset", {"task": TASK})]
    bodies.append(("/jobs", {"items": [{"task": TASK, "source": RIGHT}]}))
    allowed = [await _post(api, path, body) for path, body in bodies]  # there are no keys yet
    assert [answer.status_code for answer in allowed] == [200, 200, 200, 202]
    keys = {scope: await make_key("team", scope) for scope in Scope}
    assert [(await _post(api, path, body)).status_code for path, body in bodies] == [401] * 4
    for scope, expected in ((Scope.USE, [403] * 4), (Scope.TASKS, [200, 200, 200, 202]), (Scope.ADMIN, [200] * 3)):
        found = [(await _post(api, path, body, headers=keys[scope])).status_code for path, body in bodies]
        assert found[: len(expected)] == expected
    (item,) = (await _post(api, "/grade/batch", [bodies[1][1]], headers=keys[Scope.USE])).json()["items"]
    assert item["problem"]["status"] == 403
    assert (await _post(api, "/grade", {"task_id": "easy-1", "source": RIGHT}, headers=keys[Scope.TASKS])).is_success


async def test_checker_takes_the_scope_admin_unless_the_settings_allow_it(
    make_key: MakeKey, serve: Serve, settings: Settings
) -> None:
    tests = [{"name": "one", "args": [1], "compare": "custom", "visible": True}]
    body = {"task": record(8, tests=tests, checker="def check(*given): return True"), "source": RIGHT}
    strict, open_to_all = await serve(settings), await serve(settings.model_copy(update={"sent_checkers": True}))
    team, operators = await make_key("team", Scope.TASKS), await make_key("operators", Scope.ADMIN)
    for api, headers, status in ((strict, team, 403), (strict, operators, 200), (open_to_all, team, 200)):
        assert (await _post(api, "/grade", body, headers=headers)).status_code == status


async def test_hidden_tests_and_solution_of_a_sent_task_do_not_leave(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    begun = await _post(api, "/reset", {"task": TASK})
    step = await _post(api, "/step", {"episode_id": begun.json()["episode_id"], "proposed_fix": WRONG})
    told = begun.text + step.text + (await api.get("/sent-tasks")).text
    assert not any(secret in told for secret in ("secret-name", "hidden-input", "the-reference-solution"))
    assert all(b"the-reference-solution" not in each.workload.source for each in executor.attempts)
