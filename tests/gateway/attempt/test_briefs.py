"""The trust boundary: what a workload holds, and what it never does."""

from pathlib import Path

import pytest

from codearena import values
from codearena.tasks.calls import TestCase
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Script, Task
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from gateway.attempt.briefs import BriefMaker, call_of, reference_workload, script_workload, shown_call
from gateway.attempt.limits import ceilings

_YAML = """\
id: easy-1
title: T
category: easy
level: easy
description: D
entry_point: f
optimal_complexity: O(n)
tests:
  - {name: name-visible, args: [1], kwargs: {k: 2}, expect: expect-visible, visible: true, env: {TOKEN: abc}}
  - {name: name-hidden, args: [3], expect: expect-hidden, compare: approx}
  - {name: name-raises, args: [4], raises: {type: RaisedSecret, message_contains: raised-secret}}
  - {name: name-process, args: [5], process: {program: program-secret, argument: argument-secret, may_refuse: true}}
  - {name: name-calls, calls: [{call: Stack}, {call: push, args: [6]}], expect: [expect-calls], visible: true}
checks:
  - {rule: forbid_call, argument: eval, name: check-hidden}
  - {rule: forbid_call, argument: exec, name: check-visible, visible: true}
hints: [hint-secret]
"""


@pytest.fixture
def task(tmp_path: Path) -> Task:
    folder = tmp_path / "easy" / "easy-1"
    folder.mkdir(parents=True)
    (folder / "task.yaml").write_text(_YAML)
    (folder / "buggy.py").write_text("buggy")
    (folder / "solution.py").write_text("solution")
    return load_tasks(tmp_path)["easy-1"]


@pytest.fixture
def maker(task: Task) -> BriefMaker:
    return BriefMaker(task)


SECRETS = [f"name-{name}" for name in ("visible", "hidden", "raises", "process", "calls")]
SECRETS += ["expect-", "RaisedSecret", "raised-secret", "program-secret", "argument-secret", "check-", "hint-secret"]


@pytest.mark.parametrize("secret", SECRETS)
async def test_workload_never_says_what_is_expected(maker: BriefMaker, secret: str) -> None:
    for brief in (maker.brief, maker.baseline()):
        assert secret.encode() not in brief.workload.SerializeToString()
        assert secret.encode() not in brief.measurement.SerializeToString()


async def test_the_rules_of_the_task_are_kept_where_speed_is_measured_too(maker: BriefMaker) -> None:
    brief = maker.brief
    assert list(brief.measurement.checks) == list(brief.workload.checks)
    assert len(brief.workload.checks) == 2


async def test_the_reference_is_sent_only_to_be_measured_against(maker: BriefMaker) -> None:
    brief = maker.brief
    assert b"solution" not in brief.workload.SerializeToString()
    assert brief.measurement.reference_source == b"solution"


def test_without_a_probe_the_tests_own_calls_are_measured(maker: BriefMaker) -> None:
    brief = maker.brief
    assert list(brief.measurement.calls) == list(brief.workload.calls)
    assert len(brief.measurement.probe) == 0


async def test_calls_and_expectations_are_joined_by_opaque_ids(maker: BriefMaker) -> None:
    brief = maker.brief
    ids = [call.call_id for call in brief.workload.calls]
    assert ids == [test.call_id for test in brief.expectations.tests]
    assert len(set(ids)) == 5
    assert all(call_id.isdecimal() for call_id in ids)


async def test_workload_holds_the_inputs(maker: BriefMaker) -> None:
    first, sequence, _, _, process = maker.brief.workload.calls
    assert values.decode(first.function.args.json) == [1]
    assert values.decode(first.function.kwargs.json) == {"k": 2}
    assert dict(first.environment) == {"TOKEN": "abc"}
    assert [call.intercept_processes for call in (first, process)] == [False, True]
    assert [call.entry_point for call in sequence.sequence.calls] == ["Stack", "push"]


async def test_expectations_hold_each_kind(maker: BriefMaker) -> None:
    visible, _, hidden, raises, process = maker.brief.expectations.tests
    assert values.decode(visible.value.json) == "expect-visible"
    assert hidden.compare == grader_pb2.COMPARE_APPROX
    assert (raises.raises.type, raises.raises.message_contains) == ("RaisedSecret", "raised-secret")
    assert (process.process.program, process.process.may_refuse) == ("program-secret", True)
    assert not process.process.HasField("value")
    assert maker.brief.expectations.optimal_complexity == "O(n)"


async def test_input_is_written_out_for_visible_tests_only(maker: BriefMaker) -> None:
    shown = [test.input for test in maker.brief.expectations.tests]
    assert shown == ["TOKEN='abc' f(1, k=2)", "Stack(); push(6)", "", "", ""]


def test_long_input_is_cut(task: Task) -> None:
    assert len(shown_call(task, TestCase(name="t", args=["x" * 10_000], expect=1))) < 600


def test_baseline_runs_visible_tests_only_and_without_the_reference(maker: BriefMaker) -> None:
    baseline = maker.baseline()
    assert [test.name for test in baseline.expectations.tests] == ["name-visible", "name-calls"]
    assert [check.argument for check in baseline.workload.checks] == ["exec"]
    assert baseline.workload.reference_source == b""


def test_script_workload_passes_its_input_through(task: Task) -> None:
    workload = script_workload(b"print()", b"\x00in", ceilings(task.limits))
    assert workload.calls[0].script.stdin == b"\x00in"


async def test_every_visible_call_comes_before_the_first_hidden_one(maker: BriefMaker) -> None:
    brief = maker.brief
    visible = [test.visible for test in brief.expectations.tests]
    assert visible == sorted(visible, reverse=True)
    assert [test.call_id for test in brief.expectations.tests] == [call.call_id for call in brief.workload.calls]


_SCRIPT_YAML = """\
id: easy-1
title: T
category: easy
level: easy
description: D
entry_point: f
tests:
  - {name: case-visible, args: [1], expect: 1, visible: true}
  - {name: case-hidden, args: [3], expect: 2}
script: {visible: [assert-2]}
"""
_SCRIPT = "x = f(0)\nassert f(1) == 1\nassert f(2) == 2\nassert f(3) == 3\n"


def _script_task(folder: Path) -> Task:
    folder = folder / "easy" / "easy-1"
    folder.mkdir(parents=True)
    (folder / "task.yaml").write_text(_SCRIPT_YAML)
    (folder / "buggy.py").write_text("buggy")
    (folder / "solution.py").write_text("solution")
    (folder / "test_script.py").write_text(_SCRIPT)
    return load_tasks(folder.parent.parent)["easy-1"]


async def test_visible_script_tests_run_after_visible_calls_and_before_anything_hidden(tmp_path: Path) -> None:
    brief = BriefMaker(_script_task(tmp_path)).brief
    assert [call.WhichOneof("kind") for call in brief.workload.calls] == ["function", "test_script"] * 2
    visible, hidden = brief.workload.calls[1].test_script, brief.workload.calls[3].test_script
    assert ([test.line for test in visible.tests], list(visible.left_out), list(visible.unreported)) == (
        [3],
        [2, 4],
        [],
    )
    assert ([test.line for test in hidden.tests], list(hidden.left_out), list(hidden.unreported)) == ([2, 4], [], [3])
    assert [(test.name, test.visible, test.call_id) for test in brief.expectations.tests] == [
        ("case-visible", True, "1"),
        ("assert-2", True, "2"),
        ("case-hidden", False, "3"),
        ("assert-1", False, "4"),
        ("assert-3", False, "4"),
    ]
    assert [test.input for test in brief.expectations.tests] == ["f(1)", "assert f(2) == 2", "", "", ""]


async def test_a_script_is_in_no_part_of_a_workload_but_its_own_field(tmp_path: Path) -> None:
    brief = BriefMaker(_script_task(tmp_path)).brief
    for call in brief.workload.calls:
        call.ClearField("test_script")
    assert b"assert" not in brief.workload.SerializeToString()


def test_baseline_of_a_script_runs_its_visible_tests_only(tmp_path: Path) -> None:
    baseline = BriefMaker(_script_task(tmp_path)).baseline()
    assert [call.call_id for call in baseline.workload.calls] == ["1", "2"]
    assert [test.name for test in baseline.expectations.tests] == ["case-visible", "assert-2"]


async def test_an_attempt_is_asked_what_the_reference_was_and_before_that_nothing(tmp_path: Path) -> None:
    maker = BriefMaker(_script_task(tmp_path))
    told = {"2": b'{"2":{"f":[]}}', "4": b'{"1":{"f":[]}}'}
    outcomes = [common_pb2.CallOutcome(call_id=call.call_id, precedent=told.get(call.call_id)) for call in maker.calls]
    for report, expected in (
        (executor_pb2.Report(), [b"{}"] * 2),
        (executor_pb2.Report(calls=outcomes), [*told.values()]),
    ):
        maker.learn_precedents(report)
        for brief in (maker.brief, maker.given()):
            assert [
                call.test_script.precedent for call in brief.workload.calls if call.HasField("test_script")
            ] == expected
    assert [call.test_script.HasField("precedent") for call in maker.calls] == [False] * 4  # the reference's own


def test_the_code_around_an_attempt_is_in_every_workload_that_runs_it_or_the_reference(task: Task) -> None:
    task = task.model_copy(update={"prelude": "import math", "driver": "def g(): return f()", "needs": ["numpy"]})
    maker = BriefMaker(task)
    workloads = [
        *(brief.workload for brief in (maker.brief, maker.baseline(), maker.given())),
        maker.brief.measurement,
        reference_workload(task, ceilings(task.limits), maker.calls),
    ]
    around = {(each.prelude, each.driver, *each.needs) for each in workloads}
    assert around == {(b"import math", b"def g(): return f()", "numpy")}


def test_what_the_tests_bring_is_a_check_of_its_own_behind_the_tasks(task: Task) -> None:
    brief = BriefMaker(task.model_copy(update={"provides": ["helper", "other"]})).brief
    last = brief.workload.checks[-1]
    assert (last.rule, last.argument) == ("forbid_definition", "helper,other")
    assert [check.provided for check in brief.expectations.checks] == [False, False, True]
    assert not any(check.provided for check in BriefMaker(task).brief.expectations.checks)


def test_a_result_in_an_argument_is_a_matter_of_the_call(task: Task) -> None:
    test = TestCase(name="t", args=[[2, 1]], expect=[1, 2], result="arg0")
    call = call_of(task, test, "1")
    assert call.function.result_argument == 0
    assert shown_call(task, test) == "f([2, 1]); the argument 0 after it"
    assert not call_of(task, TestCase(name="t", args=[1], expect=2), "1").function.HasField("result_argument")


def test_names_withheld_from_a_script_are_in_its_call(task: Task) -> None:
    script = Script(source="def check(candidate):\n    assert candidate(1)\n", withholds=["helper"])
    brief = BriefMaker(task.model_copy(update={"script": script})).brief
    assert list(brief.workload.calls[-1].test_script.withheld) == ["helper"]
