"""/jobs: many items graded in the background."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from codearena.errors import SandboxError, UnknownTaskError
from codearena.models import Verdict
from codearena.sdk.async_client import AsyncCodeArena
from codearena.sdk.client import CodeArena
from gateway.settings import Settings
from gateway.store.api_keys import Scope
from tests.fakes import BROKEN, RIGHT, WRONG, FakeExecutor
from tests.gateway.access.conftest import MakeKey, make_key, store  # noqa: F401  # fixtures
from tests.gateway.conftest import Serve

NDJSON = {"Accept": "application/x-ndjson"}


def _items(*sources: str) -> list[object]:
    return [{"task_id": "easy-1", "source": source} for source in sources]


async def _submitted(api: httpx.AsyncClient, items: Sequence[object], headers: Mapping[str, str] | None = None) -> str:
    answer = await api.post("/jobs", json={"items": items}, headers=headers)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == answer.json()["url"]
    return str(answer.json()["url"])


async def _followed(
    api: httpx.AsyncClient, url: str, headers: Mapping[str, str] | None = None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """All outcomes, and the job's status at its end."""
    text = (await api.get(f"{url}/results", headers={**NDJSON, **(headers or {})})).text
    *lines, last = [json.loads(line) for line in text.splitlines() if line]
    return lines, last


async def test_each_item_gets_what_a_batch_would_give_and_a_bad_one_fails_alone(api: httpx.AsyncClient) -> None:
    items = [*_items(RIGHT, WRONG, BROKEN), {"task_id": "nope", "source": RIGHT}, {"task_id": "easy-1"}, 7, None]
    url = await _submitted(api, items)
    lines, last = await _followed(api, url)
    batch = (await api.post("/grade/batch", json={"items": items})).json()["items"]
    by_index = {line["index"]: line for line in lines}
    assert sorted(by_index) == list(range(len(items))) and len(lines) == len(items)
    for index, item in enumerate(batch):
        for part in ("verdict", "problem"):
            assert bool(by_index[index][part]) == bool(item[part])
        if item["verdict"]:
            assert by_index[index]["verdict"]["reward_components"] == item["verdict"]["reward_components"]
        else:
            assert by_index[index]["problem"]["type"] == item["problem"]["type"]
    assert (last["state"], last["items"], last["done"], last["failed"]) == ("done", 7, 7, 4)
    assert last["finished_ms"] >= last["created_ms"]
    assert (await api.get(url)).json() == last
    assert (await api.get("/jobs")).json() == [last]


async def test_outcomes_come_in_pages_and_each_once(api: httpx.AsyncClient) -> None:
    url = await _submitted(api, _items(*[f"{WRONG} {number}" for number in range(7)]))
    await _followed(api, url)
    seen, after, finished = [], 0, False
    while not finished:
        page = (await api.get(f"{url}/results", params={"after": after, "limit": 3})).json()
        seen += [line["index"] for line in page["lines"]]
        after, finished = page["after"], page["finished"]
    assert sorted(seen) == list(range(7)) and len(seen) == 7
    beyond = (await api.get(f"{url}/results", params={"after": 99})).json()
    assert (beyond["lines"], beyond["finished"]) == ([], True)
    lines, last = await _followed(api, url)
    streamed = (await api.get(f"{url}/results?after=2", headers=NDJSON)).text.splitlines()
    assert [json.loads(line) for line in streamed if line] == [*lines[2:], last]


async def test_an_outcome_is_streamed_once_it_is_there(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    executor.gate.clear()
    url = await _submitted(api, [*_items(RIGHT), {"task_id": "nope", "source": RIGHT}])
    async with api.stream("GET", f"{url}/results", headers=NDJSON) as answer:
        lines = (line async for line in answer.aiter_lines() if line)
        assert json.loads(await anext(lines))["problem"]["status"] == 404
        executor.gate.set()
        assert json.loads(await anext(lines))["verdict"]["solved"] is True
        assert json.loads(await anext(lines))["state"] == "done"


async def test_events_tell_how_far_it_is_until_it_is_over(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    executor.gate.clear()
    url = await _submitted(api, _items(RIGHT, WRONG))
    events = []
    async with api.stream("GET", f"{url}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                events.append(json.loads(line.removeprefix("data: ")))
                executor.gate.set()
    assert (events[0]["state"], events[0]["done"]) == ("running", 0)
    assert (events[-1]["state"], events[-1]["done"]) == ("done", 2)


async def test_cancelling_keeps_what_is_graded_and_stops_the_rest(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"job_chunk_items": 2, "job_chunks": 1, "job_lease_s": 0.3}))
    url = await _submitted(api, [{"task_id": "nope", "source": RIGHT}, *_items(*[f"{RIGHT} {n}" for n in range(9)])])
    executor.gate.clear()
    async with api.stream("GET", f"{url}/results", headers=NDJSON) as answer:
        lines = (json.loads(line) async for line in answer.aiter_lines() if line)
        assert (await anext(lines))["problem"]["status"] == 404
        cancelled = (await api.post(f"{url}/cancel")).json()
        assert cancelled["state"] == "cancelled" and cancelled["done"] < 10
        rest = [line async for line in lines]
    assert rest[-1] == cancelled
    executor.gate.set()
    assert (await api.post(f"{url}/cancel")).json() == cancelled
    # Its place is free for another job, and nothing more has come of it.
    _, other = await _followed(api, await _submitted(api, _items(WRONG)))
    assert other["state"] == "done"
    assert (await api.get(url)).json() == cancelled
    done = await _submitted(api, _items(RIGHT))
    _, last = await _followed(api, done)
    assert (await api.post(f"{done}/cancel")).json() == last


async def test_a_job_is_its_owners_alone(api: httpx.AsyncClient, make_key: MakeKey) -> None:  # noqa: F811
    mine, other = await make_key("mine"), await make_key("other", Scope.ADMIN)
    body = {"job_id": "j", "items": _items(RIGHT)}
    assert (await api.post("/jobs", json=body, headers=mine)).status_code == 202
    calls = [("GET", ""), ("GET", "/results"), ("GET", "/events"), ("POST", "/cancel")]
    for method, path in calls:
        answer = await api.request(method, f"/jobs/j{path}", headers=other)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:codearena:problem:unknown-job")
    assert (await api.get("/jobs", headers=other)).json() == []
    # The same name of another owner is another job.
    assert (await api.post("/jobs", json={"job_id": "j", "items": _items(WRONG)}, headers=other)).status_code == 202
    (right,), _ = await _followed(api, "/jobs/j", mine)
    (wrong,), _ = await _followed(api, "/jobs/j", other)
    assert (right["verdict"]["solved"], wrong["verdict"]["solved"]) == (True, False)


async def test_items_are_graded_with_the_rights_of_who_submitted_them(
    api: httpx.AsyncClient,
    make_key: MakeKey,  # noqa: F811
) -> None:
    use, admin = await make_key("team"), await make_key("operators", Scope.ADMIN)
    items = [{"task_id": "easy-1", "source": RIGHT, "probe_cpu_s": 0.1}]
    (refused,), _ = await _followed(api, await _submitted(api, items, use), use)
    (graded,), _ = await _followed(api, await _submitted(api, items, admin), admin)
    assert refused["problem"]["status"] == 403
    assert graded["verdict"]["solved"] is True


async def test_submitting_again_is_the_same_job_and_other_items_are_refused(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    body = {"job_id": "j", "items": _items(RIGHT)}
    first = (await api.post("/jobs", json=body)).json()
    await _followed(api, "/jobs/j")
    again = (await api.post("/jobs", json=body)).json()
    assert (again["job_id"], again["created_ms"], again["state"]) == ("j", first["created_ms"], "done")
    by_header = await api.post("/jobs", json={"items": _items(RIGHT)}, headers={"Idempotency-Key": "j"})
    assert by_header.json() == again
    assert len(executor.attempts) == 1
    other = await api.post("/jobs", json={"job_id": "j", "items": _items(WRONG)})
    assert (other.status_code, other.json()["type"]) == (409, "urn:codearena:problem:job-exists")


async def test_an_owner_has_so_many_jobs_and_the_oldest_finished_one_gives_way(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"jobs_kept": 2, "job_items": 3}))
    old, new = await _submitted(api, _items(RIGHT)), await _submitted(api, _items(WRONG))
    for url in (old, new):
        await _followed(api, url)
    executor.gate.clear()
    await _submitted(api, _items(RIGHT))
    assert [(await api.get(url)).status_code for url in (old, new)] == [404, 200]
    await _submitted(api, _items(RIGHT))
    refused = await api.post("/jobs", json={"items": _items(RIGHT)})
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:codearena:problem:over-quota")
    assert int(refused.headers["Retry-After"]) > 0
    executor.gate.set()
    too_many = await api.post("/jobs", json={"items": _items(*["x"] * 4)})
    assert too_many.status_code == 422


async def test_what_fails_on_our_side_is_tried_again(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    executor.fail["lost"].extend(SandboxError("lost") for _ in range(4))  # more than the gateway's own tries
    lines, last = await _followed(api, await _submitted(api, _items("lost")))
    assert lines[0]["verdict"] is not None
    assert last["failed"] == 0


async def test_single_calls_pass_a_job_that_has_not_begun_all_its_items(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"job_chunk_items": 3, "job_chunks": 1}))
    executor.gate.clear()
    url = await _submitted(api, _items(*[f"{WRONG} {number}" for number in range(7)]))
    await executor.arrived(3)
    single = asyncio.create_task(api.post("/grade", json={"task_id": "easy-1", "source": RIGHT}))
    await executor.arrived(4)
    assert executor.attempts[-1].workload.source == RIGHT.encode()
    executor.gate.set()
    assert (await single).status_code == 200
    assert (await _followed(api, url))[1]["done"] == 7


async def test_the_sdk_submits_follows_and_cancels(api: httpx.AsyncClient) -> None:
    pairs = [("easy-1", RIGHT), ("nope", RIGHT), ("easy-1", WRONG)]
    async with AsyncCodeArena(str(api.base_url)) as arena:
        job = await arena.submit_job(pairs, group_id="g")
        answers = {place: answer async for place, answer in arena.job_results(job.job_id)}
        assert [isinstance(answers[place], Verdict) for place in range(3)] == [True, False, True]
        assert isinstance(answers[1], UnknownTaskError)
        assert (await arena.job(job.job_id)).finished
        assert (await arena.cancel_job(job.job_id)).state == "done"

    def blocking() -> list[int]:
        with CodeArena(str(api.base_url)) as arena:
            assert arena.jobs()[0].job_id == job.job_id
            other = arena.submit_job(pairs)
            return sorted(place for place, _ in arena.job_results(other.job_id))

    assert await asyncio.to_thread(blocking) == [0, 1, 2]
