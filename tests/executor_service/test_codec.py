import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codearena.v1 import common_pb2, executor_pb2
from executor_service import codec, wire
from executor_service.outcome import Cause
from tests.executor_service import scripted_runner, workloads

WORKLOAD = workloads.workload("honest", [workloads.call(call_id="a"), workloads.call(call_id="b")])


def report(**changes: Any) -> dict[str, Any]:
    return {**json.loads(scripted_runner.report(["a", "b"])), **changes}


USAGE = scripted_runner.usage()


def outcome(call_id: str = "a", **changes: Any) -> dict[str, Any]:
    return {**scripted_runner.outcome(call_id), **changes}


def decode(body: Any, workload: executor_pb2.Workload = WORKLOAD) -> executor_pb2.Report:
    return codec.decode_report(json.dumps(body).encode(), workload)


def test_a_workload_carries_every_kind_of_call() -> None:
    workload = workloads.workload(
        b"\xff not text",
        [
            workloads.call("f", 1, call_id="function", environment={"A": "b"}, intercept=True),
            executor_pb2.Call(
                call_id="sequence",
                sequence=executor_pb2.CallSequence(calls=[workloads.function("C"), workloads.function("m", 2)]),
            ),
            executor_pb2.Call(call_id="script", script=executor_pb2.Script(stdin=b"in")),
        ],
        reference="pass",
    )
    workload.probe.add(size=10, call=workloads.call(call_id="probe"))
    workload.checks.add(rule="forbid_call", argument="eval")
    sent = json.loads(codec.encode_workload(workload))
    assert base64.b64decode(sent["source"]) == b"\xff not text"
    assert base64.b64decode(sent["reference_source"]) == b"pass"
    function, sequence, script = sent["calls"]
    assert function["calls"] == [{"entry_point": "f", "args": "[1]", "kwargs": '{"dict":[]}'}]
    assert function["environment"] == {"A": "b"}
    assert function["intercept_processes"] is True
    assert [each["entry_point"] for each in sequence["calls"]] == ["C", "m"]
    assert (script["kind"], base64.b64decode(script["stdin"])) == ("script", b"in")
    assert sent["probe"][0]["size"] == 10
    assert sent["checks"] == [{"rule": "forbid_call", "argument": "eval"}]
    assert sent["limits"]["call_cpu_s"] == 2.0


def test_a_report_is_taken_over_whole() -> None:
    stdout = {
        "head": base64.b64encode(b"he").decode(),
        "tail": base64.b64encode(b"il").decode(),
        "truncated": True,
        "total_bytes": 99,
    }
    raised = {"type": "ValueError", "builtin_bases": ["Exception"], "message": "no", "traceback": "line 1"}
    processes = [{"argv": ["ping", "x"], "shell": False, "via": "subprocess.run"}]
    calls = [
        outcome("a", stdout=stdout, processes=processes),
        outcome("b", status="raised", value=None, raised=raised, signal=9, exit_status=1, detail="d"),
    ]
    first, second = decode(report(calls=calls)).calls
    assert first.value.json == b"42"
    assert (first.stdout.head, first.stdout.tail, first.stdout.truncated, first.stdout.total_bytes) == (
        b"he",
        b"il",
        True,
        99,
    )
    assert list(first.processes[0].argv) == ["ping", "x"]
    assert codec.seconds(first.usage.cpu) == 0.25
    assert (codec.seconds(first.usage.starved), codec.seconds(first.usage.blocked)) == (0.125, 0.0625)
    assert second.status == common_pb2.CALL_STATUS_RAISED
    assert not second.HasField("value")
    assert (second.raised.type, second.signal, second.exit_status, second.detail) == ("ValueError", 9, 1, "d")


def test_a_source_that_does_not_compile_has_every_call_not_run() -> None:
    problem = {"type": "SyntaxError", "message": "no", "line": 1, "column": 2, "text": "def"}
    analysis = {"compiles": False, "problem": problem, "ast_hash": "", "estimated_complexity": "", "checks": []}
    analysis |= {"dominant_lines": [], "problem_type": ""}
    seen = decode(report(status="compile_error", analysis=analysis, calls=[]))
    assert [call.status for call in seen.calls] == [common_pb2.CALL_STATUS_NOT_RUN] * 2
    assert seen.analysis.problem.type == "SyntaxError"


def test_text_that_utf8_cannot_carry_is_replaced_and_not_refused() -> None:
    raised = {"type": "E", "builtin_bases": [], "message": "\ud800", "traceback": ""}
    seen = decode(report(calls=[outcome("a", status="raised", value=None, raised=raised), outcome("b")]))
    assert seen.calls[0].raised.message == "?"


MALFORMED = {
    "not JSON": b"{",
    "not UTF-8": b'"\xff"',
    "not an object": b"[]",
    "nested without end": b"[" * 100_000,
    "a field missing": {key: value for key, value in report().items() if key != "usage"},
    "a field too many": report(extra=1),
    "an unknown status": report(status="passed"),
    "an unknown call status": report(calls=[outcome("a", status="passed"), outcome("b")]),
    "a call missing": report(calls=[outcome("a")]),
    "calls in another order": report(calls=[outcome("b"), outcome("a")]),
    "another workload's calls": report(calls=[outcome("x"), outcome("y")]),
    "a probe nobody asked for": report(probe=[{"size": 1, "reference": outcome(), "attempt": outcome()}]),
    "output that is no base64": report(
        calls=[
            outcome("a", stdout={"head": "*", "tail": "", "truncated": False, "total_bytes": 0}),
            outcome("b"),
        ]
    ),
    "time that is no number": report(usage=USAGE | {"cpu_s": "1s"}),
    "negative time": report(usage=USAGE | {"cpu_s": -1}),
    "infinite time": b'{"usage": {"cpu_s": Infinity}}',
    "a huge number": report(usage=USAGE | {"peak_memory_bytes": 2**70}),
    "a value without having returned": report(calls=[outcome("a", status="crashed"), outcome("b")]),
    "raised without an exception": report(calls=[outcome("a", status="raised", value=None), outcome("b")]),
    "ran without compiling": report(analysis={**report()["analysis"], "compiles": False}),
    "no analysis": report(analysis=None),
    "broken checks nobody asked for": report(broken_checks=[0]),
    "checks nobody asked for": report(
        analysis={**report()["analysis"], "checks": [{"passed": True, "line": 0, "detail": ""}]}
    ),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_of_the_agreed_shape_is_refused(body: Any) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(codec.MalformedReportError):
        codec.decode_report(data, WORKLOAD)


def test_an_analysis_that_is_known_is_taken_over_and_no_other_is() -> None:
    known = executor_pb2.Analysis(compiles=True, ast_hash="known")
    assert json.loads(codec.encode_workload(WORKLOAD, analysed=True))["analysed"] is True
    data = json.dumps(report(analysis=None)).encode()
    assert codec.decode_report(data, WORKLOAD, known).analysis == known
    with pytest.raises(codec.MalformedReportError):
        codec.decode_report(json.dumps(report()).encode(), WORKLOAD, known)
    with pytest.raises(codec.MalformedReportError):
        codec.decode_report(json.dumps(report(analysis=None, status="compile_error")).encode(), WORKLOAD, known)


def test_a_rule_broken_while_the_attempt_ran_is_apart_from_what_its_source_says() -> None:
    workload = executor_pb2.Workload()
    workload.CopyFrom(WORKLOAD)
    workload.checks.add(rule="forbid_call", argument="eval")
    analysis = {**report()["analysis"], "checks": [{"passed": True, "line": 0, "detail": ""}]}
    decoded = codec.decode_report(json.dumps(report(analysis=analysis, broken_checks=[0])).encode(), workload)
    assert list(decoded.broken_checks) == [0]
    assert decoded.analysis.checks[0].passed  # which is kept for the next attempt of the same source


def test_a_refusal_never_quotes_the_attempt() -> None:
    with pytest.raises(codec.MalformedReportError) as refused:
        decode(report(status="SECRET", usage="SECRET"))
    assert "SECRET" not in str(refused.value)


@given(data=st.binary(max_size=200))
def test_junk_is_refused_and_nothing_else_happens(data: bytes) -> None:
    with pytest.raises(codec.MalformedReportError):
        codec.decode_report(data, WORKLOAD)


def test_every_status_of_the_protocol_can_be_reported() -> None:
    names = {f"CALL_STATUS_{name.upper()}" for name in wire.CallStatusName.__args__}  # type: ignore[attr-defined]
    assert names == set(common_pb2.CallStatus.keys()) - {"CALL_STATUS_UNSPECIFIED"}


def test_a_malformed_report_is_ours() -> None:
    assert not Cause.MALFORMED.is_the_attempts


SCRIPT_WORKLOAD = workloads.workload(
    "honest", [workloads.script_call("assert f(1) == 2\nassert f(2) == 3", call_id="a")]
)


def script_report(*ids: str) -> dict[str, Any]:
    stream = scripted_runner.outcome("a")["stdout"]
    tests = [{"test_id": id_, "status": "passed", "detail": "", "stdout": stream, "stderr": stream} for id_ in ids]
    return report(calls=[outcome("a", value=None, tests=tests)], reference_calls=[])


def test_a_script_is_sent_with_its_tests_and_their_places() -> None:
    (sent,) = json.loads(codec.encode_workload(SCRIPT_WORKLOAD))["calls"]
    script = sent["test_script"]
    assert (sent["kind"], script["body"], script["entry_point"]) == ("test_script", "module", "f")
    assert [(test["test_id"], test["line"]) for test in script["tests"]] == [("assert-1", 1), ("assert-2", 2)]
    assert base64.b64decode(script["source"]).startswith(b"assert f(1)")


def test_each_test_of_a_script_is_reported() -> None:
    (call,) = decode(script_report("assert-1", "assert-2"), SCRIPT_WORKLOAD).calls
    assert {test.status for test in call.script_tests} == {common_pb2.SCRIPT_TEST_STATUS_PASSED}


@pytest.mark.parametrize(
    "ids", [[], ["assert-1"], ["assert-1", "assert-1", "assert-2"], ["assert-2", "assert-1"], ["x"]]
)
def test_tests_that_are_not_the_scripts_are_ours(ids: list[str]) -> None:
    with pytest.raises(codec.MalformedReportError):
        decode(script_report(*ids), SCRIPT_WORKLOAD)
