"""A repeated call says how long one takes, unless the first one shows that it was an answer kept from before."""

import pytest

from codearena.v1 import common_pb2, executor_pb2
from grader_service import timing
from grader_service.charges import charge
from grader_service.complexity import Point
from tests.grader_service import build

IDLE_S = 0.00003


def call(once_s: float, calls: int = 0, again_s: float = 0.0, overhead_s: float = 0.0) -> common_pb2.CallOutcome:
    made = build.returned(1, cpu_s=IDLE_S + once_s)
    made.overhead_cpu.CopyFrom(build.duration(overhead_s))
    if calls:
        made.repeated_calls = calls
        made.repeated_cpu.CopyFrom(build.duration(IDLE_S + again_s * calls))
    return made


def points_of(*calls: common_pb2.CallOutcome) -> list[Point]:
    """Of an attempt, all at the same size; the reference's calls are quick."""
    measured = [executor_pb2.ProbeMeasurement(size=10, reference=call(0.0), attempt=each) for each in calls]
    return timing.points(charge(measured, build.SETTINGS), timing.of_attempt, IDLE_S)


def time_of(*calls: common_pb2.CallOutcome) -> float:
    (point,) = points_of(*calls)
    return point.time_s


def test_a_call_is_timed_without_its_messages() -> None:
    assert time_of(call(0.01)) == pytest.approx(0.01)


def test_a_quick_call_takes_its_share_of_the_repeated_ones() -> None:
    assert time_of(call(0.00001, 500, 1e-6)) == pytest.approx(1e-6)
    assert time_of(call(-0.000005, 500, 1e-6)) == pytest.approx(1e-6)  # the messages took less than usual


def test_answers_kept_from_the_first_call_earn_nothing() -> None:
    assert time_of(call(0.0008, 4096, 1e-7)) == pytest.approx(0.0008)


def test_work_moved_beside_the_first_call_counts_though_repeated_ones_are_quick() -> None:
    hidden = call(0.00001, 500, 1e-6, overhead_s=0.5)
    assert time_of(hidden) > 0.4


def test_of_several_rounds_the_least_time_counts() -> None:
    assert time_of(call(0.02), call(0.01), call(0.03)) == pytest.approx(0.01)


def test_what_did_not_return_has_no_time() -> None:
    assert points_of(build.ended(common_pb2.CALL_STATUS_TIME_LIMIT, cpu_s=1.0)) == []


def test_no_time_is_negative() -> None:
    assert time_of(call(-0.00002)) > 0


def growing(*once_s: float) -> list[Point]:
    """Of an attempt whose repeated calls take no time, at sizes from 10 on, each twice the one before."""
    measured = [
        executor_pb2.ProbeMeasurement(size=10 * 2**place, reference=call(0.0), attempt=call(each, 4096, 1e-7))
        for place, each in enumerate(once_s)
    ]
    return timing.points(charge(measured, build.SETTINGS), timing.of_attempt, IDLE_S)


def test_of_an_attempt_that_keeps_answers_short_calls_say_nothing() -> None:
    assert growing(0.00004, 0.00008, 0.0002, 0.0004, 0.0008) == [
        Point(size, pytest.approx(time_s)) for size, time_s in ((40, 0.0002), (80, 0.0004), (160, 0.0008))
    ]


def test_a_first_call_that_was_disturbed_makes_nobody_keep_answers() -> None:
    found = growing(0.00001, 0.0002, 0.0002, 0.00001, 0.0002)
    assert [point.size for point in found] == [10, 20, 40, 80, 160]
    assert found[0].time_s == pytest.approx(1e-7)
