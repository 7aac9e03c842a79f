"""What the host did to a measurement, as far as that can be told.

Whoever is kept from a core, or blocked by others, is charged for none of it. What a busy host costs beside that, in CPU
time, is seen by its signs; what shows them is measured again.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from codearena.v1 import common_pb2, executor_pb2
from grader_service.charges import seconds

if TYPE_CHECKING:
    from grader_service.efficiency import Efficiency

_WAITED_S = 0.5  # without what the host was the cause of
_DISTURBED_S = 0.02  # of waiting for the host
_DISTURBED_RATIO = 3.0  # in plateaus: what is slower than this is slow by itself
_BORDERLINE_RATIO = 1.2  # likewise
_BEFORE = 2  # sizes before the largest one
_WORKING_SHARE = 0.1  # of a call's time, on CPU, below which it waited


def was_disturbed(report: executor_pb2.Report, speed: "Efficiency", plateau_ratio: float) -> bool:
    """What waits for a core finds its caches filled by others, and so takes more CPU time; a few times, not many.

    And a host that is a virtual machine may count as CPU time what it was stopped for: any time, but at one size alone.
    """
    if speed.ratio is None or speed.score >= 1:
        return False
    if _stands_out(speed, plateau_ratio):
        return True
    if speed.ratio > _DISTURBED_RATIO * plateau_ratio:
        return False
    if speed.ratio < _BORDERLINE_RATIO * plateau_ratio:
        return True  # a neighbour's use of the same caches, for which nobody waits, is enough
    return _kept_s([*_references(report), report.usage]) > _DISTURBED_S


def _stands_out(speed: "Efficiency", plateau_ratio: float) -> bool:
    """Whether the largest size alone is slow: at the two before it the attempt is as good as the reference.

    Code that is slow from some size on would be so each time.
    """
    pairs = list(zip(speed.times_s, speed.reference_times_s, strict=True))[-_BEFORE - 1 : -1]
    ratios = [ours / theirs for ours, theirs in pairs if theirs]
    finished = speed.broke_at is None and speed.limited_at is None
    return finished and len(ratios) == _BEFORE and max(ratios) <= plateau_ratio


def _references(report: executor_pb2.Report) -> list[common_pb2.Usage]:
    return [outcome.usage for outcome in (*(point.reference for point in report.probe), *report.reference_calls)]


def _kept_s(usages: Iterable[common_pb2.Usage]) -> float:
    """Seconds of waiting for the host."""
    return sum(seconds(usage.starved) for usage in usages)


def own_wall_s(usage: common_pb2.Usage) -> float:
    """Wall time without that in which the host had no core for the attempt, which costs nobody anything."""
    return max(0.0, seconds(usage.wall) - seconds(usage.starved))


def waited(wall_s: float, cpu_s: float) -> bool:
    """Whether it took long, and hardly worked meanwhile."""
    return wall_s > _WAITED_S and cpu_s < _WORKING_SHARE * wall_s


def cannot_be_told(report: executor_pb2.Report) -> bool:
    """Whether the attempt came to a limit by waits of which it is not known who was their cause.

    Where the reference, just before in the same sandbox, was kept from nothing, the host was not.
    """
    if _kept_s(_references(report)) <= _DISTURBED_S:
        return False
    outcomes = [*(point.attempt for point in report.probe), *report.calls]
    ended = [outcome.usage for outcome in outcomes if outcome.status == common_pb2.CALL_STATUS_TIME_LIMIT]
    for usage in (*ended, *([report.usage] if ended else ())):
        wall_s, cpu_s = own_wall_s(usage), seconds(usage.cpu)
        if waited(wall_s, cpu_s) and not waited(wall_s - seconds(usage.blocked), cpu_s):
            return True
    return False
