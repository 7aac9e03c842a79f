"""What attempts are measured by: a screening where the reference is known, inputs that nobody has seen."""

import random
from pathlib import Path

import pytest

from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task
from codearena.v1 import common_pb2, executor_pb2
from gateway.attempt.measuring import Measuring, Probing

_YAML = """\
id: easy-1
title: T
category: easy
level: easy
description: D
entry_point: f
tests:
  - {name: one, args: [1], expect: 1, visible: true}
probe: {sizes: [100, 200, 400, 800]}
"""


@pytest.fixture
def task(tmp_path: Path) -> Task:
    folder = tmp_path / "easy" / "easy-1"
    folder.mkdir(parents=True)
    (folder / "task.yaml").write_text(_YAML)
    (folder / "buggy.py").write_text("buggy")
    (folder / "solution.py").write_text("solution")
    (folder / "probe.py").write_text("def make_input(n, rng):\n    return ([rng.random() for _ in range(n)],)\n")
    return load_tasks(tmp_path)["easy-1"]


@pytest.fixture
def measuring(task: Task) -> Measuring:
    assert task.probe is not None
    rules = [executor_pb2.Check(rule="forbid_call", argument="eval")]
    return Measuring(task, task.probe, rules, random.Random(1), Probing(0.3, 64.0, 2))


def report(whole: executor_pb2.Workload, reach: int) -> executor_pb2.Report:
    """Of a measurement in which the reference got so far."""
    points = [
        executor_pb2.ProbeMeasurement(
            size=point.size,
            reference=common_pb2.CallOutcome(
                status=common_pb2.CALL_STATUS_RETURNED if point.size <= reach else common_pb2.CALL_STATUS_NOT_RUN
            ),
        )
        for point in whole.probe
    ]
    return executor_pb2.Report(probe=points, screening=whole.screening)


def sizes(workload: executor_pb2.Workload) -> list[int]:
    return [point.size for point in workload.probe]


async def test_the_reference_is_measured_beside_and_rules_are_kept(measuring: Measuring) -> None:
    workload = await measuring.workload("a", 1)
    assert workload.reference_source == b"solution"
    assert [check.argument for check in workload.checks] == ["eval"]
    assert (len(workload.calls), workload.source) == (0, b"")


async def test_nothing_is_screened_before_the_reference_is_known(measuring: Measuring) -> None:
    whole = await measuring.workload("a", 1)
    assert not whole.screening
    measuring.note(report(whole, reach=800))
    screening = await measuring.workload("b", 1)
    assert screening.screening
    assert len(screening.probe) < len(whole.probe)


async def test_a_screening_ends_where_all_sizes_end(measuring: Measuring) -> None:
    whole = await measuring.workload("a", 1)
    for reach in (800, 1600, 200):
        measuring.note(report(whole, reach))
        assert sizes(await measuring.workload("b", 1))[-1] == reach


async def test_a_screening_teaches_nothing_of_how_far_the_reference_gets(measuring: Measuring) -> None:
    measuring.note(report(await measuring.workload("a", 1), reach=800))
    screening = await measuring.workload("a", 1)
    measuring.note(report(screening, reach=100))
    assert sizes(await measuring.workload("a", 1))[-1] == 800


async def test_what_a_screening_does_not_tell_is_measured_by_all_sizes(measuring: Measuring) -> None:
    measuring.note(report(await measuring.workload("a", 1), reach=800))
    assert not (await measuring.workload("a", 1, again=True)).screening


async def test_which_sizes_are_screened_is_chance(measuring: Measuring) -> None:
    measuring.note(report(await measuring.workload("a", 1), reach=800))
    assert len({tuple(sizes(await measuring.workload("a", step))) for step in range(1, 20)}) > 1


async def test_a_larger_budget_measures_all_sizes_in_several_rounds_and_is_one_attempts_own(
    measuring: Measuring,
) -> None:
    usual = await measuring.workload("a", 1)
    measuring.note(report(usual, reach=800))
    larger = await measuring.workload("a", 1, probe_cpu_s=1.5)
    assert sizes(larger) == sizes(usual) * 5
    assert (larger.probe_cpu.ToMilliseconds(), usual.probe_cpu.ToMilliseconds()) == (1500, 300)
    assert await measuring.workload("a", 1, again=True) == usual


@pytest.mark.parametrize("again", [True, False])
async def test_inputs_are_drawn_anew_after_their_uses(measuring: Measuring, again: bool) -> None:
    if not again:
        measuring.note(report(await measuring.workload("z", 1), reach=800))
    drawn = [(await measuring.workload(str(number), 1, again=again)).probe[-1].packed_args for number in range(4)]
    assert drawn[0] == drawn[1]
    assert drawn[1] != drawn[2] == drawn[3]


async def test_whoever_was_measured_gets_other_inputs_at_a_later_step(measuring: Measuring) -> None:
    first = await measuring.workload("group:g", 1)
    assert await measuring.workload("group:g", 1) is first
    assert (await measuring.workload("group:g", 2)).probe != first.probe
