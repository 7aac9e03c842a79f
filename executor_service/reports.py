"""What a runner says, taken over only where it fits what was asked.

The runner is ours, and whoever got hold of it could say anything. So a report is believed no further than it must be:
it has one outcome for each call of the workload, in order, with the script's tests and the probe's sizes that were
asked for, and no part of it contradicts another. What no runner has a say in is no field of its report: of the source
it says nothing but why it does not compile there.
"""

from collections.abc import Sequence

from codearena.v1 import common_pb2, executor_pb2
from executor_service.codec import Codec, MalformedReportError
from executor_service.isolation.base import Hello

_PACKAGE = "codearena.v1"
_OURS = frozenset(
    f"{_PACKAGE}.{name}"
    for name in (
        *("Report.isolation", "Report.timings", "Report.screening", "CallOutcome.left_out"),
        *(f"Analysis.{field.name}" for field in executor_pb2.Analysis.DESCRIPTOR.fields if field.name != "problem"),
    )
)
_OF_HOST = frozenset(
    f"{_PACKAGE}.Isolation.{name}" for name in ("name", "runtime", "sandbox_id", "host_class", "python")
)
_REPORT = Codec(executor_pb2.Report, without=_OURS)
_HELLO = Codec(executor_pb2.Isolation, without=_OF_HOST)

_REVISION_CHARACTERS = 128
_RETURNED, _RAISED = common_pb2.CALL_STATUS_RETURNED, common_pb2.CALL_STATUS_RAISED


def decode_hello(data: bytes) -> Hello:
    """The runner's ready frame: of `Isolation` what only it knows. Raises MalformedReportError."""
    hello = _HELLO.decode(data)
    _require(0 < len(hello.runner_revision) <= _REVISION_CHARACTERS, "a revision that is none")
    return Hello(hello.runner_revision, tuple(hello.degradations), tuple(hello.packages))


def decode_report(data: bytes, workload: executor_pb2.Workload) -> executor_pb2.Report:
    """The report of `workload`, with one outcome for each of its calls; isolation and timings are left to the caller.

    Raises:
        MalformedReportError: it has not the agreed shape, or is not the report of this workload.
    """
    report = _REPORT.decode(data)
    report.screening = workload.screening
    _require_whole(report, workload)
    _require_calls("calls", report.calls, workload, may_be_none=_does_not_compile(report))
    _require_calls("reference_calls", report.reference_calls, workload, may_be_none=True)
    _require_probe(report, workload)
    if _does_not_compile(report):
        unread = executor_pb2.CheckOutcome(passed=False, detail="does not compile")
        report.analysis.checks.extend([unread] * len(workload.checks))
    if not report.calls:
        not_run = common_pb2.CALL_STATUS_NOT_RUN
        report.calls.extend(common_pb2.CallOutcome(call_id=call.call_id, status=not_run) for call in workload.calls)
    return report


def _does_not_compile(report: executor_pb2.Report) -> bool:
    return report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise MalformedReportError(otherwise)


def _require_whole(report: executor_pb2.Report, workload: executor_pb2.Workload) -> None:
    """Of what is said once."""
    _require(report.status != executor_pb2.ATTEMPT_STATUS_UNSPECIFIED, "no status")
    _require(report.HasField("usage"), "no usage")
    said = (report.HasField("analysis"), report.analysis.HasField("problem"))
    _require(said == (_does_not_compile(report),) * 2, "a problem that contradicts the status")
    failed_to_load = report.status == executor_pb2.ATTEMPT_STATUS_LOAD_ERROR
    _require(report.HasField("load") is failed_to_load, "the outcome of a load that contradicts the status")
    if failed_to_load:
        _require_outcome(report.load)
    broken = all(position < len(workload.checks) for position in report.broken_checks)
    _require(broken, "broken checks that are not the workload's")
    both = report.HasField("reference_probe_process") is report.HasField("attempt_probe_process")
    _require(both, "one probe process of two")


def _require_calls(
    what: str, outcomes: Sequence[common_pb2.CallOutcome], workload: executor_pb2.Workload, *, may_be_none: bool
) -> None:
    """One outcome for each call, in order; or, where that may be, none at all."""
    if may_be_none and not outcomes:
        return
    seen, asked = [outcome.call_id for outcome in outcomes], [call.call_id for call in workload.calls]
    _require(seen == asked, f"{what} that are not the workload's")
    for call, outcome in zip(workload.calls, outcomes, strict=True):
        _require_outcome(outcome, call)


def _require_probe(report: executor_pb2.Report, workload: executor_pb2.Workload) -> None:
    """The workload's first sizes, measured on both."""
    seen, asked = ([(point.size, point.added) for point in points] for points in (report.probe, workload.probe))
    _require(seen == asked[: len(seen)], "probe sizes that are not the workload's")
    for point in report.probe:
        _require(point.HasField("reference") and point.HasField("attempt"), "one measurement of two")
        _require_outcome(point.reference)
        _require_outcome(point.attempt)
        both = [point.reference, point.attempt]
        told = all(outcome.status == _RETURNED and not outcome.HasField("value") for outcome in both)
        _require(told or not point.HasField("same_value"), "values that were compared, and are there")


def _require_outcome(outcome: common_pb2.CallOutcome, call: executor_pb2.Call | None = None) -> None:
    """call: None: of a load, or of a call of the probe's."""
    status = outcome.status
    _require(status != common_pb2.CALL_STATUS_UNSPECIFIED, "an outcome without status")
    fits = status == _RETURNED or not outcome.HasField("value")
    _require(fits and outcome.HasField("raised") is (status == _RAISED), "an outcome that contradicts itself")
    _require(outcome.precedent.isascii(), "a precedent that is not ASCII")
    seen = outcome.script_tests
    ran = status == _RETURNED and call is not None and call.HasField("test_script")
    if ran or seen:
        asked = [test.test_id for test in call.test_script.tests] if call is not None and ran else []
        _require([test.test_id for test in seen] == asked, "tests that are not the script's")
        _require(all(test.status for test in seen), "a test without status")
