"""What is taken for the usual time of an attempt."""

import pytest

from codearena.v1 import common_pb2, executor_pb2
from executor_service.pace import Pace

RUNS = executor_pb2.Workload()
MEASURES = executor_pb2.Workload(reference_source=b"right")


def report(status: "common_pb2.CallStatus" = common_pb2.CALL_STATUS_RETURNED) -> executor_pb2.Report:
    return executor_pb2.Report(calls=[common_pb2.CallOutcome(status=status)])


class Host:
    """A host that is as busy as it is told to be."""

    def __init__(self) -> None:
        self.crowding = 1.0

    def __call__(self) -> float:
        return self.crowding


def test_the_usual_time_is_some_times_what_recent_attempts_took() -> None:
    pace = Pace(Host())
    for ran_s in (0.4, 0.5, 0.6):
        pace.note(RUNS, report(), ran_s)
    assert pace.usual_s(RUNS) == pytest.approx(1.6)
    for _ in range(64):
        pace.note(RUNS, report(), 4.0)
    assert pace.usual_s(RUNS) == 16.0


def test_many_runs_of_a_program_are_not_held_against_calls_of_functions() -> None:
    script = executor_pb2.Call(script=executor_pb2.Script())
    many, more, few = (executor_pb2.Workload(calls=[script] * count) for count in (100, 120, 10))
    pace = Pace(Host())
    for _ in range(64):
        pace.note(RUNS, report(), 0.1)
    assert pace.usual_s(many) > 10
    pace.note(many, report(), 2.0)
    assert pace.usual_s(many) == pace.usual_s(more) == 8.0
    assert pace.usual_s(RUNS) == pytest.approx(0.4)
    assert pace.usual_s(few) == pytest.approx(2.0)


def test_on_a_busy_host_everything_takes_longer_from_the_first_attempt_on() -> None:
    host = Host()
    pace = Pace(host)
    pace.note(RUNS, report(), 0.1)
    idle_s = pace.usual_s(RUNS)
    host.crowding = 9.0
    assert pace.usual_s(RUNS) == pytest.approx(9 * idle_s)
    pace.note(RUNS, report(), 0.9)
    host.crowding = 1.0
    assert pace.usual_s(RUNS) == pytest.approx(idle_s)


def test_what_hangs_does_not_make_hanging_usual() -> None:
    pace = Pace(Host())
    pace.note(RUNS, report(), 0.1)
    before = pace.usual_s(RUNS)
    for status in (common_pb2.CALL_STATUS_TIME_LIMIT, common_pb2.CALL_STATUS_NOT_RUN) * 64:
        pace.note(RUNS, report(status), 9.0)
    assert pace.usual_s(RUNS) == before


def test_attempts_that_wait_on_purpose_decide_nothing_unless_they_are_most() -> None:
    pace = Pace(Host())
    for number in range(64):
        pace.note(RUNS, report(), 9.0 if number % 2 else 0.2)
    assert pace.usual_s(RUNS) == pytest.approx(0.8)


def test_measuring_takes_as_long_as_measuring_does() -> None:
    pace = Pace(Host())
    pace.note(RUNS, report(), 0.001)
    pace.note(MEASURES, report(), 1.0)
    assert (pace.usual_s(RUNS), pace.usual_s(MEASURES)) == (0.25, 4.0)
