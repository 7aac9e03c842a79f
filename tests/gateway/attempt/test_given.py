"""What the code as given does, established once, and what attempts are held to by it."""

import asyncio
from pathlib import Path

import httpx
import pytest

from codearena.errors import ServiceError
from codearena.tasks.folder import load_tasks
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from gateway.attempt.briefs import Brief, BriefMaker
from gateway.attempt.given import Given, Seen

_YAML = """\
id: easy-1
title: T
category: easy
level: easy
description: D
entry_point: f
tests:
  - {name: hidden, args: [1], expect: 1}
  - {name: drawn, args: [2], expect: 2, make: drawn}
  - {name: visible, args: [3], expect: 3, visible: true}
checks:
  - {rule: forbid_call, argument: eval, name: rule}
"""


@pytest.fixture
def maker(tmp_path: Path) -> BriefMaker:
    folder = tmp_path / "easy" / "easy-1"
    folder.mkdir(parents=True)
    (folder / "task.yaml").write_text(_YAML)
    (folder / "buggy.py").write_text("buggy")
    (folder / "solution.py").write_text("solution")
    (folder / "cases.py").write_text("def drawn(rng):\n    return (rng.random(),)\n")
    return BriefMaker(load_tasks(tmp_path)["easy-1"])


class Services:
    """Say that the code passes its first test and no other; fail as often as they are told to.

    made: how many calls are made, the others are not run.
    """

    def __init__(self, failures: int = 0, made: int = 100) -> None:
        self.failures = failures
        self.made = made
        self.workloads: list[executor_pb2.Workload] = []

    async def look(self, brief: Brief) -> Seen:
        if self.failures:
            self.failures -= 1
            raise ServiceError("lost")
        workload = brief.workload
        self.workloads.append(workload)
        statuses = [common_pb2.CALL_STATUS_RETURNED] * len(workload.calls)
        statuses[self.made :] = [common_pb2.CALL_STATUS_NOT_RUN] * len(statuses[self.made :])
        report = executor_pb2.Report(
            status=executor_pb2.ATTEMPT_STATUS_RAN,
            analysis=executor_pb2.Analysis(ast_hash="tree of buggy"),
            calls=[
                common_pb2.CallOutcome(call_id=call.call_id, status=status)
                for call, status in zip(workload.calls, statuses, strict=True)
            ],
        )
        count = len(brief.expectations.tests) + len(brief.expectations.checks)
        return report, grader_pb2.ExamineResponse(passes=[number == 0 for number in range(count)])

    async def establish(self, maker: BriefMaker) -> None:
        await Given(maker).known("", self.look)


async def test_later_briefs_say_what_the_code_as_given_does_and_not_what_it_would_with_drawn_inputs(
    maker: BriefMaker,
) -> None:
    await Services().establish(maker)
    expectations = maker.brief.expectations
    known = {test.name: test.given_passes for test in expectations.tests if test.HasField("given_passes")}
    assert known == {"visible": True, "hidden": False}
    assert [check.given_passes for check in expectations.checks] == [False]
    assert expectations.given.ast_hash == "tree of buggy"
    assert expectations.entry_point == "f"


async def test_of_a_call_that_was_not_made_nothing_is_known(maker: BriefMaker) -> None:
    services = Services(made=1)
    await services.establish(maker)
    known = [test.name for test in maker.brief.expectations.tests if test.HasField("given_passes")]
    assert known == ["visible"]


async def test_it_runs_hidden_tests_and_checks_too_without_a_word_of_what_is_expected(maker: BriefMaker) -> None:
    services = Services()
    await services.establish(maker)
    assert [len(workload.calls) for workload in services.workloads] == [2]
    assert [check.argument for check in services.workloads[0].checks] == ["eval"]
    assert services.workloads[0].reference_source == b""


async def test_the_first_error_log_holds_nothing_against_the_code_as_given(maker: BriefMaker) -> None:
    await Services().establish(maker)
    assert not maker.baseline().expectations.HasField("given")
    assert not any(test.HasField("given_passes") for test in maker.baseline().expectations.tests)


async def test_it_is_part_of_what_verdicts_are_computed_again_by(maker: BriefMaker) -> None:
    before = maker.brief.basis_revision
    await Services().establish(maker)
    assert maker.brief.basis_revision != before


async def test_it_is_asked_for_once(maker: BriefMaker) -> None:
    services = Services()
    given = Given(maker)
    await given.known("", services.look)
    await given.known("", services.look)
    assert len(services.workloads) == 1


async def test_an_isolation_that_is_down_holds_up_no_other(maker: BriefMaker) -> None:
    services, up = Services(), asyncio.Event()
    given = Given(maker)

    async def down(brief: Brief) -> Seen:
        await up.wait()
        return await services.look(brief)

    waiting = asyncio.create_task(given.known("cell", down))
    await given.known("", services.look)
    learnt = maker.brief.basis_revision
    up.set()
    await waiting
    assert maker.brief.basis_revision == learnt


async def test_a_failure_of_ours_is_no_fact_and_is_not_kept(maker: BriefMaker) -> None:
    services = Services(failures=1)
    given = Given(maker)
    with pytest.raises(ServiceError):
        await given.known("", services.look)
    assert not maker.brief.expectations.HasField("given")
    await given.known("", services.look)
    assert maker.brief.expectations.HasField("given")


@pytest.mark.redis
async def test_the_code_as_given_gets_the_least_reward_and_its_first_error_log_is_complete(
    api: httpx.AsyncClient,
) -> None:
    reset = (await api.post("/reset", json={"task_id": "easy-1"})).json()
    assert "FAILED one" in reset["observation"]["error_log"]
    assert "Nothing was earned" not in reset["observation"]["error_log"]
    step = (await api.post("/step", json={"proposed_fix": "wrong  # the same code"})).json()
    assert (step["reward"], step["info"]["unearned"]) == (0.01, "unchanged")
    assert step["observation"]["error_log"].startswith("Nothing was earned: it is the code as given")
    assert "FAILED one" in step["observation"]["error_log"]
