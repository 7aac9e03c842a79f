"""Calls made once more on the same input: many in one step where one is too quick to be timed.

The first call of an input is made, checked and charged as any other. Its caches are cold, whatever ran before, and a
quick one is lost in the scatter of its messages. What follows says how long a call takes and nothing else: by then the
attempt has seen the input, so a repeated call may be an answer kept from before. Whoever reads the times sets them
beside the first call's (grader_service/timing.py), where nothing was kept yet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from executor_service.runner.report import CallOutcome

Step = Callable[[dict[str, Any]], CallOutcome]
"""Sends one message about a call to the process; the time is spent from its budget."""

CLEAR_S = 0.0005
"""CPU time of a step in which the scatter of the messages around the calls is some hundredths."""

_COLD_S = 0.004  # a call that takes longer fills the caches itself, and to repeat it would be dear
_UNCLEAR_S = CLEAR_S / 2  # in a screening: what is clear alone is clear enough
_LEAST_S = 0.000004  # what a single call is taken for if it cannot be told from none
_MOST_CALLS = 4096
_ENOUGH = 0.4  # of CLEAR_S
_TRIES = 6  # a first call that was disturbed makes the first of them too few
_IDLE_STEPS = 8


@dataclass(frozen=True)
class Repeated:
    """calls: how many were made in one step, 0 for none; cpu_s: of the step."""

    calls: int = 0
    cpu_s: float = 0.0


NEVER = Repeated()


def idle_s(steps: Sequence[CallOutcome]) -> float:
    """CPU time of a step without a call: the least of some, since what disturbs one only adds to it."""
    return min(step.usage.cpu_s for step in steps)


def idle_steps(step: Step) -> list[CallOutcome]:
    """Steps of a process whose last call was collected, with no calls in them."""
    step({"op": "repeat", "times": 0})
    return [step({"op": "invoke"}) for _ in range(_IDLE_STEPS)]


def longest_s(screening: bool) -> float:
    """CPU time up to which a call is made again."""
    return _UNCLEAR_S if screening else _COLD_S


def repeat(step: Step, once_s: float, nothing_s: float, longest_s: float = _COLD_S) -> Repeated:
    """Makes the last call more often, until the step is clear. once_s: of the call with its messages; nothing_s: idle.

    What does not return is not tried again: it was for a reading, and the first call's stays.
    """
    best, call_s = NEVER, max(once_s - nothing_s, _LEAST_S)
    if call_s > longest_s:
        return NEVER
    for _ in range(_TRIES):
        calls = min(_MOST_CALLS, max(1, int(CLEAR_S / call_s)))
        if calls <= best.calls:
            break
        made = _made(step, calls)
        if made == NEVER:
            break
        best = made
        clear_s = made.cpu_s - nothing_s
        if clear_s >= _ENOUGH * CLEAR_S or made.calls < calls:
            break
        call_s = max(clear_s, _LEAST_S) / made.calls
    return best


def _made(step: Step, calls: int) -> Repeated:
    cpu_s, told = 0.0, ""
    for message in ({"op": "repeat", "times": calls}, {"op": "invoke"}, {"op": "collect"}):
        made = step(message)
        if not made.returned:
            return NEVER
        if message["op"] == "invoke":
            cpu_s = made.usage.cpu_s
        told = made.value or ""  # by the process, which is believed that it made fewer: its calls took longer then
    counted = told.isdecimal() and len(told) < len("100000") and int(told) > 0
    return Repeated(min(calls, int(told)), cpu_s) if counted else NEVER
