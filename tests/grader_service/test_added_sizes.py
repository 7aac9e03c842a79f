"""Sizes that the task does not have show the growth, and no attempt fails by them."""

import pytest

from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service.efficiency import Efficiency, measure
from tests.grader_service import build

CALL_S = 0.001
TIME_LIMIT = common_pb2.CALL_STATUS_TIME_LIMIT
BROKEN = [
    build.raised(IndexError("list index out of range")),
    build.raised(RecursionError("maximum recursion depth exceeded")),
    build.ended(common_pb2.CALL_STATUS_MEMORY_LIMIT, cpu_s=0.1),
    build.ended(common_pb2.CALL_STATUS_NOT_RUN),
    build.returned("something else", cpu_s=CALL_S),
]


def point(size: int, attempt: common_pb2.CallOutcome, *, added: bool) -> executor_pb2.ProbeMeasurement:
    return executor_pb2.ProbeMeasurement(
        size=size, reference=build.returned(size, cpu_s=CALL_S * size), attempt=attempt, added=added
    )


def own(size: int) -> executor_pb2.ProbeMeasurement:
    return point(size, build.returned(size, cpu_s=CALL_S * size), added=False)


OWN = [own(size) for size in (10, 20, 40)]


def speed_of(*points: executor_pb2.ProbeMeasurement) -> Efficiency:
    report = build.ran([build.returned(1)], probe=sorted(points, key=lambda point: point.size))
    expectations = grader_pb2.Expectations(tests=[build.expects(1)], optimal_complexity="O(n)")
    return measure(grader_pb2.GradeRequest(report=report, expectations=expectations), build.SETTINGS, build.reader())


@pytest.mark.parametrize("broken", BROKEN)
def test_what_fails_beyond_the_tasks_sizes_is_left_out(broken: common_pb2.CallOutcome) -> None:
    assert speed_of(*OWN, point(80, broken, added=True)) == speed_of(*OWN)


def test_a_time_limit_beyond_the_tasks_sizes_is_left_out() -> None:
    late = build.ended(TIME_LIMIT, cpu_s=5.0)
    assert speed_of(*OWN, point(80, late, added=True)) == speed_of(*OWN)
    assert speed_of(*OWN, point(80, late, added=False)).score < speed_of(*OWN).score


@pytest.mark.parametrize("size", [5, 30])
def test_an_error_or_a_difference_at_an_added_size_is_left_out(size: int) -> None:
    for broken in (build.raised(ValueError("too small")), build.returned("other", cpu_s=CALL_S)):
        assert speed_of(*OWN, point(size, broken, added=True)) == speed_of(*OWN)
        assert speed_of(*OWN, point(size, broken, added=False)).score == 0.0


def test_a_time_limit_below_a_size_of_the_task_counts() -> None:
    late = build.ended(TIME_LIMIT, cpu_s=5.0)
    never = [point(size, build.ended(common_pb2.CALL_STATUS_NOT_RUN), added=False) for size in (20, 40)]
    speed = speed_of(own(10), point(15, late, added=True), *never)
    assert speed.ratio is not None
    assert speed.ratio >= build.SETTINGS.unfinished_ratio


def test_added_sizes_show_the_class_that_the_tasks_own_do_not() -> None:
    sizes = (3, 5, 80, 160)
    added = [point(size, build.returned(size, cpu_s=CALL_S * size), added=True) for size in sizes]
    assert speed_of(*OWN).fit.measured == ""
    assert speed_of(*OWN, *added).fit.measured == "O(n)"


def test_an_attempt_that_keeps_answers_is_measured_by_its_first_calls() -> None:
    points = [own(size) for size in (1, 2, 10, 20, 40, 80)]
    for measured in points:
        measured.attempt.repeated_calls = 4096
        measured.attempt.repeated_cpu.CopyFrom(build.duration(0.0004))
        measured.attempt.usage.cpu.CopyFrom(build.duration(0.00005 * measured.size**2))
    speed = speed_of(*points)
    assert speed.fit.measured == "O(n^2)"
    assert speed.sizes == (2, 10, 20, 40, 80)
