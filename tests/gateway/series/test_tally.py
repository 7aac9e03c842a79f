"""What attempts add to the history in one process."""

import pytest

from codearena.tasks.task import Level
from codearena.v1 import executor_pb2, grader_pb2, judge_pb2
from gateway.series.tally import MICRO, SLOT_MS, Tally

_REPORT = executor_pb2.Report(status=executor_pb2.ATTEMPT_STATUS_RAN)


def _verdict(reward: float = 0.5, **fields: object) -> grader_pb2.Verdict:
    return grader_pb2.Verdict(reward=reward, tests_passed=1, tests_total=2, **fields)  # type: ignore[arg-type]


class _Clock:
    def __init__(self) -> None:
        self.at_ms = 7 * SLOT_MS

    def __call__(self) -> int:
        return self.at_ms


def test_attempts_of_one_slot_are_counted_together_and_others_apart() -> None:
    clock = _Clock()
    tally = Tally(clock)
    for after_ms in (0, SLOT_MS - 1, 1):
        clock.at_ms += after_ms
        tally.attempt(Level.EASY, _REPORT, _verdict())
    slots = tally.take().slots
    assert {start: counts["total/all/attempts"] for start, counts in slots.items()} == {7 * SLOT_MS: 2, 8 * SLOT_MS: 1}
    assert slots[7 * SLOT_MS]["total/all/reward"] == MICRO


def test_what_was_taken_is_not_taken_again() -> None:
    tally = Tally()
    tally.attempt(Level.EASY, _REPORT, _verdict())
    assert tally.take()
    assert not tally.take()


def test_component_that_was_not_scored_is_no_zero() -> None:
    tally = Tally()
    components = grader_pb2.Components(compile_score=1.0, efficiency_score=0.25)
    tally.attempt(Level.HARD, _REPORT, _verdict(components=components, judge=judge_pb2.JUDGE_KIND_LLM))
    (slot,) = tally.take().slots.values()
    assert slot["component/efficiency_score/sum"] == MICRO // 4
    assert slot["component/test_pass_ratio/count"] == 1
    assert "component/llm_quality/count" not in slot
    assert (slot["judge/llm/count"], slot["outcome/failed/count"], slot["level/hard/attempts"]) == (1, 1, 1)


def test_methods_beyond_the_bound_are_counted_together() -> None:
    tally = Tally()
    for number in range(100):
        tally.step("agent", f"method-{number}", _verdict(), done=False, evaluates=False)
    (slot,) = tally.take().slots.values()
    methods = {name: count for name, count in slot.items() if name.startswith("method/")}
    assert sum(methods.values()) == 100
    assert methods["method/other/count"] == 100 - 32


@pytest.mark.parametrize("slots", [1000])
def test_slots_that_cannot_be_written_are_bounded_and_the_oldest_give_way(slots: int) -> None:
    clock = _Clock()
    tally = Tally(clock)
    for _ in range(slots):
        clock.at_ms += SLOT_MS
        tally.groups(1, 0)
    taken = tally.take().slots
    assert len(taken) == 360
    assert max(taken) == clock.at_ms
