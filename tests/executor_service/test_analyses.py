import resource
from pathlib import Path

from codearena.v1 import executor_pb2
from executor_service.analyses import Analyses
from tests.executor_service import workloads

ANALYSIS = executor_pb2.Analysis(compiles=True, ast_hash="ab", checks=[executor_pb2.CheckOutcome(passed=True)])


def checked(source: str, argument: str = "eval") -> executor_pb2.Workload:
    workload = workloads.workload(source)
    workload.checks.add(rule="forbid_call", argument=argument)
    return workload


def test_a_source_is_known_by_its_bytes_and_the_checks() -> None:
    analyses = Analyses(maximum=2)
    analyses.keep(checked("a"), "r1", ANALYSIS)
    assert analyses.find(checked("a"), "r1") == ANALYSIS
    assert analyses.find(checked("a "), "r1") is None
    assert analyses.find(checked("a", "exec"), "r1") is None


def test_another_runner_reads_for_itself() -> None:
    analyses = Analyses(maximum=2)
    analyses.keep(checked("a"), "r1", ANALYSIS)
    assert analyses.find(checked("a"), "r2") is None


def test_a_workload_without_checks_gets_none() -> None:
    analyses = Analyses(maximum=2)
    analyses.keep(checked("a"), "r1", ANALYSIS)
    assert analyses.find(workloads.workload("a"), "r1") == executor_pb2.Analysis(compiles=True, ast_hash="ab")
    assert analyses.find(checked("a"), "r1") == ANALYSIS


def test_checks_are_not_made_up_for_a_source_read_without_them() -> None:
    analyses = Analyses(maximum=2)
    analyses.keep(workloads.workload("a"), "r1", executor_pb2.Analysis(compiles=True, ast_hash="ab"))
    assert analyses.find(checked("a"), "r1") is None


def test_what_does_not_compile_is_read_again() -> None:
    analyses = Analyses(maximum=2)
    analyses.keep(workloads.workload("a"), "r1", executor_pb2.Analysis(compiles=False))
    assert analyses.find(workloads.workload("a"), "r1") is None


def test_the_source_not_used_for_longest_is_forgotten() -> None:
    analyses = Analyses(maximum=2)
    for source in ("a", "b"):
        analyses.keep(checked(source), "r1", ANALYSIS)
    assert analyses.find(checked("a"), "r1") is not None
    analyses.keep(checked("c"), "r1", ANALYSIS)
    assert analyses.find(checked("b"), "r1") is None
    assert analyses.find(checked("a"), "r1") is not None


def test_nothing_is_kept_where_none_is_to_be() -> None:
    analyses = Analyses(maximum=0)
    analyses.keep(checked("a"), "r1", ANALYSIS)
    assert analyses.find(checked("a"), "r1") is None


def test_one_too_large_to_be_kept_is_not() -> None:
    analyses = Analyses(maximum=2)
    detail = "x" * (32 * 1024)
    long = executor_pb2.Analysis(compiles=True, checks=[executor_pb2.CheckOutcome(passed=False, detail=detail)])
    analyses.keep(checked("a"), "r1", long)
    assert analyses.find(checked("a"), "r1") is None


def test_a_kept_analysis_does_not_keep_the_report_that_it_came_with() -> None:
    analyses, before = Analyses(maximum=64), _resident_bytes()
    for number in range(32):
        report = executor_pb2.Report(analysis=ANALYSIS)
        report.calls.add().value.json = b"x" * 8_000_000
        analyses.keep(checked(str(number)), "r1", report.analysis)
    assert _resident_bytes() - before < 64_000_000, "of 256 MB of reports"


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
