"""Whatever an attempt's process answers, the report says something of it, and the executor takes that report."""

import json
import struct
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codearena import values
from executor_service import reports
from executor_service.runner import worker
from executor_service.runner.outcomes import from_answer
from executor_service.runner.process import Answer
from executor_service.runner.report import (
    Analysis,
    AttemptStatus,
    CallOutcome,
    CallStatus,
    Report,
    Uncompiled,
    Usage,
)
from executor_service.runner.system import witness
from executor_service.runner.system.group import Waits
from executor_service.runner.system.output import HeadTail
from tests.executor_service import workloads

WORKLOAD = workloads.workload("", [workloads.call(call_id="c")])
NAMES = ["raised", "type", "builtin_bases", "message", "traceback", "detail", "processes", "argv", "shell", "via"]
NAMES += ["problem", "line", "column", "text"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.sampled_from(NAMES), parts, max_size=5),
    max_leaves=10,
)
PROBLEM = {"type": "SyntaxError", "message": "no", "line": 1, "column": 2, "text": "def"}
RAISED = {"type": "E", "builtin_bases": [], "message": "", "traceback": ""}


def answered(status: CallStatus, meta: Any, value: bytes = b"null", intercepted: bool = True) -> CallOutcome:
    told = json.dumps(meta).encode()
    index = worker.ALL_STATUSES.index(status)
    return outcome_of(bytes([index]) + struct.pack(">I", len(told)) + told + value, intercepted)


def outcome_of(body: bytes, intercepted: bool = True) -> CallOutcome:
    answer = Answer(body, "", None, 0.1, 0.2, Waits(), 4096, HeadTail(16), HeadTail(16))
    return from_answer(answer, "c", 1024, also=(CallStatus.UNCOMPILED,), intercepted=intercepted)


def taken(outcome: CallOutcome) -> None:
    """As the conductor reports it."""
    if isinstance(outcome, Uncompiled):
        report = Report(AttemptStatus.COMPILE_ERROR, Usage(), Analysis(outcome.problem))
    else:
        report = Report(AttemptStatus.RAN, Usage(), calls=(outcome,))
    reports.decode_report(report.to_json(), WORKLOAD)


@given(status=st.sampled_from(worker.ALL_STATUSES), meta=JSON, value=st.binary(max_size=8))
@example(status=CallStatus.UNCOMPILED, meta={"problem": {**PROBLEM, "line": float("inf")}}, value=b"")
@example(status=CallStatus.UNCOMPILED, meta={"problem": {**PROBLEM, "column": 10**400}}, value=b"")
@example(status=CallStatus.UNCOMPILED, meta={"problem": {**PROBLEM, "text": "\ud800"}}, value=b"")
@example(status=CallStatus.RAISED, meta={"raised": {**RAISED, "type": ""}}, value=b"")
@example(status=CallStatus.RETURNED, meta={"processes": [{"argv": [], "shell": 2, "via": None}]}, value=b"\xe4")
def test_whatever_is_answered_is_reported(status: CallStatus, meta: Any, value: bytes) -> None:
    taken(answered(status, meta, value))


@given(body=st.binary(max_size=40))
def test_bytes_that_are_no_answer_are_reported(body: bytes) -> None:
    taken(outcome_of(body))


def test_only_what_a_message_may_come_to_is_believed() -> None:
    for status in (CallStatus.ASKS, CallStatus.TIME_LIMIT):
        assert answered(status, {}).status is CallStatus.CRASHED
    assert answered(CallStatus.RETURNED, {}).value == "null"
    assert answered(CallStatus.UNCOMPILED, {"problem": PROBLEM}).status is CallStatus.UNCOMPILED


@pytest.mark.parametrize("text", [b"\1", b'"a\nb"', b"\x7f", b" \t1"])
def test_a_value_that_no_encoder_of_ours_writes_is_a_broken_channel(text: bytes) -> None:
    outcome = answered(CallStatus.RETURNED, {}, text)
    assert (outcome.status, outcome.value) == (CallStatus.CRASHED, None)


def test_what_the_encoder_writes_is_passed_on() -> None:
    for value in ("\0\x7f\n", "\ud800\U0001f600", [1, 2.5, None], b"\xff"):
        encoded = values.encode(value)
        assert answered(CallStatus.RETURNED, {}, encoded).value == encoded.decode()


def started(*argvs: list[str]) -> dict[str, Any]:
    return {"processes": [{"argv": argv, "shell": False, "via": "os.execv"} for argv in argvs]}


def test_processes_are_believed_only_where_they_are_recorded() -> None:
    assert answered(CallStatus.RETURNED, started(["ping"]), intercepted=False).processes == ()
    assert [process.argv for process in answered(CallStatus.RETURNED, started(["ping"])).processes] == [("ping",)]


@pytest.mark.parametrize("argv", [[""] * 100, ["a" * 4000] * 5])
def test_processes_beyond_what_a_call_may_tell_are_told_as_more(argv: list[str]) -> None:
    *known, last = answered(CallStatus.RETURNED, started(*[argv] * 50)).processes
    assert last == witness.MORE
    assert all(process.argv == tuple(argv) for process in known)
    assert len(known) < 50
