"""Hidden inputs are drawn anew for each step, so that what was carried out in one is worth nothing in the next."""

from pathlib import Path

import pytest

from codearena.errors import ServiceError
from codearena.tasks.folder import load_task
from codearena.tasks.task import Task
from codearena.v1 import common_pb2, executor_pb2
from gateway.attempt.briefs import Brief, BriefMaker
from gateway.attempt.draws import Draws
from gateway.settings import Settings
from gateway.store import api_keys
from gateway.store.redis import Store
from tests.fakes import RIGHT, FakeExecutor, FakeJudge
from tests.gateway.conftest import Serve

_YAML = """\
id: easy-1
title: Echo
category: easy
level: easy
description: Return the argument.
entry_point: echo
tests:
  - {name: shown, args: [1], expect: 1, visible: true}
  - {name: fixed, args: [2], expect: 2}
  - {name: drawn, make: number, args: [3], expect: 3}
"""
_CASES = "def number(rng):\n    return (rng.getrandbits(60),)\n"
POOL = 64


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    folder = tmp_path / "drawing" / "easy" / "easy-1"
    folder.mkdir(parents=True)
    for name, text in (("task.yaml", _YAML), ("cases.py", _CASES), ("buggy.py", "wrong"), ("solution.py", RIGHT)):
        (folder / name).write_text(text)
    return tmp_path / "drawing"


@pytest.fixture
def task(tasks: Path) -> Task:
    return load_task(tasks / "easy" / "easy-1")


async def echo(workload: executor_pb2.Workload) -> executor_pb2.Report:
    """What the reference does."""
    status = common_pb2.CALL_STATUS_RETURNED
    calls = [
        common_pb2.CallOutcome(
            call_id=call.call_id, status=status, value=common_pb2.EncodedValue(json=call.function.args.json[1:-1])
        )
        for call in workload.calls
    ]
    return executor_pb2.Report(status=executor_pb2.ATTEMPT_STATUS_RAN, calls=calls)


async def drawn(draws: Draws, task: Task, key: str, step: int) -> bytes:
    """The hidden input of the drawn test; its expectation says the same, as the reference does."""
    brief = await draws.drawn(BriefMaker(task).brief, key, step, echo)
    test = brief.expectations.tests[2]
    [call] = [call for call in brief.workload.calls if call.call_id == test.call_id]
    assert call.function.args.json == b"[%s]" % test.value.json
    return test.value.json


async def test_no_input_comes_twice_in_an_episode_before_all_have_come(task: Task) -> None:
    draws = Draws(task, b"secret", POOL)
    assert len({await drawn(draws, task, "episode:a", step) for step in range(1, POOL + 1)}) == POOL


async def test_a_group_draws_alike_and_others_do_not(task: Task) -> None:
    draws, elsewhere = Draws(task, b"secret", POOL), Draws(task, b"secret", POOL)
    first = [await drawn(draws, task, "group:a", step) for step in range(1, 9)]
    assert [await drawn(elsewhere, task, "group:a", step) for step in range(1, 9)] == first
    assert [await drawn(draws, task, "group:b", step) for step in range(1, 9)] != first


async def test_without_the_secret_nothing_can_be_foretold(task: Task) -> None:
    one, other = Draws(task, b"one", POOL), Draws(task, b"other", POOL)
    assert {await drawn(one, task, "a", step) for step in range(1, POOL + 1)}.isdisjoint(
        [await drawn(other, task, "a", step) for step in range(1, POOL + 1)]
    )


async def test_what_does_not_draw_stays_as_it_is(task: Task) -> None:
    brief: Brief = BriefMaker(task).brief
    made = await Draws(task, b"secret", POOL).drawn(brief, "a", 1, echo)
    assert made.workload.calls[:2] == brief.workload.calls[:2]
    assert made.expectations.tests[:2] == brief.expectations.tests[:2]
    assert [test.name for test in made.expectations.tests] == ["shown", "fixed", "drawn"]


async def test_nothing_that_is_expected_is_in_the_workload(task: Task) -> None:
    brief = await Draws(task, b"secret", POOL).drawn(BriefMaker(task).brief, "a", 1, doubled)
    assert brief.expectations.tests[2].value.json == b'"expected-of-it"'
    assert b"expected-of-it" not in brief.workload.SerializeToString()


async def doubled(workload: executor_pb2.Workload) -> executor_pb2.Report:
    report = await echo(workload)
    for outcome in report.calls:
        outcome.value.json = b'"expected-of-it"'
    return report


async def test_a_reference_that_does_not_answer_is_our_failure_and_tried_again(task: Task) -> None:
    async def broken(workload: executor_pb2.Workload) -> executor_pb2.Report:
        report = await echo(workload)
        report.calls[0].status = common_pb2.CALL_STATUS_TIME_LIMIT
        return report

    draws, brief = (
        Draws(task, b"secret", POOL),
        BriefMaker(task).brief,
    )
    with pytest.raises(ServiceError):
        await draws.drawn(brief, "a", 1, broken)
    assert await drawn(draws, task, "a", 1)


def hidden(executor: FakeExecutor) -> list[bytes]:
    """The drawn input of each attempt, in order."""
    sent = [request for request in executor.attempts if not request.attempt_id.startswith("reference")]
    return [request.workload.calls[2].function.args.json for request in sent]


async def test_each_step_gets_other_inputs_and_the_reference_runs_once(
    serve: Serve, settings: Settings, tasks: Path, executor: FakeExecutor, judge: FakeJudge
) -> None:
    api = await serve(settings.model_copy(update={"tasks_dir": tasks}))
    await api.post("/reset", json={"task_id": "easy-1"})
    for number in range(4):
        answer = await api.post("/step", json={"proposed_fix": f"wrong {number}"})
        assert answer.json()["info"]["execution_metadata"]["test_passed"] == 0
    assert len(set(hidden(executor))) == 4
    assert len(executor.attempts) == 4 + 1


async def test_episodes_of_a_group_get_the_same_inputs_at_the_same_step(
    serve: Serve, settings: Settings, tasks: Path, executor: FakeExecutor, judge: FakeJudge
) -> None:
    api = await serve(settings.model_copy(update={"tasks_dir": tasks}))
    for episode in ("one", "two"):
        await api.post("/reset", json={"task_id": "easy-1", "episode_id": episode, "group_id": "g"})
        for number in range(2):
            await api.post("/step", json={"proposed_fix": f"wrong {number}", "episode_id": episode})
    await api.post("/grade", json={"task_id": "easy-1", "source": RIGHT, "group_id": "g"})
    first, second, *others, graded = hidden(executor)
    assert [first, second] == others
    assert first != second
    assert graded == first


async def test_with_cases_fixed_every_attempt_at_a_step_gets_the_same_inputs(
    serve: Serve, settings: Settings, tasks: Path, executor: FakeExecutor, judge: FakeJudge
) -> None:
    api = await serve(settings.model_copy(update={"tasks_dir": tasks, "cases_fixed": True}))
    for number in range(3):
        await api.post("/grade", json={"task_id": "easy-1", "source": f"wrong {number}"})
    assert len(hidden(executor)) == 3
    assert len(set(hidden(executor))) == 1


async def test_another_owners_group_of_that_name_is_another_group(
    serve: Serve, settings: Settings, tasks: Path, executor: FakeExecutor, judge: FakeJudge
) -> None:
    made = [api_keys.make(owner, api_keys.Scope.USE, None, None) for owner in ("team-a", "team-b")]
    async with Store(settings) as store:
        for _, kept in made:
            await store.api_keys.add(kept)
    api = await serve(settings.model_copy(update={"tasks_dir": tasks}))
    for key, _ in made:
        headers = {"X-API-Key": key}
        await api.post("/grade", json={"task_id": "easy-1", "source": RIGHT, "group_id": "g"}, headers=headers)
        await api.post("/reset", json={"task_id": "easy-1", "group_id": "g"}, headers=headers)
        await api.post("/step", json={"proposed_fix": RIGHT}, headers=headers)
    a_graded, a_stepped, b_graded, b_stepped = hidden(executor)
    assert (a_graded, b_graded) == (a_stepped, b_stepped)
    assert a_graded != b_graded
