"""Stored attempts: exported whole, gone on with, and graded again to the same verdict."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pandas as pd
import pytest
from typer.testing import CliRunner

from codearena.cli import app
from codearena.tasks.folder import load_tasks
from codearena.trajectories import rows
from codearena.trajectories.lines import Line, read
from codearena.trajectories.regrade import regrade
from gateway.settings import Settings
from gateway.store.redis import Store
from gateway.trajectories import lines
from tests.fakes import BROKEN, RIGHT, WRONG, FakeExecutor
from tests.gateway.conftest import write_tasks

ATTEMPTS = int(os.environ.get("CODEARENA_TESTS_ATTEMPTS", "20"))
FIXES = [BROKEN, WRONG, "wrong # the same", "slow # right, but", RIGHT]


_CASES = "def number(rng):\n    return (rng.getrandbits(60),)\n"
_DRAWN = "  - {name: drawn, make: number, args: [3], expect: 3}\nhints:"


@pytest.fixture
def tasks_dir(tmp_path: Path) -> Path:
    """Of hard-1 a hidden input is drawn anew for each step."""
    root = write_tasks(tmp_path / "tasks")
    (root / "hard" / "hard-1" / "cases.py").write_text(_CASES)
    text = (root / "hard" / "hard-1" / "task.yaml").read_text()
    (root / "hard" / "hard-1" / "task.yaml").write_text(text.replace("hints:", _DRAWN))
    return root


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with Store(settings) as store:
        yield store


async def _play(api: httpx.AsyncClient, attempts: int, **reset: str) -> None:
    for number in range(attempts):
        if number % len(FIXES) == 0:
            answer = await api.post("/reset", json={"task_id": ("easy-1", "hard-1")[number // len(FIXES) % 2], **reset})
        body = {"proposed_fix": FIXES[number % len(FIXES)], "episode_id": answer.json()["episode_id"]}
        assert (await api.post("/step", json=body)).status_code == 200


async def _exported(store: Store, after: str = "0") -> list[Line]:
    # As a file has them: what JSON does not keep must not be needed.
    return [json.loads(json.dumps(line)) async for line in lines(store, after)]


async def test_stored_attempts_are_graded_again_to_the_same_verdict(
    api: httpx.AsyncClient, store: Store, grader_address: str
) -> None:
    await _play(api, ATTEMPTS)
    again = [each async for each in regrade(await _exported(store), grader_address)]
    assert len(again) == ATTEMPTS
    assert [(each.problem, each.changed) for each in again] == [("", [])] * ATTEMPTS
    assert len({each.after["reward"] for each in again}) > 2  # not all alike, or nothing would be compared


async def test_inputs_that_were_drawn_are_stored_with_the_attempt_and_what_was_expected_of_them(
    api: httpx.AsyncClient, store: Store, executor: FakeExecutor
) -> None:
    await api.post("/reset", json={"task_id": "hard-1"})
    for fix in (WRONG, RIGHT):
        await api.post("/step", json={"proposed_fix": fix})
    basis, *found = await _exported(store)
    sent = [request.workload for request in executor.attempts if not request.attempt_id.startswith("reference")]
    workloads = [workload for workload in sent if not workload.reference_source]
    assert [_inputs(basis, line) for line in found] == [
        [call.function.args.json for call in workload.calls] for workload in workloads
    ]
    assert _inputs(basis, found[0])[-1] != _inputs(basis, found[1])[-1]
    assert [line["tests_passed"] for line in found] == [0, 4]


def _inputs(basis: Line, line: Line) -> list[bytes]:
    """What an attempt was called with, from the lines alone."""
    drawn = {call["call_id"]: call for call in line["attempt"].get("drawn_calls", [])}
    calls = [drawn.get(call["call_id"], call) for call in basis["basis"]["calls"]]
    return [base64.b64decode(call["function"]["args"]["json"]) for call in calls]


async def test_regrading_shows_what_another_verdict_would_be(
    api: httpx.AsyncClient, store: Store, grader_address: str
) -> None:
    await _play(api, 2)
    found = await _exported(store)
    for line in found:
        if line["kind"] == "attempt":
            line["attempt"]["verdict"]["components"]["test_pass_ratio"] = 0.123
    again = [each async for each in regrade(found, grader_address)]
    assert [each.changed for each in again] == [["test_pass_ratio"]] * 2


async def test_attempt_whose_basis_is_missing_is_a_problem_and_no_verdict(
    api: httpx.AsyncClient, store: Store, grader_address: str
) -> None:
    await _play(api, 1)
    found = [line for line in await _exported(store) if line["kind"] == "attempt"]
    (again,) = [each async for each in regrade(found, grader_address)]
    assert (again.after, "basis" in again.problem) == ({}, True)


async def test_attempt_that_was_not_measured_and_should_be_is_a_problem_and_no_verdict(
    api: httpx.AsyncClient, store: Store, grader_address: str
) -> None:
    await _play(api, len(FIXES))
    exported = await _exported(store)
    measured = [line["attempt"] for line in exported if line["kind"] == "attempt" and "measurement" in line["attempt"]]
    assert len(measured) == 1
    del measured[0]["measurement"]
    problems = [each for each in [each async for each in regrade(exported, grader_address)] if each.problem]
    assert [(each.attempt_id, each.after) for each in problems] == [(measured[0]["attempt_id"], {})]


async def test_export_goes_on_after_the_event_it_got_to(api: httpx.AsyncClient, store: Store) -> None:
    await _play(api, 3)
    first = await _exported(store)
    assert [line["kind"] for line in first] == ["basis", "attempt", "attempt", "attempt"]
    await _play(api, 1)
    assert [line["kind"] for line in await _exported(store, first[-1]["event_id"])] == ["basis", "attempt"]


async def test_attempts_of_an_episode_that_was_replaced_are_forgotten_not_mixed_up(
    api: httpx.AsyncClient, store: Store
) -> None:
    for fix in (WRONG, RIGHT):
        await api.post("/reset", json={"task_id": "easy-1", "episode_id": "e"})
        await api.post("/step", json={"proposed_fix": fix, "episode_id": "e"})
    assert [line["kind"] for line in await _exported(store)] == ["forgotten", "basis", "attempt"]


async def test_rows_for_training_leave_evaluation_out(api: httpx.AsyncClient, store: Store, tasks_dir: Path) -> None:
    await _play(api, 5, agent_id="eval-run")
    tasks = load_tasks(tasks_dir)
    found = await _exported(store)
    assert (list(rows.sft(found, tasks)), list(rows.dpo(found, tasks, 0.1))) == ([], [])


async def test_rows_for_training_are_solved_attempts_and_pairs_by_reward(
    api: httpx.AsyncClient, store: Store, tasks_dir: Path
) -> None:
    await _play(api, 5)
    tasks, found = load_tasks(tasks_dir), await _exported(store)
    (demonstration,) = rows.sft(found, tasks)
    assert RIGHT in demonstration["messages"][-1]["content"]  # type: ignore[index]
    pairs = list(rows.dpo(found, tasks, 0.2))
    assert pairs
    assert all(pair["reward_chosen"] - pair["reward_rejected"] >= 0.2 for pair in pairs)  # type: ignore[operator]


async def test_command_writes_files_that_pandas_loads_and_goes_on_with_them(
    api: httpx.AsyncClient, redis_url: str, tmp_path: Path, tasks_dir: Path
) -> None:
    command = ["export", "--redis-url", redis_url, "--tasks-dir", str(tasks_dir), "--format"]
    sizes = []
    for _ in range(2):
        await _play(api, 5)
        for kind in ("jsonl", "parquet", "sft", "dpo"):
            ended = CliRunner().invoke(app, [*command, kind, str(tmp_path / kind)])
            assert ended.exit_code == 0, ended.output
        attempts = [line for line in read(tmp_path / "jsonl") if line["kind"] == "attempt"]
        parquet = pd.read_parquet(tmp_path / "parquet")
        sizes.append((len(attempts), int((parquet.kind == "attempt").sum())))
    assert sizes == [(5, 5), (10, 10)]
    assert len({line["event_id"] for line in attempts}) == 10
    assert pd.read_json(tmp_path / "sft", lines=True).task_id.tolist() == ["easy-1", "easy-1"]


async def test_regrade_command_says_that_nothing_differs(
    api: httpx.AsyncClient, redis_url: str, tmp_path: Path, grader_address: str
) -> None:
    await _play(api, 3)
    run = str(tmp_path / "run.jsonl")
    assert CliRunner().invoke(app, ["export", run, "--redis-url", redis_url]).exit_code == 0
    # In a thread: the command starts an event loop of its own.
    ended = await asyncio.to_thread(CliRunner().invoke, app, ["regrade", run, "--fail-on-difference"])
    assert (ended.exit_code, "3 attempts" in ended.output) == (0, True), ended.output
