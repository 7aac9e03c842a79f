"""What an answer tells of times: nothing that an attempt could write hidden inputs into."""

from google.protobuf.duration_pb2 import Duration
from hypothesis import given
from hypothesis import strategies as st

from codearena import models, steps
from codearena.v1 import executor_pb2, grader_pb2, store_pb2
from gateway.episode.answers import verdict

TIMES = st.floats(1e-6, 100.0)


def _told(ratio: float, times_s: list[float], confidence: float) -> models.Complexity:
    times = []
    for time_s in times_s:
        times.append(Duration())
        times[-1].FromNanoseconds(round(time_s * 1e9))
    complexity = grader_pb2.Complexity(ratio=ratio, times=times, sizes=range(1, len(times) + 1), confidence=confidence)
    report = executor_pb2.Report(status=executor_pb2.ATTEMPT_STATUS_RAN)
    return verdict("easy-1", report, grader_pb2.Verdict(complexity=complexity), store_pb2.Revisions()).complexity


@given(TIMES, st.lists(TIMES, max_size=12), st.floats(0, 1))
def test_measured_times_are_told_in_steps(ratio: float, times_s: list[float], confidence: float) -> None:
    told = _told(ratio, times_s, confidence)
    for value in (told.ratio, *told.times):
        assert value == steps.tenth_of_decade(value or 0.0) > 0
    assert told.confidence in [number / 10 for number in range(11)]


def test_two_that_differ_by_less_than_a_step_are_told_alike() -> None:
    assert _told(3.10, [0.0101, 0.0395], 0.91) == _told(3.21, [0.0099, 0.0401], 0.93)
