"""When no larger size is measured: the budget is used, or an attempt's growth is clear."""

from typing import Any

from executor_service.runner.probe.measure import Clear, Probed, Ran, attempt_budget, reference_share, with_process
from executor_service.runner.report import CallOutcome, CallStatus, Usage


def outcome(cpu_s: float, status: CallStatus = CallStatus.RETURNED) -> CallOutcome:
    return CallOutcome("c", status, usage=Usage(cpu_s))


def points(*sizes: int) -> list[dict[str, Any]]:
    return [{"size": size, "added": False} for size in sizes]


REFERENCE = [outcome(0.001)] * 3 + [outcome(0.001), outcome(0.002)]
QUICK = [outcome(0.001)] * 3


def test_two_sizes_in_a_row_have_to_show_it() -> None:
    stop = Clear(REFERENCE, 64)
    assert not stop.reached([*QUICK, outcome(0.001), outcome(0.128)])  # one size may have been disturbed
    assert not stop.reached([*QUICK, outcome(0.064), outcome(0.127)])
    assert stop.reached([*QUICK, outcome(0.032), outcome(0.128)])


def test_a_few_sizes_show_no_class() -> None:
    assert not Clear(REFERENCE, 64).reached([outcome(9.0)] * 4)


def test_a_reference_too_quick_to_be_timed_makes_no_attempt_hopeless() -> None:
    quick = [outcome(0.000001)] * 5
    assert not Clear(quick, 64).reached([*QUICK, outcome(0.031), outcome(0.031)])
    assert Clear(quick, 64).reached([*QUICK, outcome(0.032), outcome(0.032)])


def test_what_did_not_return_shows_nothing() -> None:
    assert not Clear(REFERENCE, 64).reached([*QUICK, outcome(9.0, CallStatus.RAISED), outcome(9.0)])


def test_nothing_stops_without_a_ratio() -> None:
    assert not Clear([], 0.0).reached([outcome(9.0)] * 5)


def test_reference_and_attempt_together_stay_within_the_budget() -> None:
    share = reference_share(0.5, points(1, 2, 3), False)
    assert not share.reached([outcome(0.03), outcome(0.03)])
    assert share.reached([outcome(0.03), outcome(0.04)])  # another like the last would be too much
    assert attempt_budget(0.5, Probed([], spent_s=0.1, tree_cpu_s=0.15), False).left_s < 0.35


def test_a_machine_too_slow_for_the_budget_makes_no_attempt_slow() -> None:
    assert attempt_budget(0.7, Probed([], spent_s=0.5, tree_cpu_s=0.65), False).left_s == 1.5


def test_further_rounds_use_what_the_first_has_left_of_the_share() -> None:
    share = reference_share(0.5, points(1, 2, 1, 2), False)
    assert share.reached([outcome(0.03)])  # half of it is for the first round
    first = [outcome(0.02), outcome(0.02)]
    assert not share.reached([*first, outcome(0.02)])
    assert share.reached([*first, outcome(0.02), outcome(0.03)])


def test_of_what_was_done_beside_the_calls_only_children_and_the_warm_up_are_left() -> None:
    asked = Probed([], spent_s=0.5, warm_up_s=0.1)
    alone = with_process(asked, 0.2, Ran(own_s=0.9, tree_s=0.9))  # 0.1 of it to start and to end
    assert alone.other_cpu_s == 0.1
    assert round(with_process(asked, 0.2, Ran(own_s=0.9, tree_s=1.9)).other_cpu_s, 9) == 1.1


def test_children_that_the_last_message_told_of_are_not_counted_twice() -> None:
    asked = Probed([], spent_s=1.5)
    assert with_process(asked, 0.2, Ran(own_s=0.7, tree_s=1.7)).other_cpu_s == 0.0


def test_sizes_beyond_the_tasks_are_for_calls_that_are_too_quick_there() -> None:
    asked = [*points(10, 20), {"size": 40, "added": True}, {"size": 80, "added": True}]
    share = reference_share(1.0, asked, False)
    assert not share.reached([outcome(0.001)])
    assert share.reached([outcome(0.001), outcome(0.001)])
    assert not share.reached([outcome(0.0001), outcome(0.0001)])
    assert share.reached([outcome(0.0001), outcome(0.0001), outcome(0.001)])


def test_a_further_round_leaves_out_no_size_for_being_clear() -> None:
    share = reference_share(1.0, points(10, 20, 10, 20), False)
    assert not share.reached([outcome(0.0001), outcome(0.0001), outcome(0.001)])


def test_a_screening_gives_an_attempt_a_multiple_of_what_the_reference_took() -> None:
    reference = Probed([], spent_s=0.01, tree_cpu_s=0.02)
    assert 0.03 < attempt_budget(0.3, reference, True).left_s < 0.1 < attempt_budget(0.3, reference, False).left_s
    assert attempt_budget(0.3, Probed([], spent_s=0.5), True).left_s > 1.5


def test_a_screening_goes_on_to_its_largest_size_however_long_a_call_takes() -> None:
    share = reference_share(1.0, [*points(10, 20), {"size": 40, "added": True}], True)
    assert not share.reached([outcome(0.001), outcome(0.001)])
