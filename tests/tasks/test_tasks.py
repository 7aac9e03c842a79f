"""The task folders themselves: complete, consistent, and right when their code runs in a bare child process."""

import math
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from codearena import values
from codearena.tasks.calls import TestCase
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Probe, Task
from codearena.v1 import executor_pb2
from executor_service.runner.probe.lent import LentList
from gateway.attempt.draws import made_case
from judge_service.analysis.analyse import analyse
from judge_service.analysis.checks import validate_rule

from .plain import failed_tests, probe_cpu_s

TASKS: Mapping[str, Task] = load_tasks(Path(__file__).resolve().parents[2] / "gateway" / "tasks")
BENCHMARK = [
    "easy-1",
    "medium-1",
    "hard-1",
    *(f"{kind}-{n}" for kind in ("type_errors", "security_bugs") for n in (1, 2, 3)),
]
PROBED = [task.id for task in TASKS.values() if task.probe]

each_task = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS.keys())
each_probe = pytest.mark.parametrize("task", [TASKS[name] for name in PROBED], ids=PROBED)


def broken_checks(task: Task, source: str) -> list[str]:
    checks = [executor_pb2.Check(rule=check.rule, argument=check.argument) for check in task.checks]
    outcomes = analyse(source.encode(), checks).checks
    return [check.name for check, outcome in zip(task.checks, outcomes, strict=True) if not outcome.passed]


def first_call(probe: Probe, made: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of the first call that an input stands for."""
    args = list(made)
    if probe.vary is not None:
        args[probe.vary] = args[probe.vary][0]
    if probe.lend is not None:
        lent = args[probe.lend]
        args[probe.lend] = LentList(len(lent), lent.__getitem__)
    return tuple(args)


def test_the_nine_of_the_benchmark_are_there() -> None:
    assert list(TASKS)[: len(BENCHMARK)] == BENCHMARK


@each_task
def test_reference_passes_every_test_and_check(task: Task) -> None:
    assert failed_tests(task, task.solution) == []
    assert broken_checks(task, task.solution) == []


@each_task
def test_buggy_code_fails_a_visible_test(task: Task) -> None:
    assert set(failed_tests(task, task.buggy)) & {test.name for test in task.tests if test.visible}


@each_task
def test_enough_tests_on_both_sides(task: Task) -> None:
    assert sum(test.visible for test in task.tests) >= 4
    assert sum(not test.visible for test in task.tests) >= 8


@each_task
def test_no_hidden_test_repeats_a_visible_input(task: Task) -> None:
    def key(args: list[object], env: dict[str, str]) -> str:
        return values.canonical(values.parse(values.encode([args, env])))

    visible = {key(test.args, test.env) for test in task.tests if test.visible and (test.args or test.env)}
    assert visible.isdisjoint(key(test.args, test.env) for test in task.tests if not test.visible)


@each_task
def test_checks_name_rules_that_exist(task: Task) -> None:
    for check in task.checks:
        validate_rule(check.rule, check.argument)


@each_task
def test_hints_never_contain_a_line_of_the_solution(task: Task) -> None:
    assert len(task.hints) >= 3
    lines = {line.strip() for line in task.solution.splitlines() if len(line.strip()) > 12}
    assert not any(line in hint for hint in task.hints for line in lines)


@each_probe
def test_probe_inputs_follow_from_the_seed_and_differ_between_seeds(task: Task) -> None:
    assert task.probe
    for size in task.probe.sizes:
        first, again, other = (
            values.encode(task.probe.inputs.make_input(size, random.Random(seed))) for seed in (1, 1, 2)
        )
        assert first == again
        assert first != other


@each_probe
def test_probe_inputs_are_small_enough_to_send(task: Task) -> None:
    assert task.probe
    assert len(task.probe.sizes) >= 3
    assert len(values.encode(task.probe.inputs.make_input(task.probe.sizes[-1], random.Random(3)))) <= 500 * 1024


@each_probe
def test_reference_returns_for_every_probe_size(task: Task) -> None:
    assert task.probe
    inputs = [
        first_call(task.probe, task.probe.inputs.make_input(size, random.Random(size))) for size in task.probe.sizes
    ]
    assert all(math.isfinite(cpu_s) for cpu_s in probe_cpu_s(task, task.solution, inputs))


DRAWN = [(task, test) for task in TASKS.values() for test in task.tests if test.make]


@pytest.mark.parametrize(("task", "test"), DRAWN, ids=[f"{task.id}-{test.make}" for task, test in DRAWN])
def test_drawn_inputs_follow_from_the_seed_and_differ(task: Task, test: TestCase) -> None:
    make = task.makers[test.make]
    encoded = [values.encode(made_case(test, make(random.Random(seed))).args) for seed in range(30)]
    again = values.encode(made_case(test, make(random.Random(0))).args)
    assert encoded[0] == again
    assert len(set(encoded)) > 10
    visible = {values.encode(seen.args) for seen in task.tests if seen.visible}
    assert visible.isdisjoint(encoded)
