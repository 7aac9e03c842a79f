"""What CPU time each call of a probe is charged with.

The runner reads the kernel's clock around the call itself, but reading its input before and writing its value after
happen in the attempt's process, which can move work there, into its import, or into processes of its own. So whatever
the attempt spent beside its calls is charged too, as far as it is more than the reference spent on the same beside its
own, with slack for noise (rest: the first call, which is dropped, and children):

    call       usage + max(0, overhead - overhead_slack * reference's overhead - overhead_noise_s)
    largest    the same + max(0, loading - reference's loading - load_slack_s)
               + max(0, rest - overhead_slack * reference's rest - other_noise_s)

Where the tests' own calls are measured, all of them together are charged with loading and rest like that.

What an attempt can hide is thus bounded by the constants, by (overhead_slack - 1) times the reference's overhead, and
by what it does quicker than the reference beside the call. All of that is little, since C code reads and writes values
there (runner/probe/raw.py); where it cannot, for a dataclass or a Decimal, it is a microsecond for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from google.protobuf.duration_pb2 import Duration

from codearena.v1 import common_pb2, executor_pb2
from grader_service.settings import Settings


@dataclass(frozen=True)
class Charged:
    """One size. reference_s: CPU time of the reference's call; attempt_s: what the attempt is charged with.

    peak_bytes: most memory that the attempt's process has had by then.
    """

    size: int
    point: executor_pb2.ProbeMeasurement
    reference_s: float
    attempt_s: float

    @property
    def peak_bytes(self) -> int:
        return self.point.attempt.usage.peak_memory_bytes


def seconds(duration: Duration) -> float:
    """A duration as seconds; a negative one is 0."""
    return max(0.0, duration.seconds + duration.nanos / 1e9)


def charge(points: Sequence[executor_pb2.ProbeMeasurement], settings: Settings) -> list[Charged]:
    """The points in their order, each with what its calls are charged with."""
    charged = []
    for point in points:
        attempt, reference = point.attempt, point.reference
        usual_s = settings.overhead_slack * seconds(reference.overhead_cpu) + settings.overhead_noise_s
        attempt_s = seconds(attempt.usage.cpu) + max(0.0, seconds(attempt.overhead_cpu) - usual_s)
        charged.append(Charged(point.size, point, seconds(reference.usage.cpu), attempt_s))
    return charged


def best_of_rounds(measured: Sequence[Charged]) -> list[Charged]:
    """One for each size, ascending: the least time of each side, since what disturbs a measurement only adds to it.

    The attempt's counts where it returned; a size at which it never did keeps what ended it, a time limit before all.
    """
    by_size: dict[int, list[Charged]] = {}
    for charged in measured:
        by_size.setdefault(charged.size, []).append(charged)
    return [_best(by_size[size]) for size in sorted(by_size)]


def _best(rounds: Sequence[Charged]) -> Charged:
    returned = [each for each in rounds if each.point.attempt.status == common_pb2.CALL_STATUS_RETURNED]
    limited = [each for each in rounds if each.point.attempt.status == common_pb2.CALL_STATUS_TIME_LIMIT]
    best = min(returned or limited or rounds, key=lambda each: each.attempt_s)
    return replace(best, reference_s=min(each.reference_s for each in rounds))


def peaks(measured: Sequence[Charged]) -> dict[int, int]:
    """Size -> peak memory in bytes after the first call of that size that returned.

    A process's peak never falls, so a later round would show that of the largest size.
    """
    found: dict[int, int] = {}
    for each in measured:
        if each.point.attempt.status == common_pb2.CALL_STATUS_RETURNED:
            found.setdefault(each.size, each.peak_bytes)
    return found


def beside_calls_s(report: executor_pb2.Report, settings: Settings) -> float:
    """Charged on top, once: loading, and processes that the attempt started."""
    ours, theirs = report.reference_probe_process, report.attempt_probe_process
    load_s = seconds(theirs.load_cpu) - seconds(ours.load_cpu) - settings.load_slack_s
    other_s = seconds(theirs.other_cpu) - settings.overhead_slack * seconds(ours.other_cpu) - settings.other_noise_s
    return max(0.0, load_s) + max(0.0, other_s)
