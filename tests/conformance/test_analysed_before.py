"""An attempt whose source was analysed before gets the same report without being analysed again."""

import pytest

from codearena.v1 import executor_pb2
from executor_service import metrics
from executor_service.analyses import Analyses
from tests.conformance.conftest import Arena, essence
from tests.executor_service import workloads

pytestmark = pytest.mark.asyncio(loop_scope="module")

_SOURCE = "def f(x):\n    return [eval('x') for _ in range(3)]\n"


def _workload(source: str, *, checks: bool = True) -> executor_pb2.Workload:
    workload = workloads.workload(source, [workloads.call("f", 1)])
    if checks:
        workload.checks.add(rule="forbid_call", argument="eval")
        workload.checks.add(rule="forbid_call", argument="exec")
    return workload


def _known() -> float:
    return float(metrics.analyses.labels("known")._value.get())


async def test_the_second_report_is_that_of_the_first(arena: Arena) -> None:
    source = f"{_SOURCE}# second\n"
    first = await arena.execute(_workload(source))
    before = _known()
    second = await arena.execute(_workload(source))
    assert _known() == before + 1
    assert second.analysis == first.analysis
    assert [check.passed for check in second.analysis.checks] == [False, True]
    assert essence(second) == essence(first)


async def test_it_is_read_again_for_other_checks_and_not_for_none(arena: Arena) -> None:
    source = f"{_SOURCE}# others\n"
    first = await arena.execute(_workload(source))
    fewer = _workload(source)
    del fewer.checks[0]
    before = _known()
    assert [check.passed for check in (await arena.execute(fewer)).analysis.checks] == [True]
    assert _known() == before
    without = (await arena.execute(_workload(source, checks=False))).analysis
    assert _known() == before + 1
    assert (without.ast_hash, len(without.checks)) == (first.analysis.ast_hash, 0)


async def test_what_does_not_compile_does_not_the_second_time_either(arena: Arena) -> None:
    for _ in range(2):
        report = await arena.execute(_workload("def f(:\n"))
        assert report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR
        assert report.analysis.problem.type == "SyntaxError"


async def test_a_runner_that_is_told_so_analyses_nothing(arena: Arena) -> None:
    """Else all of the above would hold without anything having been spared."""
    source = f"{_SOURCE}# planted\n"
    planted = executor_pb2.Analysis(compiles=True, ast_hash="planted")
    revision = (await arena.execute(_workload(_SOURCE))).isolation.runner_revision
    analyses: Analyses = arena.attempts._analyses
    analyses.keep(_workload(source, checks=False), revision, planted)
    assert (await arena.execute(_workload(source, checks=False))).analysis == planted
