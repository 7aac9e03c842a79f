"""What a program wrote, graded: right or wrong, what the agent is told, and that nothing is earned by silence."""

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from codearena.errors import CallerError
from codearena.v1 import common_pb2, grader_pb2
from grader_service.checker import Checker
from grader_service.efficiency import takes_measurement
from grader_service.grader import Grader
from grader_service.settings import Settings
from tests.grader_service import build
from tests.grader_service.test_confined import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = Settings(checker_cpu_s=1, checker_wall_s=20.0)
GRADER = Grader(SETTINGS)
TOKENS, CUSTOM = grader_pb2.COMPARE_TOKENS, grader_pb2.COMPARE_CUSTOM
RETURNED = common_pb2.CALL_STATUS_RETURNED
TWICE = b"""
def check(stdin, answer, output):
    return sorted(output.split()) == sorted(stdin.split() * 2)
"""


def wrote(
    stdout: bytes = b"",
    call_id: str = "1",
    *,
    exit_status: int = 0,
    stderr: bytes = b"",
    cut_bytes: int = 0,
    status: common_pb2.CallStatus.ValueType = RETURNED,
    cpu_s: float = 0.012,
) -> common_pb2.CallOutcome:
    """cut_bytes: of stdout, in its middle."""
    return common_pb2.CallOutcome(
        call_id=call_id,
        status=status,
        exit_status=exit_status,
        stdout=common_pb2.Output(head=stdout, truncated=bool(cut_bytes), total_bytes=len(stdout) + cut_bytes),
        stderr=common_pb2.Output(head=stderr, total_bytes=len(stderr)),
        usage=build.usage(cpu_s),
    )


def expects(
    *answers: bytes,
    call_id: str = "1",
    compare: grader_pb2.Compare.ValueType = TOKENS,
    visible: bool = True,
    stdin: bytes = b"1 2\n",
) -> grader_pb2.Expectation:
    test = grader_pb2.Expectation(call_id=call_id, name=f"test_{call_id}", visible=visible, compare=compare)
    test.input = stdin.decode() if visible else ""
    test.output.answers.extend(answers)
    if compare == CUSTOM:
        test.output.stdin = stdin
    else:
        test.output.SetInParent()
    return test


def request_of(
    outcomes: Sequence[common_pb2.CallOutcome], tests: Sequence[grader_pb2.Expectation], checker: bytes = b""
) -> grader_pb2.GradeRequest:
    report = build.ran(outcomes)
    del report.reference_calls[:]
    request = build.request(report, tests)
    request.expectations.checker = checker
    return request


def graded(outcome: common_pb2.CallOutcome, *tests: grader_pb2.Expectation) -> grader_pb2.Verdict:
    return GRADER.grade(request_of([outcome], tests)).verdict


async def test_an_output_is_right_that_any_answer_is_equal_to() -> None:
    assert [graded(wrote(text), expects(b"7", b"8")).tests_passed for text in (b"7\n", b"8", b"9", b"7 8")] == [
        1,
        1,
        0,
        0,
    ]


async def test_the_right_output_passes_as_fast_as_the_reference() -> None:
    verdict = graded(wrote(b"3\n"), expects(b"3\n"))
    assert verdict.solved
    assert verdict.error_log == "All 1 tests passed."


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (wrote(b"3\n", exit_status=1, stderr=b"ValueError: 7"), "got: exited with status 1"),
        (wrote(b"3\n", cut_bytes=10), "got: printed 12 bytes, more than the limit on output"),
        (wrote(), "got: printed nothing"),
        (wrote(b"3 4\n"), "got: token 2, on line 1, is '4', where nothing should follow"),
        (wrote(b"3\n", status=common_pb2.CALL_STATUS_TIME_LIMIT), "got: exceeded its time limit"),
        (wrote(b"3\n", status=common_pb2.CALL_STATUS_OUTPUT_LIMIT), "got: printed or returned more than the limit"),
        (wrote(b"3\n", status=common_pb2.CALL_STATUS_CRASHED), "got: ended the process without an answer"),
    ],
    ids=["status", "cut", "silent", "more", "time", "flood", "crash"],
)
async def test_a_right_beginning_is_no_right_output(outcome: common_pb2.CallOutcome, told: str) -> None:
    verdict = graded(outcome, expects(b"3\n"))
    assert not verdict.tests_passed
    assert told in verdict.error_log


async def test_a_visible_failure_shows_what_went_in_and_came_out_line_by_line() -> None:
    verdict = graded(wrote(b"1\n5\n", stderr=b"debug\n"), expects(b"1\n3\n", stdin=b"1 2\n3 4\n"))
    assert verdict.error_log.split("\n\n")[1].splitlines() == [
        "FAILED test_1",
        "  input:",
        "    | 1 2",
        "    | 3 4",
        "  expected:",
        "    | 1",
        "    | 3",
        "  got: token 2, on line 2, is '5' and should be '3'",
        "  printed:",
        "    | 1",
        "    | 5",
        "  printed to stderr:",
        "    | debug",
    ]
    (shown,) = verdict.tests
    assert (shown.input, shown.expected, shown.stdout) == ("1 2\\n3 4\\n", "1\\n3", "1\n5")
    assert shown.got == "token 2, on line 2, is '5' and should be '3'"
    assert verdict.hint.startswith("The program printed what is not right at the test test_1.")


async def test_of_a_hidden_test_nothing_is_shown() -> None:
    tests = [expects(b"1"), expects(b"secret-answer", call_id="2", visible=False, stdin=b"secret-input")]
    verdict = GRADER.grade(request_of([wrote(b"1"), wrote(b"secret-output", "2")], tests)).verdict
    assert b"secret" not in verdict.SerializeToString()


async def test_several_answers_are_told() -> None:
    assert graded(wrote(b"9"), expects(b"7", b"8")).tests[0].expected == "7 (or another of 2 right outputs)"


async def test_what_fails_is_told_by_its_stderr() -> None:
    verdict = graded(wrote(exit_status=1, stderr=b"Traceback\nIndexError: 5\n"), expects(b"1"))
    assert "    | IndexError: 5" in verdict.error_log
    assert "stderr" in verdict.hint


@pytest.mark.parametrize("answer", [b"", b"\n", b" \n\n"])
async def test_a_program_that_may_print_nothing_earns_nothing_by_it(answer: bytes) -> None:
    tests = [expects(answer), expects(b"7", call_id="2")]
    verdict = GRADER.grade(request_of([wrote(), wrote(call_id="2")], tests)).verdict
    assert (verdict.tests_passed, verdict.unearned, verdict.base) == (1, grader_pb2.UNEARNED_NO_WORK, 0.0)


@pytest.fixture(scope="module")
def anything() -> bytes:
    return b"def check(stdin, answer, output): return True"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def checker() -> AsyncIterator[Checker]:
    made = Checker(SETTINGS)
    yield made
    await made.close()


async def by_checker(checker: Checker, request: grader_pb2.GradeRequest) -> grader_pb2.Verdict:
    said = await checker.check(request.report.calls, request.expectations)
    return GRADER.grade(request, [said]).verdict


async def test_a_checker_gets_input_answer_and_output_as_text(checker: Checker) -> None:
    tests = [expects(compare=CUSTOM, call_id=str(number)) for number in (1, 2, 3)]
    outcomes = [wrote(b"1 1 2\n2"), wrote(b"1 2", "2"), wrote(b"\xff", "3")]
    request = request_of(outcomes, tests, TWICE)
    assert (await by_checker(checker, request)).tests_passed == 1
    source = b"def check(stdin, answer, output): return (stdin, answer, output) == ('1 2\\n', 'a\\udcff', 'b\\r\\n')"
    request = request_of([wrote(b"b\r\n")], [expects(b"a\xff", compare=CUSTOM)], source)
    assert (await by_checker(checker, request)).tests_passed == 1


@pytest.mark.parametrize("outcome", [wrote(b"1", exit_status=3), wrote(b"1", cut_bytes=1)], ids=["status", "cut"])
async def test_a_checker_is_not_asked_about_what_is_wrong_anyway(
    checker: Checker, anything: bytes, outcome: common_pb2.CallOutcome
) -> None:
    verdict = await by_checker(checker, request_of([outcome], [expects(compare=CUSTOM)], anything))
    assert verdict.tests_passed == 0


async def test_an_empty_output_that_a_checker_accepts_is_no_work(checker: Checker, anything: bytes) -> None:
    tests = [expects(compare=CUSTOM), expects(compare=CUSTOM, call_id="2")]
    silent = await by_checker(checker, request_of([wrote(), wrote(call_id="2")], tests, anything))
    assert silent.unearned == grader_pb2.UNEARNED_NO_WORK
    half = await by_checker(checker, request_of([wrote(), wrote(b"1", "2")], tests, anything))
    assert (half.unearned, half.components.test_pass_ratio) == (grader_pb2.UNEARNED_UNSPECIFIED, 1.0)


async def test_an_output_that_a_checker_does_not_get_to_the_end_of_is_wrong(checker: Checker) -> None:
    source = b"def check(stdin, answer, output):\n    while output == 'forever': pass\n    return True"
    request = request_of([wrote(b"forever")], [expects(b"x", compare=CUSTOM)], source)
    assert (await by_checker(checker, request)).tests_passed == 0


async def test_a_hundred_outputs_have_more_time_than_one(checker: Checker) -> None:
    source = b"""
import time
def check(stdin, answer, output):
    until = time.process_time() + 0.015
    while time.process_time() < until: pass
    return True
"""
    ids = [str(number) for number in range(100)]
    request = request_of(
        [wrote(b"1", each) for each in ids], [expects(compare=CUSTOM, call_id=each) for each in ids], source
    )
    assert (await by_checker(checker, request)).tests_passed == 100


@pytest.mark.parametrize(
    "test",
    [
        expects(),
        expects(b"1", compare=grader_pb2.COMPARE_SET),
        expects(b"1", b"2", compare=CUSTOM),
    ],
    ids=["no answer", "no such mode", "two answers for a checker"],
)
async def test_an_expectation_that_cannot_be_met_is_the_callers_mistake(test: grader_pb2.Expectation) -> None:
    with pytest.raises(CallerError):
        GRADER.grade(request_of([wrote(b"1")], [test], b"def check(stdin, answer, output): return True"))


@pytest.mark.parametrize(("cpu_s", "measured"), [(0.012, False), (0.5, True)])
async def test_a_program_is_measured_only_if_a_mere_start_of_the_reference_does_not_show_that_it_is_fast(
    cpu_s: float, measured: bool
) -> None:
    request = request_of([wrote(b"1", cpu_s=cpu_s)], [expects(b"1")])
    assert takes_measurement(request.report, request.expectations, SETTINGS) is measured


NUMBERS = b"\n".join(b"%d.5" % number for number in range(300_000))


async def test_what_is_right_is_read_to_its_end_however_large_it_is() -> None:
    """By a confined worker, within its CPU time."""
    test = expects(NUMBERS, compare=grader_pb2.COMPARE_APPROX)
    other = NUMBERS.replace(b".5", b".50")
    async with serving(Settings(port=0, drain_s=5.0, confined_processes=1)) as stub:
        request = grader_pb2.ExamineRequest(expectations=request_of([], [test]).expectations)
        for output, passes in ((other, True), (other + b" 1", False)):
            request.report.CopyFrom(build.ran([wrote(output)]))
            assert (await stub.Examine(request, timeout=60)).passes == [passes]


async def test_an_attempt_whose_output_is_left_out_of_the_stored_report_gets_its_verdict_again() -> None:
    cut = wrote()
    cut.ClearField("stdout")
    cut.left_out.right = True
    assert graded(cut, expects(b"7")).solved
