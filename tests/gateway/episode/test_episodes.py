"""What the episode state machine promises when requests race, are retried, or meet a failure of ours."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest

from codearena import models
from codearena.errors import OverloadedError, SandboxError, ServiceError
from codearena.v1 import store_pb2
from gateway.context import Context
from gateway.server import create_app
from gateway.settings import Settings
from gateway.store.keys import Keys
from tests.fakes import RIGHT, WRONG, FakeExecutor, FakeJudge
from tests.gateway.conftest import Serve
from tests.redis_servers import RedisServer, connect


@pytest.fixture
async def gateways(serve: Serve, settings: Settings) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """Two gateways on the same store."""
    return await serve(settings), await serve(settings)


async def _reset(api: httpx.AsyncClient, **fields: object) -> str:
    answer = await api.post("/reset", json={"task_id": "easy-1", **fields})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["episode_id"])


async def _steps(api: httpx.AsyncClient, episode_id: str) -> int:
    return int((await api.get("/state", params={"episode_id": episode_id})).json()["step_count"])


async def test_retried_request_gets_the_first_answer_and_counts_once(api: httpx.AsyncClient) -> None:
    body = {"episode_id": await _reset(api), "proposed_fix": WRONG, "request_id": "r1"}
    first, again = await api.post("/step", json=body), await api.post("/step", json=body)
    assert first.status_code == 200
    assert again.content == first.content
    assert await _steps(api, body["episode_id"]) == 1


async def test_idempotency_key_header_works_like_the_request_id(api: httpx.AsyncClient) -> None:
    body, headers = {"episode_id": await _reset(api), "proposed_fix": WRONG}, {"Idempotency-Key": "k1"}
    first = await api.post("/step", json=body, headers=headers)
    again = await api.post("/step", json=body, headers=headers)
    assert again.content == first.content
    assert await _steps(api, body["episode_id"]) == 1


async def test_retry_of_the_last_step_gets_its_answer_although_the_episode_is_finished(api: httpx.AsyncClient) -> None:
    for body in ({"episode_id": await _reset(api)}, {}):
        body |= {"proposed_fix": RIGHT, "request_id": "final"}
        first, again = await api.post("/step", json=body), await api.post("/step", json=body)
        assert first.json()["done"] is True
        assert again.content == first.content


async def test_request_id_with_another_source_is_refused(api: httpx.AsyncClient) -> None:
    body = {"episode_id": await _reset(api), "request_id": "r1"}
    await api.post("/step", json={**body, "proposed_fix": WRONG})
    other = await api.post("/step", json={**body, "proposed_fix": RIGHT})
    assert other.status_code == 422
    assert other.json()["type"] == "urn:codearena:problem:validation"


async def test_retry_while_the_first_is_in_flight_waits_for_the_same_answer(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    body = {"episode_id": await _reset(api), "proposed_fix": WRONG, "request_id": "r1"}
    executor.gate.clear()
    first = asyncio.create_task(api.post("/step", json=body))
    await executor.arrived(1)
    again = asyncio.create_task(api.post("/step", json=body))
    await api.get("/health")  # the retry was sent before, and waits
    executor.gate.set()
    answers = await asyncio.gather(first, again)
    assert answers[0].content == answers[1].content
    assert len(executor.attempts) == 1


async def test_other_step_while_one_is_in_flight_gets_409_at_once(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    episode_id = await _reset(api)
    executor.gate.clear()
    first = asyncio.create_task(api.post("/step", json={"episode_id": episode_id, "proposed_fix": WRONG}))
    await executor.arrived(1)
    other = await api.post("/step", json={"episode_id": episode_id, "proposed_fix": RIGHT})
    executor.gate.set()
    assert (other.status_code, other.json()["type"]) == (409, "urn:codearena:problem:episode-busy")
    assert (await first).status_code == 200
    assert len(executor.attempts) == 1


async def test_second_racing_step_on_two_gateways_gets_409(
    gateways: tuple[httpx.AsyncClient, httpx.AsyncClient], executor: FakeExecutor
) -> None:
    episode_id = await _reset(gateways[0])
    executor.gate.clear()
    fixes = [{"episode_id": episode_id, "proposed_fix": f"{WRONG} {number}"} for number in (1, 2)]
    racing = [asyncio.create_task(api.post("/step", json=fix)) for api, fix in zip(gateways, fixes, strict=True)]
    await executor.arrived(2)
    executor.gate.set()
    answers = await asyncio.gather(*racing)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await _steps(gateways[0], episode_id) == 1


async def test_same_request_racing_on_two_gateways_gets_one_answer(
    gateways: tuple[httpx.AsyncClient, httpx.AsyncClient], executor: FakeExecutor
) -> None:
    body = {"episode_id": await _reset(gateways[0]), "proposed_fix": RIGHT, "request_id": "r1"}
    executor.gate.clear()
    racing = [asyncio.create_task(api.post("/step", json=body)) for api in gateways]
    await executor.arrived(2)
    executor.gate.set()
    first, second = await asyncio.gather(*racing)
    assert first.status_code == 200
    assert first.content == second.content
    assert await _steps(gateways[0], body["episode_id"]) == 1


async def test_same_bare_request_after_the_end_begins_one_fresh_episode_on_two_gateways(
    gateways: tuple[httpx.AsyncClient, httpx.AsyncClient], executor: FakeExecutor
) -> None:
    await _reset(gateways[0])
    await gateways[0].post("/step", json={"proposed_fix": RIGHT})
    executor.gate.clear()
    body = {"proposed_fix": WRONG, "request_id": "r2"}
    racing = [asyncio.create_task(api.post("/step", json=body)) for api in gateways]
    await executor.arrived(3)
    executor.gate.set()
    first, second = await asyncio.gather(*racing)
    assert first.json()["observation"]["step"] == 1
    assert first.content == second.content


async def test_retry_that_read_the_finished_episode_late_finds_the_fresh_one(
    api: httpx.AsyncClient, executor: FakeExecutor, redis_url: str
) -> None:
    finished = await _reset(api)
    await api.post("/step", json={"proposed_fix": RIGHT})
    body = {"proposed_fix": RIGHT, "request_id": "r2"}
    first = await api.post("/step", json=body)
    with connect(redis_url) as client:  # as another gateway saw it before the fresh one began
        client.set(Keys("codearena").last("default"), finished)
    again = await api.post("/step", json=body)
    assert again.content == first.content
    assert len(executor.attempts) == 2


async def test_retried_reset_gets_the_same_episode_as_it_stands(api: httpx.AsyncClient) -> None:
    body = {"task_id": "auto", "request_id": "reset-1"}
    first = await api.post("/reset", json=body)
    await api.post("/step", json={"proposed_fix": WRONG})
    for _ in range(4):
        assert (await api.post("/reset", json=body)).json() == first.json()
    assert await _steps(api, first.json()["episode_id"]) == 1


async def test_reset_of_a_named_episode_begins_it_anew(api: httpx.AsyncClient) -> None:
    await _reset(api, episode_id="mine")
    await api.post("/step", json={"episode_id": "mine", "proposed_fix": RIGHT})
    await _reset(api, episode_id="mine")
    assert await _steps(api, "mine") == 0
    again = (await api.post("/step", json={"episode_id": "mine", "proposed_fix": RIGHT})).json()
    assert again["info"]["penalties"]["identical"] == 0


async def test_step_begun_before_a_reset_of_its_episode_does_not_count_after_it(
    gateways: tuple[httpx.AsyncClient, httpx.AsyncClient], executor: FakeExecutor
) -> None:
    await _reset(gateways[0], episode_id="mine")
    await _reset(gateways[1], episode_id="warm")
    executor.gate.clear()
    old = asyncio.create_task(gateways[0].post("/step", json={"episode_id": "mine", "proposed_fix": WRONG}))
    await executor.arrived(1)
    await _reset(gateways[1], episode_id="mine")
    executor.gate.set()
    assert (await old).status_code == 409
    assert await _steps(gateways[0], "mine") == 0


async def test_step_of_a_finished_episode_gets_409(api: httpx.AsyncClient) -> None:
    body = {"episode_id": await _reset(api), "proposed_fix": RIGHT}
    await api.post("/step", json=body)
    late = await api.post("/step", json=body)
    assert (late.status_code, late.json()["type"]) == (409, "urn:codearena:problem:episode-finished")


async def test_expired_episode_is_unknown(serve: Serve, settings: Settings, redis_url: str) -> None:
    api = await serve(settings)
    episode_id = await _reset(api)
    with connect(redis_url) as client:
        keys = Keys.of(settings).episode(episode_id)
        assert 0 < client.ttl(keys.record) <= settings.episode_ttl_s
        client.delete(keys.record)
    late = await api.post("/step", json={"episode_id": episode_id, "proposed_fix": RIGHT})
    assert (late.status_code, late.json()["type"]) == (404, "urn:codearena:problem:unknown-episode")


async def test_episode_that_expires_during_a_step_is_unknown(
    serve: Serve, settings: Settings, executor: FakeExecutor, redis_url: str
) -> None:
    api = await serve(settings)
    episode_id = await _reset(api)
    executor.gate.clear()
    step = asyncio.create_task(api.post("/step", json={"episode_id": episode_id, "proposed_fix": RIGHT}))
    await executor.arrived(1)
    with connect(redis_url) as client:
        client.delete(Keys.of(settings).episode(episode_id).record)
    executor.gate.set()
    assert (await step).status_code == 404


async def test_sandbox_lost_is_tried_again_and_counts_one_step(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    episode_id = await _reset(api)
    executor.fail[RIGHT].extend([SandboxError("lost"), OverloadedError("full", retry_after_s=0.01)])
    step = await api.post("/step", json={"episode_id": episode_id, "proposed_fix": RIGHT})
    assert step.json()["done"] is True
    assert len(executor.attempts) == 3
    assert await _steps(api, episode_id) == 1


async def test_executor_killed_in_mid_attempt_costs_no_step(serve: Serve, settings: Settings) -> None:
    async with FakeExecutor() as one, FakeExecutor() as other:
        address = f"ipv4:{one.address},{other.address}"
        api = await serve(settings.model_copy(update={"executor_address": address}))
        episode_id = await _reset(api)
        one.gate.clear()
        other.gate.clear()
        step = asyncio.create_task(api.post("/step", json={"episode_id": episode_id, "proposed_fix": RIGHT}))
        waiting = {asyncio.create_task(fake.arrived(1)): fake for fake in (one, other)}
        done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        killed = waiting[done.pop()]
        survivor = other if killed is one else one
        survivor.gate.set()
        await killed.kill()
        assert (await step).json()["done"] is True
        assert len(survivor.attempts) == 1
        for task in rest:
            await task


@pytest.mark.parametrize("service", ["executor", "judge", "grader"])
async def test_service_that_is_down_gives_503_and_no_step(serve: Serve, settings: Settings, service: str) -> None:
    api = await serve(settings)
    episode_id = await _reset(api)
    # The other gateway cannot reach the service; the attempt's time is short so that the test is.
    down = {f"{service}_address": "127.0.0.1:9", "attempt_wait_s": 0.5}
    blind = await serve(settings.model_copy(update=down))
    step = await blind.post("/step", json={"episode_id": episode_id, "proposed_fix": RIGHT})
    assert step.status_code == 503
    assert int(step.headers["Retry-After"]) >= 1
    assert step.headers["Content-Type"] == "application/problem+json"
    assert "reward" not in step.json()
    assert await _steps(api, episode_id) == 0
    assert (await api.post("/step", json={"episode_id": episode_id, "proposed_fix": RIGHT})).json()["done"] is True


async def test_judge_that_fails_for_good_gives_503_and_no_step(
    serve: Serve, settings: Settings, judge: FakeJudge
) -> None:
    api = await serve(settings.model_copy(update={"attempt_wait_s": 0.5}))
    episode_id = await _reset(api)
    judge.fail.extend(ServiceError("no analysers") for _ in range(50))
    step = await api.post("/step", json={"episode_id": episode_id, "proposed_fix": RIGHT})
    assert step.status_code == 503
    assert await _steps(api, episode_id) == 0


async def test_reset_while_the_executor_is_down_gives_503(serve: Serve, settings: Settings) -> None:
    down = {"executor_address": "127.0.0.1:9", "attempt_wait_s": 0.3}
    api = await serve(settings.model_copy(update=down))
    assert (await api.post("/reset", json={"task_id": "easy-1"})).status_code == 503


async def test_store_that_is_down_gives_503_and_keeps_the_episode(
    serve: Serve, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "own-redis").mkdir()
    own = RedisServer(tmp_path / "own-redis")
    api = await serve(settings.model_copy(update={"redis_url": _secret(own.url)}))
    body = {"episode_id": await _reset(api), "proposed_fix": WRONG, "request_id": "r1"}
    await api.post("/step", json=body)
    own.stop()
    down = await api.post("/step", json={**body, "request_id": "r2"})
    assert (down.status_code, down.json()["type"]) == (503, "urn:codearena:problem:store")
    assert "Retry-After" in down.headers
    own.start()
    back = await api.post("/step", json={**body, "proposed_fix": RIGHT, "request_id": "r2"})
    assert back.json()["observation"]["step"] == 2
    own.stop()


def _secret(url: str) -> object:
    return Settings(redis_url=url).redis_url


async def test_beyond_the_bounded_queue_steps_get_503(serve: Serve, settings: Settings, executor: FakeExecutor) -> None:
    api = await serve(settings.model_copy(update={"attempts_running": 1, "attempts_waiting": 0}))
    ids = [await _reset(api, episode_id=name) for name in ("a", "b")]
    executor.gate.clear()
    first = asyncio.create_task(api.post("/step", json={"episode_id": ids[0], "proposed_fix": RIGHT}))
    await executor.arrived(1)
    refused = await api.post("/step", json={"episode_id": ids[1], "proposed_fix": RIGHT})
    executor.gate.set()
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:codearena:problem:overloaded")
    assert (await first).status_code == 200


async def test_caller_who_hangs_up_does_not_undo_the_step(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings)
    body = {"episode_id": await _reset(api), "proposed_fix": RIGHT, "request_id": "r1"}
    executor.gate.clear()
    step = asyncio.create_task(api.post("/step", json=body))
    await executor.arrived(1)
    step.cancel()
    await asyncio.wait({step})
    executor.gate.set()
    again = await api.post("/step", json=body)
    assert again.json()["done"] is True
    assert len(executor.attempts) == 1


async def test_cancelled_waiter_does_not_take_the_answer_from_another(
    settings: Settings, executor: FakeExecutor
) -> None:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        context: Context = app.state.context
        await context.resets.reset(models.ResetRequest(task_id="easy-1"), "")
        executor.gate.clear()
        request = models.StepRequest(proposed_fix=RIGHT)
        first, second = (asyncio.create_task(context.steps.step(request, "r1")) for _ in range(2))
        await executor.arrived(1)
        first.cancel()
        await asyncio.wait({first})
        executor.gate.set()
        assert models.StepResponse.model_validate_json(await second).done


async def test_stored_attempt_is_complete_enough_to_grade_again(
    api: httpx.AsyncClient, settings: Settings, redis_url: str
) -> None:
    episode_id = await _reset(api)
    reward = (await api.post("/step", json={"proposed_fix": WRONG})).json()["reward"]
    with connect(redis_url) as client:
        keys = Keys.of(settings).episode(episode_id)
        (stored,) = client.lrange(keys.attempts, 0, -1)
        assert client.hget(keys.record, "source:1") == WRONG.encode()
    attempt = store_pb2.StoredAttempt.FromString(stored)
    assert len(attempt.report.calls) == 3
    assert attempt.judgement.correctness.score == 0.8
    assert attempt.verdict.reward == reward
    assert attempt.identity == attempt.report.analysis.ast_hash
    assert all((attempt.revisions.task, attempt.revisions.grader, attempt.revisions.runner, attempt.revisions.judge))


async def test_every_key_of_a_step_has_a_hash_tag_of_the_namespace_and_a_time_to_live_or_a_cap(
    api: httpx.AsyncClient, redis_url: str
) -> None:
    await _reset(api)
    await api.post("/step", json={"proposed_fix": RIGHT, "request_id": "r1"})
    with connect(redis_url) as client:
        names = [name.decode() for name in client.scan_iter()]
        tag = r"\{codearena:\d+\}:" if "cluster" in redis_url else r"\{codearena\}:"
        assert all(re.match(tag, name) or name.startswith("{codearena}:") for name in names)
        lasting = [name for name in names if client.ttl(name) < 0 and not name.endswith(":outbox")]  # which is empty
        assert {*lasting} - {"{codearena}:delivered"} == {"{codearena}:events", "{codearena}:stats"}
        assert [fields[b"kind"] for _, fields in client.xrange("{codearena}:events")] == [b"reset", b"step"]
