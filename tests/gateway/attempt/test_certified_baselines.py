"""What a certificate says of the code as given: shown without a run where it holds, and nowhere else."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from codearena.errors import SandboxError
from codearena.v1 import executor_pb2
from gateway.settings import Settings
from grader_service.server import GraderServer
from grader_service.settings import Settings as GraderSettings
from tests.fakes import FakeExecutor, FakeJudge
from tests.gateway.catalogue.records import record, write
from tests.gateway.conftest import Serve

COUNT = 8
Record = dict[str, Any]
Change = Callable[[Record], None]


def runs(executor: FakeExecutor) -> list[executor_pb2.AttemptRequest]:
    """Those of code as given for what a reset shows: of its one visible test."""
    return [
        request
        for request in executor.requests
        if request.attempt_id.startswith("baseline-") and len(request.workload.calls) == 1
    ]


async def reset(api: httpx.AsyncClient, **body: object) -> Record:
    answer: Record = (await api.post("/reset", json=body)).raise_for_status().json()
    return answer


def seen(answer: Mapping[str, Any]) -> Record:
    """The observation but for what names the episode."""
    return {name: value for name, value in answer["observation"].items() if name != "episode_id"}


@pytest.fixture
async def certify(
    serve: Serve, settings: Settings, tmp_path: Path, redis_url: str
) -> Callable[..., Awaitable[tuple[Settings, list[Record]]]]:
    """Runs tasks, forgets what came of it, and has it in certificates; the settings serve those, with what was seen."""

    async def certified(change: Callable[[list[Record]], None] = lambda _: None) -> tuple[Settings, list[Record]]:
        records = [record(number) for number in range(COUNT)]
        for number, each in enumerate(records):
            each["tests"][0].update(args=[number], expect=number)
        first = await serve(settings.model_copy(update={"tasks_dir": write(tmp_path / "plain.jsonl", records)}))
        answers = [await reset(first, task_id=each["id"]) for each in records]
        for each, answer in zip(records, answers, strict=True):
            told = {name: answer["observation"][name] for name in ("error_log", "test_results", "hint")}
            each["certificate"] = {"baseline": {**told, "seal": answer["info"]["baseline_seal"]}}
        change(records)
        async with Redis.from_url(redis_url) as redis:
            await redis.flushdb()
        file = write(tmp_path / "certified.jsonl", records)
        return settings.model_copy(update={"tasks_dir": file}), [seen(answer) for answer in answers]

    return certified


Certify = Callable[..., Awaitable[tuple[Settings, list[Record]]]]


async def test_what_is_shown_by_a_certificate_is_what_a_run_gives(
    certify: Certify, serve: Serve, executor: FakeExecutor
) -> None:
    settings, before = await certify()
    api = await serve(settings)
    await reset(api, task_id="set/0")  # run: nobody has said yet who answers here
    done = len(runs(executor))
    executor.fail["wrong"].extend([SandboxError("no sandbox", retry_after_s=None)] * 1000)
    answers = [await reset(api, task_id=f"set/{number}") for number in range(1, COUNT)]
    assert [seen(answer) for answer in answers] == before[1:]
    assert len({answer["observation"]["error_log"] for answer in answers}) == COUNT - 1
    assert len(runs(executor)) == done


async def test_of_resets_at_once_the_first_is_run_and_the_others_are_shown_by_their_certificates(
    certify: Certify, serve: Serve, executor: FakeExecutor
) -> None:
    settings, before = await certify()
    api = await serve(settings)
    done = len(runs(executor))
    answers = await asyncio.gather(*(reset(api, task_id=f"set/{number}") for number in range(COUNT)))
    assert [seen(answer) for answer in answers] == before
    assert len(runs(executor)) == done + 1


async def test_a_certified_task_is_made_ready_for_its_first_attempt_once_there_is_nothing_else_to_do(
    certify: Certify, serve: Serve, executor: FakeExecutor
) -> None:
    settings, _ = await certify()
    api = await serve(settings)
    await reset(api, task_id="set/0")
    done = len(executor.requests)
    await reset(api, task_id="set/1")
    await executor.asked(done + 2)
    timing, given = executor.requests[done : done + 2]
    assert (timing.attempt_id.partition("-")[0], timing.workload.calls[0].function.args.json) == ("timing", b"[1]")
    assert len(given.workload.calls) == 2


async def test_what_certificates_say_takes_no_place_in_the_store(
    certify: Certify, serve: Serve, redis_url: str
) -> None:
    settings, _ = await certify()
    api = await serve(settings)
    for number in range(COUNT):
        await reset(api, task_id=f"set/{number}")
    async with Redis.from_url(redis_url) as redis:
        assert len([key async for key in redis.scan_iter("*:baseline:*")]) == 1


def _edited(records: list[Record]) -> None:
    records[1]["certificate"]["baseline"]["error_log"] = "All is well."


def _foreign(records: list[Record]) -> None:
    records[1]["certificate"] = records[2]["certificate"]


def _of_a_task_edited_since(records: list[Record]) -> None:
    records[1]["hints"] = ["Return it."]


def _older(records: list[Record]) -> None:
    records[1]["certificate"].pop("baseline")


def _unsealed(records: list[Record]) -> None:
    records[1]["certificate"]["baseline"]["seal"] = ""


def _malformed(records: list[Record]) -> None:
    records[1]["certificate"]["baseline"] = ["not", "one"]


@pytest.mark.parametrize("change", [_edited, _foreign, _of_a_task_edited_since, _older, _unsealed, _malformed])
async def test_a_certificate_that_is_not_the_tasks_own_is_not_shown(
    certify: Certify, serve: Serve, executor: FakeExecutor, change: Callable[[list[Record]], None]
) -> None:
    settings, before = await certify(change)
    api = await serve(settings)
    await reset(api, task_id="set/0")
    done = len(runs(executor))
    observation = seen(await reset(api, task_id="set/1"))
    assert len(runs(executor)) == done + 1
    assert observation["error_log"] == before[1]["error_log"]


async def test_a_certificate_of_another_isolation_is_not_shown(
    certify: Certify, serve: Serve, executor: FakeExecutor
) -> None:
    settings, _ = await certify()
    executor.isolation = "cell"
    await _is_run_anew(await serve(settings), executor)


async def test_a_certificate_of_another_runner_is_not_shown(
    certify: Certify, serve: Serve, executor: FakeExecutor
) -> None:
    settings, _ = await certify()
    executor.runner_revision = "runner-2"
    await _is_run_anew(await serve(settings), executor)


async def test_a_certificate_of_sandboxes_with_other_packages_is_not_shown(
    certify: Certify, serve: Serve, executor: FakeExecutor
) -> None:
    settings, _ = await certify()
    executor.packages = ("numpy==2.4.0",)
    await _is_run_anew(await serve(settings), executor)


async def test_a_certificate_of_another_reader_is_not_shown(
    certify: Certify, serve: Serve, executor: FakeExecutor, judge: FakeJudge
) -> None:
    settings, _ = await certify()
    judge.reader_revision = "reader-2"
    await _is_run_anew(await serve(settings), executor)


async def test_a_certificate_of_another_grader_is_not_shown(
    certify: Certify, serve: Serve, executor: FakeExecutor
) -> None:
    settings, _ = await certify()
    server = GraderServer(GraderSettings(port=0, drain_s=0.1, shown_value_chars=321))
    address = f"127.0.0.1:{await server.start()}"
    await _is_run_anew(await serve(settings.model_copy(update={"grader_address": address})), executor)
    await server.drain()


async def test_a_certificate_of_other_limits_is_not_shown(
    certify: Certify, serve: Serve, executor: FakeExecutor
) -> None:
    settings, _ = await certify()
    await _is_run_anew(await serve(settings.model_copy(update={"limit_call_cpu_s": 0.5})), executor)


async def _is_run_anew(api: httpx.AsyncClient, executor: FakeExecutor) -> None:
    await reset(api, task_id="set/0")
    done = len(runs(executor))
    await reset(api, task_id="set/1")
    assert len(runs(executor)) == done + 1


async def test_the_certificate_of_a_task_that_comes_with_a_request_is_not_shown(
    certify: Certify, serve: Serve, executor: FakeExecutor, tasks_dir: Path
) -> None:
    kept: list[Record] = []
    settings, before = await certify(kept.extend)
    api = await serve(settings.model_copy(update={"tasks_dir": tasks_dir}))
    await reset(api, task_id="easy-1")
    done = len(runs(executor))
    assert seen(await reset(api, task=kept[1])) == before[1]
    assert len(runs(executor)) == done + 1


async def test_nobody_is_shown_the_certificate_by_the_task(certify: Certify, serve: Serve) -> None:
    settings, _ = await certify()
    api = await serve(settings)
    assert "seal" not in (await api.get("/tasks/set/1")).text
