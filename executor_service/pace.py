"""What attempts that come to no limit usually take on this host as it is now: what takes far longer probably hangs."""

from collections import deque

from codearena.v1 import common_pb2, executor_pb2

_FIRST_S = 1.0  # while nothing is known
_LEAST_S = 0.25  # what is shorter than this hardly holds anybody up
_TIMES = 6.0  # of a quick one: of those that do not hang, about one in a hundred takes longer on a busy host
_RECENT = 64
_QUICK = 0.25  # of the recent ones: no half of them that waits on purpose decides what is usual

_HUNG = {common_pb2.CALL_STATUS_TIME_LIMIT, common_pb2.CALL_STATUS_NOT_RUN}


class Pace:
    """Remembers recent times, of attempts that are measured apart from others, since they take long by design."""

    def __init__(self) -> None:
        self._recent_s: dict[bool, deque[float]] = {kind: deque(maxlen=_RECENT) for kind in (False, True)}

    def usual_s(self, job: executor_pb2.Job) -> float:
        """The time that an attempt which does not hang ends within, but for few."""
        recent_s = sorted(self._recent_s[_measures(job)])
        return max(_LEAST_S, _TIMES * recent_s[int(_QUICK * len(recent_s))]) if recent_s else _FIRST_S

    def note(self, job: executor_pb2.Job, report: executor_pb2.Report, ran_s: float) -> None:
        """Takes in one that has ended. ran_s: from the job to its report."""
        if not any(call.status in _HUNG for call in report.calls):
            self._recent_s[_measures(job)].append(ran_s)


def _measures(job: executor_pb2.Job) -> bool:
    return bool(job.reference_source)
