import pytest

from codearena.v1 import common_pb2, executor_pb2
from executor_service.causes import Cause, memory_report, reference_failed, rule
from executor_service.isolation.base import Evidence, StreamEnd
from tests.executor_service import workloads

ENDED = StreamEnd.ENDED

TABLE = [
    # what is known                                                             cause             the attempt's?
    (Evidence(ENDED, exit_status=137, oom_killed=True), Cause.MEMORY, True),
    (Evidence(ENDED, exit_status=0, oom_killed=True), Cause.MEMORY, True),
    (Evidence(ENDED, exit_status=137), Cause.KILLED, False),
    (Evidence(ENDED, exit_status=143), Cause.KILLED, False),
    (Evidence(ENDED, exit_status=0), Cause.EXITED, False),
    (Evidence(ENDED, exit_status=1), Cause.EXITED, False),
    (Evidence(ENDED), Cause.UNKNOWN, False),
    (Evidence(ENDED, engine_error="gone"), Cause.ENGINE, False),
    (Evidence(ENDED, exit_status=128, engine_error="no such device"), Cause.ENGINE, False),
    (Evidence(StreamEnd.OPEN, timed_out=True), Cause.SILENT, False),
    (Evidence(StreamEnd.OPEN, timed_out=True, oom_killed=True), Cause.SILENT, False),
    (Evidence(StreamEnd.CORRUPT), Cause.CORRUPT, False),
    (Evidence(StreamEnd.CORRUPT, exit_status=137, oom_killed=True), Cause.CORRUPT, False),
]


@pytest.mark.parametrize(("evidence", "cause", "the_attempts"), TABLE)
def test_whose_failure_it_is(evidence: Evidence, cause: Cause, the_attempts: bool) -> None:
    ruling = rule(evidence)
    assert ruling.cause is cause
    assert ruling.cause.is_the_attempts is the_attempts


def test_only_memory_is_ever_the_attempts() -> None:
    assert [cause for cause in Cause if cause.is_the_attempts] == [Cause.MEMORY]


def test_an_attempt_that_exhausted_its_sandbox_passes_no_call_and_no_check() -> None:
    workload = workloads.workload("", [workloads.call(call_id="a"), workloads.call(call_id="b")])
    workload.checks.add(rule="forbid_call", argument="eval")
    report = memory_report(workload)
    assert report.status == executor_pb2.ATTEMPT_STATUS_RAN
    assert [(call.call_id, call.status) for call in report.calls] == [
        ("a", common_pb2.CALL_STATUS_MEMORY_LIMIT),
        ("b", common_pb2.CALL_STATUS_NOT_RUN),
    ]
    assert not report.analysis.checks[0].passed


def outcome(status: common_pb2.CallStatus.ValueType) -> common_pb2.CallOutcome:
    return common_pb2.CallOutcome(call_id="c1", status=status)


def reported(
    call: common_pb2.CallStatus.ValueType | None, probe: common_pb2.CallStatus.ValueType | None = None
) -> executor_pb2.Report:
    """The report of an attempt that compiles; call, probe: how the reference ended its own, None: it has none."""
    report = executor_pb2.Report(calls=[outcome(RETURNED)])
    report.reference_calls.extend([] if call is None else [outcome(call)])
    if probe is not None:
        report.probe.add(size=10, reference=outcome(probe))
    return report


RETURNED, RAISED = common_pb2.CALL_STATUS_RETURNED, common_pb2.CALL_STATUS_RAISED
TIME_LIMIT = common_pb2.CALL_STATUS_TIME_LIMIT
WORKLOAD = workloads.workload("", reference="pass")


def test_a_reference_that_gave_nothing_to_measure_against_is_our_failure() -> None:
    probed = workloads.workload("", reference="pass")
    probed.probe.add(size=10, call=workloads.call())
    assert reference_failed(WORKLOAD, reported(None))
    assert reference_failed(WORKLOAD, reported(TIME_LIMIT))
    assert reference_failed(probed, reported(RETURNED))
    assert reference_failed(probed, reported(RETURNED, TIME_LIMIT))
    assert not reference_failed(WORKLOAD, reported(RAISED))
    assert not reference_failed(probed, reported(RETURNED, RETURNED))


def test_without_a_reference_or_a_source_that_compiles_none_can_fail() -> None:
    assert not reference_failed(workloads.workload(""), reported(None))
    assert not reference_failed(WORKLOAD, executor_pb2.Report(status=executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR))
