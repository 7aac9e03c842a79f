import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codearena.v1 import common_pb2, executor_pb2
from executor_service import codec, reports
from executor_service.causes import Cause
from tests.executor_service import scripted_runner, workloads

WORKLOAD = workloads.workload("honest", [workloads.call(call_id="a"), workloads.call(call_id="b")])


def report(**changes: Any) -> dict[str, Any]:
    """None: without that field."""
    return without_none({**json.loads(scripted_runner.report(["a", "b"])), **changes})


def without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in fields.items() if part is not None}


USAGE = scripted_runner.usage()


def outcome(call_id: str = "a", **changes: Any) -> dict[str, Any]:
    """None: without that field."""
    return without_none({**scripted_runner.outcome(call_id), **changes})


def decode(body: Any, workload: executor_pb2.Workload = WORKLOAD) -> executor_pb2.Report:
    return reports.decode_report(json.dumps(body).encode(), workload)


def checked() -> executor_pb2.Workload:
    """With a check."""
    workload = executor_pb2.Workload()
    workload.CopyFrom(WORKLOAD)
    workload.checks.add(rule="forbid_call", argument="eval")
    return workload


PROBLEM = {"type": "SyntaxError", "message": "no", "line": 1, "column": 2, "text": "def"}


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
    workload = checked()
    seen = decode(report(status="compile_error", analysis={"problem": PROBLEM}, calls=[]), workload)
    assert [call.status for call in seen.calls] == [common_pb2.CALL_STATUS_NOT_RUN] * 2
    assert (seen.analysis.compiles, seen.analysis.problem.type) == (False, "SyntaxError")
    assert [check.passed for check in seen.analysis.checks] == [False]


def test_text_that_utf8_cannot_carry_is_replaced_and_not_refused() -> None:
    raised = {"type": "E", "builtin_bases": [], "message": "\ud800", "traceback": ""}
    seen = decode(report(calls=[outcome("a", status="raised", value=None, raised=raised), outcome("b")]))
    assert seen.calls[0].raised.message == "?"


MALFORMED = {
    "not JSON": b"{",
    "not UTF-8": b'"\xff"',
    "not an object": b"[]",
    "nested without end": b"[" * 100_000,
    "a field missing": report(usage=None),
    "no status": report(status=None),
    "a call without status": report(calls=[outcome("a", status=None), outcome("b")]),
    "a field too many": report(extra=1),
    "where it ran": report(isolation={"name": "container"}),
    "how long it took": report(timings={"ran_s": 0.0}),
    "something left out": report(calls=[outcome("a", left_out={"value_bytes": 1}), outcome("b")]),
    "null": {**report(), "load": None},
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
    "time that is a truth": report(usage=USAGE | {"cpu_s": True}),
    "time without unit": report(usage={"cpu": 1}),
    "negative time": report(usage=USAGE | {"cpu_s": -1}),
    "time beyond all limits": report(usage=USAGE | {"cpu_s": 1e10}),
    "infinite time": b'{"usage": {"cpu_s": Infinity}}',
    "a huge number": report(usage=USAGE | {"peak_memory_bytes": 2**70}),
    "a value without having returned": report(calls=[outcome("a", status="crashed"), outcome("b")]),
    "raised without an exception": report(calls=[outcome("a", status="raised", value=None), outcome("b")]),
    "ran without compiling": report(analysis={"problem": PROBLEM}),
    "ran with nothing to say of its source": report(analysis={}),
    "a compile error without a problem": report(status="compile_error", calls=[]),
    "a compile error with an empty analysis": report(status="compile_error", calls=[], analysis={}),
    "a compile error that compiles": report(
        status="compile_error", calls=[], analysis={"problem": PROBLEM, "compiles": True}
    ),
    "what a source looks like": report(analysis={"ast_hash": "ab"}),
    "what a source keeps to": report(
        status="compile_error", calls=[], analysis={"problem": PROBLEM, "checks": [{"passed": True}]}
    ),
    "the outcome of a load that went well": report(load=outcome("")),
    "no outcome of a load that failed": report(status="load_error"),
    "one probe process of two": report(attempt_probe_process={}),
    "a value that is not ASCII": report(calls=[outcome("a", value='"\u00e4"'), outcome("b")]),
    "broken checks nobody asked for": report(broken_checks=[0]),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_of_the_agreed_shape_is_refused(body: Any) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(codec.MalformedReportError):
        reports.decode_report(data, WORKLOAD)


def test_a_rule_broken_while_the_attempt_ran_is_apart_from_what_its_source_says() -> None:
    decoded = decode(report(broken_checks=[0]), checked())
    assert (list(decoded.broken_checks), decoded.HasField("analysis")) == ([0], False)


def test_a_refusal_never_quotes_the_attempt() -> None:
    for body in (report(status="SECRET"), report(usage="SECRET"), report(SECRET=1), report(usage={"SECRET": 1})):
        with pytest.raises(codec.MalformedReportError) as refused:
            decode(body)
        assert "SECRET" not in str(refused.value)


def test_a_refusal_names_the_place() -> None:
    calls = [outcome("a"), outcome("b", stdout={"total_bytes": "many"})]
    with pytest.raises(codec.MalformedReportError, match=r"no int at calls\.1\.stdout\.total_bytes"):
        decode(report(calls=calls))


@given(data=st.binary(max_size=200))
def test_junk_is_refused_and_nothing_else_happens(data: bytes) -> None:
    with pytest.raises(codec.MalformedReportError):
        reports.decode_report(data, WORKLOAD)


def test_a_malformed_report_is_ours() -> None:
    assert not Cause.MALFORMED.is_the_attempts


SCRIPT_WORKLOAD = workloads.workload(
    "honest", [workloads.script_call("assert f(1) == 2\nassert f(2) == 3", call_id="a")]
)


def script_report(*ids: str) -> dict[str, Any]:
    tests = [{"test_id": id_, "status": "passed"} for id_ in ids]
    return report(calls=[outcome("a", value=None, script_tests=tests)])


def test_each_test_of_a_script_is_reported() -> None:
    (call,) = decode(script_report("assert-1", "assert-2"), SCRIPT_WORKLOAD).calls
    assert {test.status for test in call.script_tests} == {common_pb2.SCRIPT_TEST_STATUS_PASSED}


@pytest.mark.parametrize(
    "ids", [[], ["assert-1"], ["assert-1", "assert-1", "assert-2"], ["assert-2", "assert-1"], ["x"]]
)
def test_tests_that_are_not_the_scripts_are_ours(ids: list[str]) -> None:
    with pytest.raises(codec.MalformedReportError):
        decode(script_report(*ids), SCRIPT_WORKLOAD)


def test_tests_without_status_are_ours() -> None:
    body = script_report("assert-1", "assert-2")
    del body["calls"][0]["script_tests"][0]["status"]
    with pytest.raises(codec.MalformedReportError):
        decode(body, SCRIPT_WORKLOAD)


PROBED = workloads.workload("honest", [workloads.call(call_id="a"), workloads.call(call_id="b")])
for size, added in ((10, False), (20, True)):
    PROBED.probe.add(size=size, call=workloads.call(call_id=f"p{size}"), added=added)


def measured(size: int, added: bool = False, **changes: Any) -> dict[str, Any]:
    """None: without that field."""
    both = {"reference": outcome(f"p{size}"), "attempt": outcome(f"p{size}")}
    return without_none({"size": size, "added": added, **both, **changes})


VALUELESS = {side: outcome("p10", value=None) for side in ("reference", "attempt")}


def test_values_that_were_compared_are_not_there() -> None:
    for same in (True, False):
        (point,) = decode(report(probe=[measured(10, same_value=same, **VALUELESS)]), PROBED).probe
        assert point.HasField("same_value") and point.same_value is same
    assert not decode(report(probe=[measured(10)]), PROBED).probe[0].HasField("same_value")


def test_whether_it_was_a_screening_the_workload_says() -> None:
    screening = executor_pb2.Workload()
    screening.CopyFrom(PROBED)
    screening.screening = True
    assert decode(report(probe=[measured(10)]), screening).screening
    with pytest.raises(codec.MalformedReportError):
        decode(report(probe=[measured(10)], screening=True), PROBED)


@pytest.mark.parametrize("probe", [[], [measured(10)], [measured(10), measured(20, True)]])
def test_a_probes_first_sizes_are_reported(probe: list[dict[str, Any]]) -> None:
    assert [point.size for point in decode(report(probe=probe), PROBED).probe] == [point["size"] for point in probe]


@pytest.mark.parametrize(
    "probe",
    [
        [measured(20, True)],
        [measured(10, True)],
        [measured(10), measured(20, True), measured(20, True)],
        [measured(10, attempt=None)],
        [measured(10, reference=outcome("p10", status="crashed"))],
        [measured(10, same_value=True)],
        [measured(10, same_value=False)],
        [measured(10, same_value=True, **{**VALUELESS, "attempt": outcome("p10", status="crashed", value=None)})],
    ],
)
def test_a_probe_that_is_not_the_workloads_is_ours(probe: list[dict[str, Any]]) -> None:
    with pytest.raises(codec.MalformedReportError):
        decode(report(probe=probe), PROBED)


def test_a_runner_says_which_one_it_is() -> None:
    hello = reports.decode_hello(b'{"runner_revision": "abc", "degradations": ["no cgroup"]}')
    assert (hello.revision, hello.degradations) == ("abc", ("no cgroup",))


@pytest.mark.parametrize(
    "hello",
    [b"", b"{}", b'{"runner_revision": 1}', b'{"runner_revision": "a", "name": "container"}']
    + [json.dumps({"runner_revision": "a" * length}).encode() for length in (0, 129)],
)
def test_a_runner_that_does_not_say_so_is_refused(hello: bytes) -> None:
    with pytest.raises(codec.MalformedReportError):
        reports.decode_hello(hello)
