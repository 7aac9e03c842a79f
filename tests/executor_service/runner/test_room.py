"""What an attempt says may not make a report too long, and an outcome for which there is no room is still one."""

from hypothesis import given
from hypothesis import strategies as st

from codearena.server import rpc
from executor_service.channel import REPORT_BYTES as FRAME_BYTES
from executor_service.runner.report import (
    AttemptStatus,
    CallOutcome,
    CallStatus,
    Output,
    RaisedException,
    Report,
    ScriptTestOutcome,
    ScriptTestStatus,
    SpawnedProcess,
    Usage,
)
from executor_service.runner.room import REPORT_BYTES, Room
from executor_service.validation import WORKLOAD_BYTES
from grader_service import grader

SIZE = 40 * 1024
PRINTED = Output(b"\xff" * 30_000, b"", False, 30_000)
USED = Usage(0.1, 0.2, 0.01, 0.02, 4096)
TEXT = st.text(st.sampled_from('a"\\\x01\ud800\U0001f600'), max_size=40).map(lambda text: text * 100)
OUTPUTS = st.binary(max_size=100).map(lambda data: Output(data * 100, data, True, 2**40))
OUTCOMES = st.builds(
    CallOutcome,
    call_id=st.just("c"),
    status=st.sampled_from(CallStatus),
    value=st.none() | TEXT,
    raised=st.none() | st.builds(RaisedException, TEXT, st.tuples(TEXT), TEXT, TEXT),
    detail=TEXT,
    stdout=OUTPUTS,
    stderr=OUTPUTS,
    usage=st.just(USED),
    processes=st.lists(st.builds(SpawnedProcess, st.tuples(TEXT, TEXT)), max_size=3).map(tuple),
    script_tests=st.lists(
        st.builds(ScriptTestOutcome, TEXT, st.just(ScriptTestStatus.FAILED), TEXT, OUTPUTS, OUTPUTS), max_size=3
    ).map(tuple),
)


@given(outcomes=st.lists(OUTCOMES, max_size=20))
def test_a_report_is_no_longer_than_its_room_whatever_is_said(outcomes: list[CallOutcome]) -> None:
    room = Room(SIZE, len(outcomes))
    fitted = tuple(room.fit(outcome) for outcome in outcomes)
    assert len(Report(AttemptStatus.RAN, USED, calls=fitted).to_json()) <= SIZE
    for outcome, seen in zip(outcomes, fitted, strict=True):
        assert (seen.call_id, seen.usage) == (outcome.call_id, outcome.usage)
        assert seen.status in (outcome.status, CallStatus.OUTPUT_LIMIT)


def test_what_there_is_room_for_is_left_as_it_is() -> None:
    outcome = CallOutcome("c", CallStatus.RETURNED, "42", stdout=PRINTED)
    assert Room(4 * SIZE, 1).fit(outcome) is outcome


def test_what_was_printed_goes_before_what_it_is_graded_by() -> None:
    seen = Room(SIZE, 1).fit(CallOutcome("c", CallStatus.RETURNED, "42", stdout=PRINTED))
    assert (seen.status, seen.value, seen.stdout) == (CallStatus.RETURNED, "42", Output(b"", b"", True, 30_000))
    test = ScriptTestOutcome("t", ScriptTestStatus.PASSED, stdout=PRINTED)
    (tested,) = Room(SIZE, 1).fit(CallOutcome("c", CallStatus.RETURNED, script_tests=(test,))).script_tests
    assert (tested.passed, tested.stdout.head) == (True, b"")


def test_what_is_printed_leaves_room_for_what_is_returned() -> None:
    room = Room(10 * SIZE, 10)
    chatty = [room.fit(CallOutcome("c", CallStatus.RETURNED, "1" * 15_000, stdout=PRINTED)) for _ in range(10)]
    assert all(outcome.value and outcome.returned for outcome in chatty)
    assert chatty[0].stdout == PRINTED and chatty[-1].stdout.truncated


def test_of_a_program_stderr_goes_before_what_it_is_graded_by() -> None:
    seen = Room(2 * SIZE, 1).fit(CallOutcome("c", CallStatus.RETURNED, stdout=PRINTED, stderr=PRINTED))
    assert (seen.stdout, seen.stderr) == (PRINTED, Output(b"", b"", True, 30_000))


def test_a_program_that_printed_too_much_did_not_return() -> None:
    seen = Room(SIZE, 1).fit(CallOutcome("c", CallStatus.RETURNED, stdout=PRINTED, usage=USED))
    assert (seen.status, seen.detail) == (CallStatus.OUTPUT_LIMIT, "said too much over all calls")


def test_arguments_of_processes_count_however_short_they_are() -> None:
    process = SpawnedProcess(("",) * 1000)
    assert Room(SIZE, 1).fit(CallOutcome("c", CallStatus.RETURNED, "1", processes=(process,))).processes == ()


def test_two_reports_fit_in_one_message_with_what_was_asked_and_once_more_where_the_grader_asks_again() -> None:
    assert REPORT_BYTES < FRAME_BYTES < rpc.MESSAGE_BYTES
    assert 2 * REPORT_BYTES + WORKLOAD_BYTES <= rpc.MESSAGE_BYTES
    assert grader._ROOM_BYTES + REPORT_BYTES <= rpc.MESSAGE_BYTES
