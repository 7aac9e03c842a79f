"""What an observation shows of a verdict, in words."""

from codearena.tasks.baseline import Shown
from codearena.v1 import grader_pb2


def shown(verdict: grader_pb2.Verdict) -> Shown:
    """Its error log, its tests and its hint."""
    return Shown(error_log=verdict.error_log, test_results=_test_results(verdict), hint=verdict.hint)


def _test_results(verdict: grader_pb2.Verdict) -> str:
    """One line a visible test, then the counts; of hidden tests the counts alone."""
    lines = [f"{'PASS' if test.passed else 'FAIL'} {test.name}" for test in verdict.tests]
    counts = f"{verdict.tests_passed}/{verdict.tests_total} tests passed"
    if verdict.hidden_total:
        counts += f", {verdict.hidden_passed}/{verdict.hidden_total} of them hidden"
    return "\n".join([*lines, counts])
