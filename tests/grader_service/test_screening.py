"""A screening says that an attempt is as fast as the reference, or nothing."""

from collections.abc import Mapping

import pytest

from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from executor_service import causes
from grader_service.grader import Grader
from tests.grader_service import build

SIZES = (100, 400, 1_600, 6_400, 25_600)
GRADER = Grader(build.SETTINGS)
Times = Mapping[int, tuple[float, float]]


def linear(ratio: float = 1.0) -> Times:
    return {size: (size * 1e-6, size * 1e-6 * ratio) for size in SIZES}


def quadratic(last_ratio: float) -> Times:
    """As fast as the reference, but for its growth."""
    return {size: (size * 1e-6, size * 1e-6 * last_ratio * size / SIZES[-1]) for size in SIZES}


def measurement(times: Times, *, screening: bool) -> executor_pb2.Report:
    report = build.ran([], probe=build.probe(times))
    report.screening = screening
    return report


def request(*measurements: executor_pb2.Report, estimated: str = "O(n)") -> grader_pb2.GradeRequest:
    report = build.ran([build.returned(True)])
    report.analysis.estimated_complexity = estimated
    del report.reference_calls[:]
    asked = build.request(report, [build.expects(True)], optimal="O(n)")
    asked.expectations.probed = True
    asked.measurements.extend(measurements)
    return asked


def screened(times: Times, estimated: str = "O(n)") -> grader_pb2.GradeResponse:
    return GRADER.grade(request(measurement(times, screening=True), estimated=estimated))


@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.9])
def test_what_is_as_fast_and_grows_alike_needs_no_other_measurement(ratio: float) -> None:
    graded = screened(linear(ratio))
    assert not graded.measure_again
    assert graded.verdict.components.efficiency_score == 1.0
    assert (graded.verdict.complexity.measured, list(graded.verdict.complexity.sizes)) == ("O(n)", list(SIZES))


@pytest.mark.parametrize("times", [linear(2.1), linear(5.0), quadratic(1.0), quadratic(50.0)])
def test_what_may_be_slower_or_of_another_class_is_measured_by_all_sizes(times: Times) -> None:
    graded = screened(times)
    assert graded.measure_again
    assert not graded.verdict.components.HasField("efficiency_score")


def test_code_that_looks_worse_is_measured_by_all_sizes() -> None:
    assert screened(linear(), estimated="O(n^2)").measure_again


def test_few_sizes_show_no_class() -> None:
    assert screened({size: linear()[size] for size in SIZES[-3:]}).measure_again


@pytest.mark.parametrize("side", ["reference", "attempt"])
@pytest.mark.parametrize("status", [common_pb2.CALL_STATUS_TIME_LIMIT, common_pb2.CALL_STATUS_NOT_RUN])
def test_what_did_not_get_to_the_largest_size_is_measured_by_all_sizes(
    side: str, status: common_pb2.CallStatus.ValueType
) -> None:
    report = measurement(linear(), screening=True)
    getattr(report.probe[-1], side).CopyFrom(build.ended(status, cpu_s=0.01))
    assert GRADER.grade(request(report)).measure_again


def test_what_is_wrong_at_any_size_is_measured_by_all_sizes() -> None:
    report = measurement(linear(), screening=True)
    report.probe[1].attempt.value.CopyFrom(build.encoded("wrong"))
    assert GRADER.grade(request(report)).measure_again


@pytest.mark.parametrize(("same", "told"), [(True, True), (False, False)])
def test_values_that_were_compared_where_they_were_made_need_not_be_there(same: bool, told: bool) -> None:
    report = measurement(linear(), screening=True)
    for point in report.probe:
        point.reference.ClearField("value")
        point.attempt.ClearField("value")
        point.same_value = same
    assert GRADER.grade(request(report)).measure_again is not told


@pytest.mark.parametrize("beside", ["load_cpu", "other_cpu"])
def test_work_beside_the_calls_is_seen_in_a_screening_too(beside: str) -> None:
    report = measurement(linear(), screening=True)
    getattr(report.attempt_probe_process, beside).CopyFrom(build.duration(0.2))
    assert GRADER.grade(request(report)).measure_again


def test_a_screening_that_told_too_little_is_forgotten() -> None:
    whole = measurement(linear(5.0), screening=False)
    graded = GRADER.grade(request(measurement(linear(2.2), screening=True), whole))
    assert graded.measurement == 1
    assert graded.verdict == GRADER.grade(request(whole)).verdict
    renormalising = Grader(build.SETTINGS.model_copy(update={"renormalise_unscored": True}))
    assert renormalising.grade(request(measurement(linear(2.2), screening=True), whole)).measurement == 1


def test_a_rule_that_was_broken_in_a_screening_is_broken() -> None:
    report = measurement(linear(), screening=True)
    report.broken_checks.append(0)
    asked = request(report)
    asked.report.analysis.checks.add(passed=True)
    asked.expectations.checks.add(name="no eval")
    graded = GRADER.grade(asked)
    assert (graded.measure_again, graded.verdict.tests_passed) == (False, 1)


def test_what_took_all_the_memory_in_a_screening_is_measured_by_all_sizes() -> None:
    lost = causes.memory_report(executor_pb2.Workload(reference_source=b"x", screening=True))
    assert GRADER.grade(request(lost)).measure_again
    whole = GRADER.grade(request(lost, measurement(linear(), screening=False)))
    assert (whole.measurement, whole.verdict.components.efficiency_score) == (1, 1.0)
