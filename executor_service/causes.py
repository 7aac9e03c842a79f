"""Whose failure it is when a sandbox ends without a report. Pure functions on evidence.

Most of what an attempt does to itself never gets here: a call that hangs, crashes, floods or exhausts memory is seen
by the runner, which outlives it and reports. Here the runner itself is gone, and with it everything it had seen. What
is left is circumstantial: an exit status, a flag of the engine's, a stream that stopped. From it we must tell two
things apart:

  * the attempt brought the sandbox down: that is the attempt's doing, and it gets a report that says so
  * we lost the sandbox: an error that is safe to retry, no reward, no step counted

Only one way is known in which an attempt can end the runner: memory. The limit holds for the container as a whole, the
runner included, so an attempt that eats it in many processes or in files on /tmp can make the kernel's OOM killer take
the runner too (it is told to prefer the attempt, but files on a tmpfs belong to nobody). The engine reports that, and
it cannot be provoked from outside. Everything else is ours, and that is a choice:

  * Killed by a signal and not for memory: an operator, the engine, or the host. An attempt runs under another uid and
    without capabilities, and cannot signal the runner.
  * No report within the attempt's wall limit and the grace: the runner enforces that limit itself, so its silence means
    a stalled host or a stopped container. A wrong "time limit" here would turn every overload into silent zeros.
  * A stream with garbage in it: only the runner writes to it, so it is a defect or a broken connection.
  * Unknown: ours.

The mistakes we accept: an attempt that finds a new way to end the runner gets retries and then an error instead of the
low reward it deserves. That is loud (metric `lost_total`), costs a policy its step, and is fixed by a line here. The
opposite mistake, a zero for an attempt that our machines lost, is silent and poisons a training run. And one the other
way round: a container killed from outside after the kernel had already killed something in it for memory is taken for
the attempt's; the engine keeps one flag for both.
"""

from dataclasses import dataclass
from enum import StrEnum

from codearena.v1 import common_pb2, executor_pb2
from executor_service.isolation.base import Evidence, StreamEnd


class Cause(StrEnum):
    """Why there is no report. Closed set: also the label of a metric."""

    MEMORY = "memory"
    """The attempt used up the memory of the whole sandbox. The only one that is the attempt's."""
    SILENT = "silent"
    CORRUPT = "corrupt"
    KILLED = "killed"
    EXITED = "exited"
    ENGINE = "engine"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"
    """A whole report came, but not one of the agreed shape."""
    REFERENCE = "reference"
    """A good report came, but the reference did nothing in it that an attempt could be measured against."""

    @property
    def is_the_attempts(self) -> bool:
        """True if the end is the attempt's doing, false if it is a failure of ours."""
        return self is Cause.MEMORY


@dataclass(frozen=True)
class Ruling:
    """What a sandbox's end without a report was. detail: one sentence for people."""

    cause: Cause
    detail: str


_SIGNALLED = 128


def rule(evidence: Evidence) -> Ruling:
    """The cause, from the evidence. The first line that applies decides, the surest evidence first."""
    status = evidence.exit_status
    if evidence.timed_out:
        return Ruling(Cause.SILENT, "the runner did not report within the attempt's time")
    if evidence.stream is StreamEnd.CORRUPT:
        return Ruling(Cause.CORRUPT, "the runner's stream carried no report")
    if evidence.oom_killed:
        return Ruling(Cause.MEMORY, "the attempt used up the memory of its sandbox")
    if evidence.engine_error:
        return Ruling(Cause.ENGINE, "the engine failed the sandbox")
    if status is None:
        return Ruling(Cause.UNKNOWN, "the sandbox was lost")
    if status > _SIGNALLED:
        return Ruling(Cause.KILLED, f"the sandbox was killed by signal {status - _SIGNALLED} from outside")
    return Ruling(Cause.EXITED, f"the runner ended with status {status} and no report")


def reference_failed(workload: executor_pb2.Workload, report: executor_pb2.Report) -> bool:
    """True if there is a reference that ended none of its calls by itself, or returned for no size of the probe.

    It ran before the attempt, so that no attempt can have caused this.
    """
    if not workload.reference_source or report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR:
        return False
    by_itself = (common_pb2.CALL_STATUS_RETURNED, common_pb2.CALL_STATUS_RAISED)
    called = any(call.status in by_itself for call in report.reference_calls)
    probed = any(point.reference.status == common_pb2.CALL_STATUS_RETURNED for point in report.probe)
    return (len(workload.calls) > 0 and not called) or (len(workload.probe) > 0 and not probed)


def memory_report(workload: executor_pb2.Workload) -> executor_pb2.Report:
    """The report of an attempt that used up the memory of its sandbox.

    What had been seen before is lost with the runner. The first call carries the memory limit, the rest did not run:
    none of them counts as passed. Of a measurement nothing of the reference is there, nor of a probe.
    """
    statuses = [common_pb2.CALL_STATUS_MEMORY_LIMIT, *[common_pb2.CALL_STATUS_NOT_RUN] * len(workload.calls)]
    detail = "the attempt used up the memory of its whole sandbox"
    return executor_pb2.Report(
        status=executor_pb2.ATTEMPT_STATUS_RAN,
        analysis=executor_pb2.Analysis(
            compiles=True,
            checks=[executor_pb2.CheckOutcome(passed=False, detail=detail) for _ in workload.checks],
        ),
        calls=[
            common_pb2.CallOutcome(call_id=call.call_id, status=status, detail=detail)
            for call, status in zip(workload.calls, statuses, strict=False)
        ],
        screening=workload.screening,
    )
