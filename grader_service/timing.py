"""What one call of a probe takes, as well as it is known: by the call itself, or by many that repeat it.

A call is timed with the messages around it, whose time is known and taken off; what is left of a short call is mostly
their scatter. So the runner repeats it in one step. By then the attempt has seen the input, and might answer from what
it has kept. The first call of an input has nothing kept, and is charged with what was done beside it: where it took far
more than a repeated one, by more than a cold cache explains, it is the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from codearena.v1 import common_pb2
from grader_service.charges import Charged, seconds
from grader_service.complexity import Point

_COLD_TIMES = 3.0
_COLD_S = 100e-6  # what a first call may take beyond that: caches and allocator are not warm yet, or the core was not
_KEPT_SIZES = 3
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

    Where answers are kept, what short calls take is not known: those sizes are left out. idle_s: of a step without a
    call.
    """
    returned = [each for each in measured if side(each)[0].status == common_pb2.CALL_STATUS_RETURNED]
    readings = [_reading(charged.size, *side(charged), idle_s) for charged in returned]
    if _keeps_answers(readings):
        readings = [replace(each, again_s=None) for each in readings if each.once_s > _COLD_S]
    best: dict[int, float] = {}
    for each in readings:
        best[each.size] = min(each.time_s, best.get(each.size, each.time_s))
    return [Point(size, max(best[size], _LEAST_S)) for size in sorted(best)]


def beside(attempt: Sequence[Point], reference: Sequence[Point]) -> tuple[float | None, ...]:
    """What a call of the reference takes at each of the attempt's sizes; None: not known."""
    times_s = {point.size: point.time_s for point in reference}
    return tuple(times_s.get(point.size) for point in attempt)


@dataclass(frozen=True)
class _Reading:
    """CPU time of the first call of an input, and of a repeated one, None if it was not repeated."""

    size: int
    once_s: float
    again_s: float | None

    @property
    def was_kept(self) -> bool:
        return self.again_s is not None and self.once_s > _COLD_TIMES * self.again_s + _COLD_S

    @property
    def time_s(self) -> float:
        return self.once_s if self.again_s is None or self.was_kept else self.again_s


def _reading(size: int, outcome: common_pb2.CallOutcome, charged_s: float, idle_s: float) -> _Reading:
    calls = outcome.repeated_calls
    again_s = (seconds(outcome.repeated_cpu) - idle_s) / calls if calls else None
    return _Reading(size, charged_s - idle_s, again_s)


def _keeps_answers(readings: Sequence[_Reading]) -> bool:
    """Whether the repeated calls are answers kept from the first ones, at all of the largest sizes: a cache, say.

    At one size the first call may have been disturbed.
    """
    repeated = sorted((each for each in readings if each.again_s is not None), key=lambda each: each.size)
    largest = repeated[-_KEPT_SIZES:]
    return len(largest) == _KEPT_SIZES and all(each.was_kept for each in largest)
