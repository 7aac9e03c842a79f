"""What attempts that come to no limit usually take on this host: what takes far longer probably hangs.

Times are kept as if the host had been idle, and told as they would be now. Else the first honest attempts on a host
that has just become busy would be taken for hanging ones.
"""

from collections import defaultdict, deque
from collections.abc import Callable

from codearena.v1 import common_pb2, executor_pb2
from executor_service.host import crowding

_FIRST_S = 1.0  # while nothing is known
_FIRST_RUN_S = 0.1  # more, for each run of a program
_LEAST_S = 0.25  # what is shorter than this hardly holds anybody up
_TIMES = 4.0  # of a quick one: hardly an attempt that does not hang takes longer
_RECENT = 64
_QUICK = 0.25  # of the recent ones: no half of them that waits on purpose decides what is usual

_Kind = tuple[bool, int]
"""Whether it measures, and in steps how often it runs a program."""

_HUNG = {common_pb2.CALL_STATUS_TIME_LIMIT, common_pb2.CALL_STATUS_NOT_RUN}


class Pace:
    """Remembers recent times, apart for what takes long by design: what is measured, or runs often as a program.

    crowded: how many times as long as on an idle host they take now.
    """

    def __init__(self, crowded: Callable[[], float] = crowding) -> None:
        self._crowded = crowded
        self._recent_s: defaultdict[_Kind, deque[float]] = defaultdict(lambda: deque(maxlen=_RECENT))

    def usual_s(self, workload: executor_pb2.Workload) -> float:
        """The time that an attempt which does not hang ends within, but for few, on the host as it is now."""
        recent_s = sorted(self._recent_s[_kind(workload)])
        first_s = _FIRST_S + _FIRST_RUN_S * _runs(workload)
        idle_s = _TIMES * recent_s[int(_QUICK * len(recent_s))] if recent_s else first_s
        return max(_LEAST_S, idle_s) * self._crowded()

    def note(self, workload: executor_pb2.Workload, report: executor_pb2.Report, ran_s: float) -> None:
        """Takes in one that has ended. ran_s: from the workload to its report."""
        if not any(call.status in _HUNG for call in report.calls):
            self._recent_s[_kind(workload)].append(ran_s / self._crowded())


def _kind(workload: executor_pb2.Workload) -> _Kind:
    """Of one kind are workloads that have hardly more than four times as many runs of a program."""
    return bool(workload.reference_source), _runs(workload).bit_length() // 2


def _runs(workload: executor_pb2.Workload) -> int:
    return sum(call.HasField("script") for call in workload.calls)
