"""When an attempt's growth is clear enough to stop measuring it."""

from typing import Any

from executor_service.runner.measure import NEVER, Stop


def outcome(cpu_s: float, status: str = "returned") -> dict[str, Any]:
    return {"status": status, "usage": {"cpu_s": cpu_s}}


REFERENCE = [outcome(0.001)] * 3 + [outcome(0.001), outcome(0.002)]
QUICK = [outcome(0.001)] * 3


def test_two_sizes_in_a_row_have_to_show_it() -> None:
    stop = Stop(REFERENCE, 64)
    assert not stop.reached([*QUICK, outcome(0.001), outcome(0.128)])  # one size may have been disturbed
    assert not stop.reached([*QUICK, outcome(0.064), outcome(0.127)])
    assert stop.reached([*QUICK, outcome(0.032), outcome(0.128)])


def test_a_few_sizes_show_no_class() -> None:
    assert not Stop(REFERENCE, 64).reached([outcome(9.0)] * 4)


def test_a_reference_too_quick_to_be_timed_makes_no_attempt_hopeless() -> None:
    quick = [outcome(0.000001)] * 5
    assert not Stop(quick, 64).reached([*QUICK, outcome(0.031), outcome(0.031)])
    assert Stop(quick, 64).reached([*QUICK, outcome(0.032), outcome(0.032)])


def test_what_did_not_return_shows_nothing() -> None:
    assert not Stop(REFERENCE, 64).reached([*QUICK, outcome(9.0, "raised"), outcome(9.0)])


def test_nothing_stops_without_a_ratio() -> None:
    assert not NEVER.reached([outcome(9.0)] * 5)
