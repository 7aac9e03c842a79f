"""How often a call that is too quick is repeated, and that nothing but a reading comes of it."""

from typing import Any

import pytest

from executor_service.runner.probe.repeats import CLEAR_S, NEVER, idle_s, repeat
from executor_service.runner.report import CallOutcome, CallStatus, Usage

IDLE_S = 0.00003


class Calls:
    """A process whose calls take so long each. most: that it lays out; fails: the step that does not return."""

    def __init__(self, call_s: float, most: int = 10**6, fails: str = "", told: str | None = None) -> None:
        self._call_s = call_s
        self._most = most
        self._fails = fails
        self._told = told
        self.times: list[int] = []

    def step(self, message: dict[str, Any]) -> CallOutcome:
        if message["op"] == "repeat":
            self.times.append(message["times"])
        made = min(self.times[-1], self._most)
        cpu_s = IDLE_S + (made * self._call_s if message["op"] == "invoke" else 0.0)
        value = (self._told or str(made)) if message["op"] == "collect" else "null"
        status = CallStatus.RAISED if message["op"] == self._fails else CallStatus.RETURNED
        return CallOutcome("", status, value, usage=Usage(cpu_s))


@pytest.mark.parametrize("call_s", [1e-7, 1e-6, 1e-5, 1e-4])
def test_a_step_of_repeated_calls_is_clear(call_s: float) -> None:
    process = Calls(call_s)
    made = repeat(process.step, IDLE_S + call_s, IDLE_S)
    assert CLEAR_S / 3 <= made.cpu_s - IDLE_S <= 2 * CLEAR_S
    assert (made.cpu_s - IDLE_S) / made.calls == pytest.approx(call_s)


def test_a_long_call_is_not_repeated() -> None:
    process = Calls(0.02)
    assert repeat(process.step, IDLE_S + 0.02, IDLE_S) == NEVER
    assert not process.times


def test_a_call_that_is_clear_alone_is_made_once_more_with_warm_caches() -> None:
    made = repeat(Calls(2 * CLEAR_S).step, IDLE_S + 3 * CLEAR_S, IDLE_S)
    assert made.calls == 1
    assert made.cpu_s == pytest.approx(IDLE_S + 2 * CLEAR_S)


def test_what_takes_no_time_at_all_is_not_repeated_for_ever() -> None:
    process = Calls(0.0)
    assert repeat(process.step, IDLE_S, IDLE_S).calls == max(process.times) <= 4096
    assert len(process.times) <= 6


def test_a_first_call_that_was_disturbed_is_repeated_until_the_step_is_clear() -> None:
    process = Calls(1e-6)
    assert repeat(process.step, IDLE_S + CLEAR_S / 4, IDLE_S).calls > 100


def test_fewer_calls_than_asked_for_are_counted_as_that() -> None:
    made = repeat(Calls(1e-6, most=20).step, IDLE_S + 1e-6, IDLE_S)
    assert made.calls == 20


@pytest.mark.parametrize("step", ["repeat", "invoke", "collect"])
def test_what_does_not_return_when_it_is_repeated_leaves_the_first_calls_reading(step: str) -> None:
    process = Calls(1e-6, fails=step)
    assert repeat(process.step, IDLE_S + 1e-6, IDLE_S) == NEVER
    assert len(process.times) == 1


@pytest.mark.parametrize("told", ["-5", "0", "1e9", "[]", "9" * 5000, "true", ""])
def test_a_number_of_calls_that_is_none_is_not_believed(told: str) -> None:
    assert repeat(Calls(1e-6, told=told or '""').step, IDLE_S + 1e-6, IDLE_S) == NEVER


def test_more_calls_than_asked_for_are_not_believed() -> None:
    process = Calls(1e-6, told="99999")
    assert repeat(process.step, IDLE_S + 1e-6, IDLE_S).calls in process.times


def test_of_steps_without_a_call_the_least_disturbed_counts() -> None:
    assert idle_s([CallOutcome("", CallStatus.RETURNED, usage=Usage(cpu_s)) for cpu_s in (1.0, 3.0, 0.5, 9.0)]) == 0.5
