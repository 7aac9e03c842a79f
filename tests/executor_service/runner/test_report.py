"""The runner's records are the messages of the protocol, and its JSON is what the executor reads."""

import dataclasses
import json
from enum import StrEnum
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from codearena.v1 import common_pb2, executor_pb2
from executor_service import codec, reports
from executor_service.runner import report
from executor_service.runner.outcomes import not_run
from tests.executor_service import workloads

STATUSES = {
    report.AttemptStatus: executor_pb2.AttemptStatus,
    report.CallStatus: common_pb2.CallStatus,
    report.ScriptTestStatus: common_pb2.ScriptTestStatus,
}
RECORDS: dict[type[Any], type[Message]] = {
    report.Usage: common_pb2.Usage,
    report.Output: common_pb2.Output,
    report.RaisedException: common_pb2.RaisedException,
    report.SpawnedProcess: common_pb2.SpawnedProcess,
    report.ScriptTestOutcome: common_pb2.ScriptTestOutcome,
    report.CallOutcome: common_pb2.CallOutcome,
    report.ProbeMeasurement: executor_pb2.ProbeMeasurement,
    report.ProbeProcess: executor_pb2.ProbeProcess,
    report.SyntaxProblem: executor_pb2.SyntaxProblem,
    report.Analysis: executor_pb2.Analysis,
    report.Report: executor_pb2.Report,
}
FILLED_IN_LATER = {"isolation", "timings", "screening", "left_out"} | {
    *("compiles", "ast_hash", "estimated_complexity", "checks", "dominant_lines", "problem_type", "python")
}
IN_NO_REPORT = {report.CallStatus.ASKS, report.CallStatus.UNCOMPILED}


@pytest.mark.parametrize("statuses", STATUSES, ids=lambda statuses: statuses.__name__)
def test_every_status_is_the_protocols(statuses: type[StrEnum]) -> None:
    unspecified, *names = [value.name for value in STATUSES[statuses].DESCRIPTOR.values]
    prefix = unspecified.removesuffix("UNSPECIFIED")
    assert {prefix + status.upper() for status in statuses if status not in IN_NO_REPORT} == set(names)


def is_duration(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.name == "Duration"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_record_has_the_fields_of_its_message(record: type[Any]) -> None:
    names = {field.name + ("_s" if is_duration(field) else "") for field in RECORDS[record].DESCRIPTOR.fields}
    assert {field.name for field in dataclasses.fields(record)} == names - FILLED_IN_LATER


def test_what_is_left_at_its_default_is_left_out() -> None:
    seen = json.loads(report.Report(report.AttemptStatus.RAN, report.Usage(), calls=(not_run("a"),)).to_json())
    assert seen == {"status": "ran", "usage": {}, "calls": [{"call_id": "a", "status": "not_run"}]}


USED = report.Usage(0.1, 0.2, 0.01, 0.02, 4096)
WRITTEN = report.Output(b"he\0\xff", b"il", True, 99)
RETURNED = report.CallOutcome(
    "returned",
    report.CallStatus.RETURNED,
    "42",
    detail="d",
    stdout=WRITTEN,
    stderr=WRITTEN,
    usage=USED,
    processes=(report.SpawnedProcess(("ping", "x"), True, "os.system"),),
    overhead_cpu_s=0.001,
    precedent=b"{}",
    repeated_calls=100,
    repeated_cpu_s=0.003,
)
RAISED = report.CallOutcome(
    "raised",
    report.CallStatus.RAISED,
    raised=report.RaisedException("\ud800", ("ValueError",), "\xe4", "t"),
    signal=9,
    exit_status=1,
)
TESTED = report.CallOutcome(
    "tested",
    report.CallStatus.RETURNED,
    script_tests=(
        report.ScriptTestOutcome("assert-1", report.ScriptTestStatus.FAILED, "why", WRITTEN, WRITTEN),
        report.ScriptTestOutcome("assert-2", report.ScriptTestStatus.PASSED),
    ),
)
CALLS = (RETURNED, RAISED, TESTED)
WHOLE = report.Report(
    report.AttemptStatus.RAN,
    USED,
    calls=CALLS,
    reference_calls=CALLS,
    probe=(report.ProbeMeasurement(10, RETURNED, RAISED, True),),
    reference_probe_process=report.ProbeProcess(0.1, 0.2, 0.3),
    attempt_probe_process=report.ProbeProcess(),
    broken_checks=(0,),
)
WORKLOAD = workloads.workload(
    "",
    [
        workloads.call(call_id="returned"),
        workloads.call(call_id="raised"),
        workloads.script_call("assert f(1) == 2\nassert f(2) == 3", call_id="tested"),
    ],
)
WORKLOAD.probe.add(size=10, call=workloads.call(call_id="probe"), added=True)
WORKLOAD.checks.add(rule="forbid_call", argument="eval")


def test_a_report_is_read_as_it_was_written() -> None:
    seen = reports.decode_report(WHOLE.to_json(), WORKLOAD)
    first, second, third = seen.calls
    assert (first.value.json, first.stdout.head, first.stdout.total_bytes) == (b"42", b"he\0\xff", 99)
    assert (first.repeated_calls, codec.seconds(first.repeated_cpu), first.precedent) == (100, 0.003, b"{}")
    assert (list(first.processes[0].argv), first.processes[0].shell) == (["ping", "x"], True)
    assert (codec.seconds(first.usage.starved), first.usage.peak_memory_bytes) == (0.01, 4096)
    assert (second.raised.type, second.raised.message, second.signal, second.exit_status) == ("?", "\xe4", 9, 1)
    assert [test.status for test in third.script_tests] == [
        common_pb2.SCRIPT_TEST_STATUS_FAILED,
        common_pb2.SCRIPT_TEST_STATUS_PASSED,
    ]
    assert (seen.probe[0].size, seen.probe[0].added, seen.probe[0].attempt) == (10, True, second)
    assert codec.seconds(seen.reference_probe_process.idle_cpu) == 0.3
    assert seen.HasField("attempt_probe_process")
    assert list(seen.reference_calls) == list(seen.calls)


def test_so_is_the_report_of_a_source_that_does_not_compile() -> None:
    problem = report.SyntaxProblem("SyntaxError", "no\ud800", 1, 2, "def")
    written = report.Report(report.AttemptStatus.COMPILE_ERROR, USED, report.Analysis(problem))
    seen = reports.decode_report(written.to_json(), WORKLOAD).analysis.problem
    assert seen == executor_pb2.SyntaxProblem(type="SyntaxError", message="no?", line=1, column=2, text="def")


SAID = codec.Codec(
    executor_pb2.Report, {f"codearena.v1.Report.{name}" for name in ("isolation", "timings", "screening")}
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["passed", "ran"]),
    lambda parts: st.lists(parts, max_size=2) | st.dictionaries(st.text(max_size=5), parts, max_size=2),
    max_leaves=4,
)
NAMES = sorted({field.name for message in RECORDS.values() for field in message.DESCRIPTOR.fields} | {"cpu_s", ""})


def places(part: Any) -> list[tuple[Any, Any]]:
    """Every container of a JSON tree, with each of its keys or positions."""
    here = list(part) if isinstance(part, dict) else list(range(len(part))) if isinstance(part, list) else []
    return [(part, key) for key in here] + [place for key in here for place in places(part[key])]


@given(data=st.data())
def test_a_report_that_was_changed_is_one_or_is_refused(data: st.DataObject) -> None:
    tree = json.loads(WHOLE.to_json())
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(tree) or [({}, "")]))
        other, its_key = data.draw(st.sampled_from(places(tree) or [({"": 0}, "")]))
        change = data.draw(st.sampled_from(["replace", "remove", "move", "name"]))
        if change == "replace":
            container[key] = data.draw(JSON)
        elif change == "move":
            container[key] = json.loads(json.dumps(other[its_key]))
        elif change == "name" and isinstance(container, dict):
            container[data.draw(st.sampled_from(NAMES))] = container.pop(key, None)
        elif key in container or isinstance(container, list):
            del container[key]
    _one_or_refused(json.dumps(tree).encode())


@given(data=st.data())
def test_bytes_that_were_changed_are_a_report_or_are_refused(data: st.DataObject) -> None:
    sent = bytearray(WHOLE.to_json())
    parts = st.binary(max_size=3) | st.sampled_from([b'"', b"\\", b"1e9"])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(sent) - 1))
        sent[at : at + data.draw(st.integers(0, 3))] = data.draw(parts)
    _one_or_refused(bytes(sent))


def _one_or_refused(sent: bytes) -> None:
    """What is taken over is a report of the workload, and says the same once it was sent again."""
    try:
        seen = reports.decode_report(sent, WORKLOAD)
    except codec.MalformedReportError:
        return
    assert [call.call_id for call in seen.calls] == [call.call_id for call in WORKLOAD.calls]
    said = SAID.encode(seen)
    assert SAID.encode(reports.decode_report(said, WORKLOAD)) == said
