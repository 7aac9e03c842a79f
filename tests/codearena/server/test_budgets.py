"""The limits of all layers fit: each outlasts the one below it, and an attempt costs little in all."""

import pytest

from codearena.server import budgets
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task
from codearena.v1 import common_pb2, executor_pb2
from executor_service.runner.probe import measure
from executor_service.settings import Settings as ExecutorSettings
from gateway.attempt import limits
from gateway.settings import Settings as GatewaySettings
from grader_service.settings import Settings as GraderSettings
from judge_service.settings import Settings as JudgeSettings
from tests.exploits.server import ROOT

GATEWAY, EXECUTOR, GRADER, JUDGE = GatewaySettings(), ExecutorSettings(), GraderSettings(), JudgeSettings()
TASKS = load_tasks(ROOT / "gateway" / "tasks")
CPU_S, WALL_S = 1.0, 3.0
"""What an attempt may cost on an idle machine, whatever it does."""


async def limits_of(task: Task) -> common_pb2.Limits:
    """Of an attempt at a task whose reference is as quick as all of ours are."""

    async def quick(workload: executor_pb2.Workload) -> executor_pb2.Report:
        return executor_pb2.Report()

    return await limits.AttemptLimits(task, [], GATEWAY).get("", quick)


def seconds(duration: object) -> float:
    return duration.ToMilliseconds() / 1000  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("task", TASKS.values(), ids=str)
async def test_the_worst_attempt_is_cheap_where_nobody_else_is(task: Task) -> None:
    made = await limits_of(task)
    if task.probe is not None:
        budget = measure.Budget(GATEWAY.probe_cpu_s)
        cpu_s, wall_s = measure.group_cpu_s(budget), measure.wall_limit_s(budget)
    else:
        measuring = limits.for_measuring(made, GATEWAY)
        cpu_s, wall_s = seconds(measuring.attempt_cpu), seconds(measuring.attempt_wall)
    assert seconds(made.attempt_cpu) + cpu_s <= CPU_S
    assert seconds(made.attempt_wall) + wall_s <= WALL_S


@pytest.mark.parametrize("with_reference", [False, True])
async def test_each_layer_outlasts_the_one_below(with_reference: bool) -> None:
    for made in (await limits_of(TASKS["easy-1"]), limits.ceilings(TASKS["easy-1"].limits)):
        below_s = 0.0
        for layer in (budgets.longest_run_s, budgets.longest_execution_s, budgets.longest_call_s):
            longest_s = layer(made, with_reference=with_reference)
            assert longest_s > below_s
            below_s = longest_s
        assert budgets.longest_run_s(made, with_reference=False) > budgets.STARVED_TIMES * seconds(made.attempt_wall)


def test_a_container_lives_longer_than_the_longest_workload_in_it() -> None:
    longest = common_pb2.Limits()
    longest.attempt_wall.FromSeconds(int(EXECUTOR.attempt_wall_s))
    longest_s = budgets.longest_execution_s(longest, with_reference=True)
    assert EXECUTOR.sandbox_age_max_s > EXECUTOR.pool_ready_age_s + longest_s


def test_calls_to_judge_and_grader_outlast_what_they_wait_for() -> None:
    assert JUDGE.llm_timeout_s < budgets.JUDGE_S
    assert (1 + budgets.STARVED_TIMES) * budgets.analysis_s(JUDGE.source_bytes) < budgets.JUDGE_S
    assert GRADER.checker_wall_s < budgets.GRADER_S


def test_a_session_waits_longer_than_any_attempt_takes_where_nobody_else_is() -> None:
    assert GATEWAY.session_reply_s > 2 * WALL_S
    assert GATEWAY.fixer_deadline_s > 2 * WALL_S
