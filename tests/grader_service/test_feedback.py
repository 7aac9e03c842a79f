import pytest
from hypothesis import given
from hypothesis import strategies as st

from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service import feedback
from grader_service.efficiency import NOT_MEASURED, Efficiency
from grader_service.examine import examine
from tests.grader_service import build

SECRET = "s3cret"


def log_of(request: grader_pb2.GradeRequest, speed: Efficiency = NOT_MEASURED) -> str:
    reader = build.reader()
    examined = examine(request.report, request.expectations, reader)
    return feedback.error_log(request.report, examined, speed, feedback.Showing(build.SETTINGS, reader))


def outcomes_of(request: grader_pb2.GradeRequest) -> list[grader_pb2.TestOutcome]:
    reader = build.reader()
    examined = examine(request.report, request.expectations, reader)
    return feedback.visible_outcomes(examined, feedback.Showing(build.SETTINGS, reader))


def one_test(outcome: common_pb2.CallOutcome, test: grader_pb2.Expectation) -> grader_pb2.GradeRequest:
    return build.request(build.ran([outcome]), [test])


def test_a_syntax_error_is_shown_with_its_line_and_a_caret_below_the_column() -> None:
    problem = executor_pb2.SyntaxProblem(
        type="SyntaxError", message="expected ':'", line=1, column=17, text="def f(numbers)\t \n"
    )
    log = log_of(build.request(build.does_not_compile(problem), [build.expects(1)]))
    head, line, caret = log.split("\n")
    assert head == "SyntaxError: expected ':' (line 1)"
    assert line == "    def f(numbers)   "
    assert caret.index("^") == 4 + 17


@pytest.mark.parametrize("column", [0, 999])
def test_a_column_that_is_unknown_or_beyond_the_line_gets_no_caret(column: int) -> None:
    problem = executor_pb2.SyntaxProblem(type="SyntaxError", message="bad", line=3, column=column, text="x = (")
    assert "^" not in log_of(build.request(build.does_not_compile(problem), [build.expects(1)]))


def test_a_source_that_was_never_read_is_explained_without_a_line() -> None:
    problem = executor_pb2.SyntaxProblem(type="SourceTooLarge", message="more than 65536 bytes")
    log = log_of(build.request(build.does_not_compile(problem), [build.expects(1)]))
    assert log == "SourceTooLarge: more than 65536 bytes"


def test_a_module_that_does_not_load_is_shown_with_its_traceback_and_output() -> None:
    load = build.raised(NameError("name 'x' is not defined"), traceback="line 3, in <module>\n    x")
    load.stdout.head = b"loading\n"
    log = log_of(build.request(build.does_not_load(load), [build.expects(1)]))
    assert "NameError: name 'x' is not defined" in log
    assert "    | line 3, in <module>" in log
    assert "    | loading" in log


def test_a_failed_visible_test_is_shown_in_detail() -> None:
    test = build.expects([1, 2], name="sorts", shown_input="f([2, 1])")
    log = log_of(one_test(build.returned([2, 1], stdout=b"debugging\n"), test))
    for part in ("0 of 1 visible tests", "FAILED sorts", "f([2, 1])", "[1, 2]", "[2, 1]", "    | debugging"):
        assert part in log


@pytest.mark.parametrize("status", [status for status in common_pb2.CallStatus.values() if status != 0])
def test_every_end_of_a_call_is_told_in_words(status: common_pb2.CallStatus.ValueType) -> None:
    assert status in feedback.STATUS_WORDS
    log = log_of(one_test(build.ended(status), build.expects(1)))
    assert common_pb2.CallStatus.Name(status) not in log
    assert "got: " in log


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (build.expects_raise("ValueError", "empty"), "raises ValueError with 'empty' in its message"),
        (build.expects(1, compare=grader_pb2.COMPARE_SAME_TYPE), "a value of the type of 1"),
        (build.expects([1], compare=grader_pb2.COMPARE_UNORDERED), "[1], in any order"),
        (
            build.expects_process(grader_pb2.ExpectedProcess(program="ping", argument="a b", may_refuse=True)),
            "starts ping without a shell, with 'a b' as one whole argument, or starts nothing and raises ValueError",
        ),
    ],
)
def test_what_is_expected_is_told_in_words(test: grader_pb2.Expectation, words: str) -> None:
    (outcome,) = outcomes_of(one_test(build.returned(None), test))
    assert outcome.expected == words


def test_processes_that_were_started_are_shown() -> None:
    test = build.expects_process(grader_pb2.ExpectedProcess(program="ping", argument="host"))
    (outcome,) = outcomes_of(one_test(build.started(["ping -c 1 host"], shell=True), test))
    assert outcome.got == "started ['ping -c 1 host'] by a shell; returned None"


def test_a_broken_visible_rule_is_shown_with_its_line() -> None:
    checks = [executor_pb2.CheckOutcome(passed=False, line=4, detail="calls eval")]
    request = build.request(
        build.ran([build.returned(1)], checks=checks),
        [build.expects(1)],
        checks=[grader_pb2.CheckExpectation(name="no eval", visible=True)],
    )
    log = log_of(request)
    assert "FAILED no eval" in log
    assert "line 4: calls eval" in log


def hostile_hidden_request() -> grader_pb2.GradeRequest:
    """Every field that a hidden test or call can fill holds the secret; the visible call comes first."""
    leaks = [
        build.returned(SECRET, "2", stdout=SECRET.encode()),
        build.raised(ValueError(SECRET), "3", traceback=SECRET),
        build.ended(common_pb2.CALL_STATUS_CRASHED, "4"),
        build.started([SECRET], value=SECRET, call_id="5"),
    ]
    leaks[2].detail = SECRET
    for outcome in leaks:
        outcome.stderr.head = SECRET.encode()
    hidden = [
        build.expects(SECRET + "!", call_id, name=SECRET, visible=False, shown_input=SECRET) for call_id in "2345"
    ]
    return build.request(
        build.ran([build.returned(2), *leaks], checks=[executor_pb2.CheckOutcome(passed=False, detail=SECRET, line=7)]),
        [build.expects(1, name="shown"), *hidden],
        checks=[grader_pb2.CheckExpectation(name=SECRET)],
    )


def test_of_hidden_tests_only_the_count_is_told() -> None:
    request = hostile_hidden_request()
    log = log_of(request)
    assert SECRET not in log
    assert "0 of 5 hidden tests passed." in log
    (outcome,) = outcomes_of(request)
    assert outcome.name == "shown"
    assert SECRET not in str(outcome)


def test_the_log_does_not_change_with_how_a_hidden_test_failed() -> None:
    def log(hidden: common_pb2.CallOutcome) -> str:
        tests = [build.expects(1), build.expects(1, "2", visible=False)]
        return log_of(build.request(build.ran([build.returned(2), hidden]), tests))

    failures = [
        build.returned(2, "2"),
        build.raised(ValueError("x"), "2"),
        build.ended(common_pb2.CALL_STATUS_TIME_LIMIT, "2"),
    ]
    assert len({log(failure) for failure in failures}) == 1


def test_what_a_visible_call_wrote_after_a_hidden_one_is_withheld() -> None:
    late = build.returned(SECRET, "2", stdout=SECRET.encode())
    tests = [build.expects(1, "1", visible=False), build.expects(1, "2", name="late")]
    request = build.request(build.ran([build.returned(1), late]), tests)
    assert SECRET not in log_of(request)
    assert "FAILED late" in log_of(request)
    assert SECRET not in str(outcomes_of(request))


def test_lines_that_the_attempt_printed_cannot_pass_for_ours() -> None:
    log = log_of(one_test(build.returned(2, stdout=b"x\nAll 12 tests passed.\r\x1b[2J"), build.expects(1)))
    assert "\nAll 12 tests" not in log
    assert "\x1b" not in log


@given(st.lists(st.text(max_size=400), min_size=1, max_size=60), st.text(max_size=3000))
def test_the_log_stays_within_its_bound(names: list[str], printed: str) -> None:
    tests = [
        build.expects("x" * 5000, str(number), name=name.encode("utf-8", "replace").decode(), shown_input="y" * 5000)
        for number, name in enumerate(names)
    ]
    stdout = printed.encode("utf-8", "replace")
    calls = [build.returned("z" * 5000, str(number), stdout=stdout) for number in range(len(names))]
    log = log_of(build.request(build.ran(calls), tests))
    assert len(log.encode("utf-8")) <= build.SETTINGS.feedback_bytes


def test_tests_that_do_not_fit_are_counted() -> None:
    tests = [build.expects("x" * 5000, str(number)) for number in range(60)]
    calls = [build.returned("y" * 5000, str(number), stdout=b"z" * 800) for number in range(60)]
    assert "more not shown" in log_of(build.request(build.ran(calls), tests))


def test_a_value_that_cannot_be_read_is_told_so() -> None:
    outcome = build.returned(1)
    outcome.value.json = b'{"set": 1}'
    assert "got: a value that cannot be read" in " ".join(log_of(one_test(outcome, build.expects(1))).split())


def test_passing_everything_says_so_and_names_the_ratio_if_slow() -> None:
    request = one_test(build.returned(1), build.expects(1))
    assert log_of(request, Efficiency(1.0, 1.1)) == "All 1 tests passed."
    assert "about 13 times" in log_of(request, Efficiency(0.4, 12.0))  # to the nearest tenth of a decade


@pytest.mark.parametrize(
    ("speed", "told"),
    [
        (Efficiency(0.7, 3.0, (100,), broke_at=1000), "size 1000 was too large for it"),
        (Efficiency(0.8, 20.0, (100,), limited_at=1000), "size 1000 took it more time than there was"),
    ],
)
def test_an_attempt_that_was_not_measured_on_all_sizes_is_told_so(speed: Efficiency, told: str) -> None:
    log = log_of(one_test(build.returned(1), build.expects(1)), speed)
    assert told in log
    assert log.endswith("It was measured on smaller ones.")


def test_what_broke_at_once_was_measured_on_nothing() -> None:
    log = log_of(one_test(build.returned(1), build.expects(1)), Efficiency(0.0, None, broke_at=1000))
    assert "size 1000" in log
    assert "smaller" not in log


def test_a_failed_visible_script_test_is_shown_with_its_line_and_what_was_printed() -> None:
    outcome = build.script(build.FAILED, detail="line 1: assert f(2) == 4\n  left:  5\n  right: 4", stdout=b"hello")
    request = build.request(build.ran([outcome]), build.expects_script_tests(1))
    log = log_of(request)
    assert "    | line 1: assert f(2) == 4\n    |   left:  5\n    |   right: 4" in log
    assert "    | hello" in log
    (seen,) = outcomes_of(request)
    assert (seen.passed, seen.input, seen.expected) == (False, "assert f(2) == 4", "the test passes")
    assert "left:  5" in seen.got


def test_of_hidden_script_tests_only_a_count_is_shown() -> None:
    outcome = build.script(build.FAILED, build.PASSED, detail=f"assert {SECRET}", stdout=SECRET.encode())
    tests = build.expects_script_tests(2, visible=False)
    tests[0].name = SECRET
    request = build.request(build.ran([outcome]), tests)
    assert SECRET not in log_of(request)
    assert "1 of 2 hidden tests passed" in log_of(request)
    assert not outcomes_of(request)


def test_a_visible_script_test_run_after_a_hidden_call_shows_nothing_of_its_run() -> None:
    calls = [build.returned(1, "1"), build.script(build.FAILED, call_id="2", detail=SECRET, stdout=SECRET.encode())]
    tests = [build.expects(1, "1", visible=False), *build.expects_script_tests(1, "2")]
    request = build.request(build.ran(calls), tests)
    assert SECRET not in log_of(request)
    assert SECRET not in str(outcomes_of(request))
