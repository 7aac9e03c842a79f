"""What one call of a probe takes, as well as it is known: by the call itself, or by many that repeat it.

A call is timed with the messages around it, whose time is known and taken off; what is left of a short call is mostly
their scatter. So the runner repeats it in one step. By then the attempt has seen the input, and might answer from what
it has kept. The first call of an input has nothing kept, and is charged with what was done beside it: where it took far
more than a repeated one, by more than a cold cache explains, it is the time.
"""

from collections.abc import Callable, Sequence

from codearena.v1 import common_pb2
from grader_service.charges import Charged, seconds
from grader_service.complexity import Point

_COLD_TIMES = 3.0
_COLD_S = 100e-6  # what a first call may take beyond that: caches and allocator are not warm yet, or the core was not
_LEAST_S = 1e-9

Side = Callable[[Charged], tuple[common_pb2.CallOutcome, float]]
"""Gives a call of a measured size, and the CPU time that it is charged with."""


def of_reference(charged: Charged) -> tuple[common_pb2.CallOutcome, float]:
    """The reference's call."""
    return charged.point.reference, charged.reference_s


def of_attempt(charged: Charged) -> tuple[common_pb2.CallOutcome, float]:
    """The attempt's call."""
    return charged.point.attempt, charged.attempt_s


def points(measured: Sequence[Charged], side: Side, idle_s: float) -> list[Point]:
    """One for each size at which the calls returned, ascending: of several rounds the least time.

    idle_s: of a step that makes no call.
    """
    best: dict[int, Point] = {}
    for charged in measured:
        outcome, charged_s = side(charged)
        if outcome.status == common_pb2.CALL_STATUS_RETURNED:
            found = _point(charged.size, outcome, charged_s, idle_s)
            best[charged.size] = min(found, best.get(charged.size, found), key=lambda point: point.time_s)
    return [best[size] for size in sorted(best)]


def _point(size: int, outcome: common_pb2.CallOutcome, charged_s: float, idle_s: float) -> Point:
    once_s = charged_s - idle_s
    if outcome.repeated_calls:
        again_s = (seconds(outcome.repeated_cpu) - idle_s) / outcome.repeated_calls
        if once_s <= _COLD_TIMES * again_s + _COLD_S:
            return Point(size, max(again_s, _LEAST_S))
    return Point(size, max(once_s, _LEAST_S))
