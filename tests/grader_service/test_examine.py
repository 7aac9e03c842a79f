import pytest

from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service.examine import checks_of, examine, hides_a_breach, meets, own_outcomes
from tests.grader_service import build

UNFINISHED = [status for status in common_pb2.CallStatus.values() if status not in (0, common_pb2.CALL_STATUS_RETURNED)]


class OwnError(KeyError):
    pass


def passes(outcome: common_pb2.CallOutcome, test: grader_pb2.Expectation) -> bool:
    (own,) = own_outcomes([outcome], grader_pb2.Expectations(tests=[test]))
    return meets(own, test, build.reader())


def ping(**fields: object) -> grader_pb2.Expectation:
    return build.expects_process(grader_pb2.ExpectedProcess(program="ping", **fields))  # type: ignore[arg-type]


def test_the_expected_value_passes_and_another_fails() -> None:
    assert passes(build.returned([1, 2]), build.expects([1, 2]))
    assert not passes(build.returned([2, 1]), build.expects([1, 2]))


def test_the_test_decides_how_values_are_compared() -> None:
    test = build.expects([1, 2], compare=grader_pb2.COMPARE_UNORDERED)
    assert passes(build.returned([2, 1]), test)


@pytest.mark.parametrize("status", UNFINISHED)
def test_the_right_value_under_any_other_status_fails(status: common_pb2.CallStatus.ValueType) -> None:
    outcome = build.returned(1)
    outcome.status = status
    assert not passes(outcome, build.expects(1))


def test_a_return_without_a_value_fails_even_if_none_is_expected() -> None:
    outcome = common_pb2.CallOutcome(call_id="1", status=common_pb2.CALL_STATUS_RETURNED)
    assert not passes(outcome, build.expects(None))


@pytest.mark.parametrize("forged", [b"", b"{", b'{"x":1}', b"[" * 100_000, b"NaN", b"\xff", b'{"set":[' + b"[" * 200])
def test_a_malformed_value_fails_the_test(forged: bytes) -> None:
    outcome = build.returned(None)
    outcome.value.json = forged
    assert not passes(outcome, build.expects(None))


def test_a_value_beyond_the_limits_fails_the_test() -> None:
    text = "x" * build.LIMITS.size_bytes
    outcome = build.returned(None)
    outcome.value.json = b'"' + text.encode() + b'"'
    assert not passes(outcome, build.expects(text[:-10]))


def test_an_exception_passes_by_its_class_or_a_builtin_base_of_it() -> None:
    for name in ("OwnError", "KeyError", "LookupError", "Exception"):
        assert passes(build.raised(OwnError("x")), build.expects_raise(name))
    assert not passes(build.raised(OwnError("x")), build.expects_raise("ValueError"))


def test_a_class_of_the_attempts_own_does_not_pass_for_the_builtin_of_its_name() -> None:
    imitation = type("ValueError", (Exception,), {})
    assert not passes(build.raised(imitation("x")), build.expects_raise("ValueError"))
    assert passes(build.raised(imitation("x")), build.expects_raise("Exception"))


def test_an_exception_must_carry_the_expected_message() -> None:
    assert passes(build.raised(ValueError("empty list")), build.expects_raise("ValueError", "empty"))
    assert not passes(build.raised(ValueError("oops")), build.expects_raise("ValueError", "empty"))


def test_returning_instead_of_raising_fails() -> None:
    outcome = build.returned(1)
    outcome.raised.type = "ValueError"
    assert not passes(outcome, build.expects_raise("ValueError"))


def test_the_right_program_with_one_whole_argument_passes() -> None:
    outcome = build.started(["/bin/ping", "-c", "1", "host; rm -rf /"])
    assert passes(outcome, ping(argument="host; rm -rf /"))
    assert passes(outcome, ping())


@pytest.mark.parametrize(
    "outcome",
    [
        build.started(["ping -c 1 host"], shell=True),
        build.started(["ping", "-c", "1", "host"], shell=True),
        build.started(["sh", "-c", "ping host"]),
        build.started(["ping", "-c 1 host"]),
        build.started(["ping", "host; id"]),
        build.started(["/tmp/attempt/ping", "host"]),
        build.started(["./ping", "host"]),
        build.started(["host"]),
        build.started([]),
        build.started(["ping", "host"], ["rm", "-rf", "/"]),
        build.started(["ping", "host"], ["ping"]),
        build.started(),
    ],
)
def test_any_wrong_process_fails_even_beside_a_right_one(outcome: common_pb2.CallOutcome) -> None:
    assert not passes(outcome, ping(argument="host"))


def test_the_program_itself_is_no_argument() -> None:
    assert not passes(build.started(["ping"]), ping(argument="ping"))


def test_starting_nothing_passes_only_where_refusing_is_right() -> None:
    refusals = [build.raised(ValueError("no")), build.raised(UnicodeError("no"))]
    assert all(passes(refusal, ping(argument="x", may_refuse=True)) for refusal in refusals)
    assert not any(passes(refusal, ping(argument="x")) for refusal in refusals)


@pytest.mark.parametrize(
    "outcome",
    [
        build.returned(None),
        build.returned(False),
        build.raised(TypeError("no")),
        *(build.ended(status) for status in UNFINISHED if status != common_pb2.CALL_STATUS_RAISED),
    ],
)
def test_failing_in_another_way_is_no_refusal(outcome: common_pb2.CallOutcome) -> None:
    assert not passes(outcome, ping(may_refuse=True))


def test_raising_after_a_process_was_started_is_no_refusal() -> None:
    outcome = build.raised(ValueError("too late"))
    outcome.processes.add(argv=["ping", "host"])
    assert not passes(outcome, ping(argument="host", may_refuse=True))


def test_an_expected_value_matters_only_when_a_process_was_started() -> None:
    test = ping(value=build.encoded(True), may_refuse=True)
    assert passes(build.started(["ping"], value=True), test)
    assert not passes(build.started(["ping"], value=1), test)
    assert passes(build.raised(ValueError("refused")), test)


def test_checks_count_as_tests_after_the_tests() -> None:
    checks = [executor_pb2.CheckOutcome(passed=True), executor_pb2.CheckOutcome(passed=False)]
    request = build.request(
        build.ran([build.returned(1)], checks=checks),
        [build.expects(1)],
        checks=[grader_pb2.CheckExpectation(name="no eval"), grader_pb2.CheckExpectation(name="no exec")],
    )
    examined = examine(request.report, request.expectations, build.reader())
    assert [(test.name, test.passed) for test in examined] == [("test_1", True), ("no eval", True), ("no exec", False)]


def _broken(passed: list[bool], broken: list[int]) -> executor_pb2.Report:
    """The report of an attempt that broke these checks while it ran. passed: what its source says of each."""
    checks = [executor_pb2.CheckOutcome(passed=each, line=0 if each else 7) for each in passed]
    report = build.ran([build.returned(1)], checks=checks)
    report.broken_checks.extend(broken)
    return report


def test_a_rule_that_is_broken_while_the_attempt_runs_fails() -> None:
    report = _broken([True, True], [1])
    assert [check.passed for check in checks_of(report)] == [True, False]
    assert hides_a_breach(report)


def test_of_rules_that_nothing_tells_apart_one_fails() -> None:
    assert [check.passed for check in checks_of(_broken([True, True, True], [0, 2]))] == [False, True, True]


def test_a_rule_that_the_source_breaks_in_plain_sight_fails_once_and_with_its_line() -> None:
    report = _broken([True, False], [0, 1])
    assert [(check.passed, check.line) for check in checks_of(report)] == [(True, 0), (False, 7)]
    assert not hides_a_breach(report)


@pytest.mark.parametrize("report", [build.does_not_compile(), build.does_not_load(build.raised(NameError("x")), 1)])
def test_an_attempt_that_did_not_run_passes_nothing_not_even_a_check(report: executor_pb2.Report) -> None:
    check = grader_pb2.CheckExpectation(name="no eval")
    request = build.request(report, [build.expects(1)], checks=[check])
    assert not any(test.passed for test in examine(request.report, request.expectations, build.reader()))


def test_a_call_made_after_a_hidden_one_is_marked() -> None:
    calls = [build.returned(1, call_id) for call_id in "abcd"]
    tests = [build.expects(1, call_id, visible=call_id != "c") for call_id in "abcd"]
    request = build.request(build.ran(calls), tests)
    examined = examine(request.report, request.expectations, build.reader())
    assert [test.ran_before_hidden for test in examined] == [True, True, False, False]


def test_a_script_test_passes_by_its_own_status_alone() -> None:
    outcome = build.script(build.PASSED, build.FAILED, build.NOT_RUN)
    assert [passes(outcome, test) for test in build.expects_script_tests(4)] == [True, False, False, False]


def test_a_script_test_told_twice_does_not_pass() -> None:
    outcome = build.script(build.PASSED)
    outcome.script_tests.append(outcome.script_tests[0])
    assert not passes(outcome, build.expects_script_tests(1)[0])


@pytest.mark.parametrize("status", [common_pb2.CALL_STATUS_NOT_RUN, common_pb2.CALL_STATUS_MEMORY_LIMIT])
def test_a_script_that_did_not_run_passes_nothing(status: common_pb2.CallStatus.ValueType) -> None:
    outcome = build.script(build.PASSED)
    outcome.status = status
    assert not passes(outcome, build.expects_script_tests(1)[0])


def test_each_script_test_has_its_own_output() -> None:
    request = build.request(build.ran([build.script(build.PASSED, build.FAILED)]), build.expects_script_tests(2))
    request.report.calls[0].script_tests[1].stdout.head = b"second"
    examined = examine(request.report, request.expectations, build.reader())
    assert [test.outcome.stdout.head for test in examined if test.outcome] == [b"", b"second"]


def test_a_message_pattern_is_about_the_whole_message() -> None:
    test = build.expects_raise("ValueError")
    test.raises.message_pattern = "bad value * at line ?"
    reader = build.reader()
    assert meets(build.raised(ValueError("bad value 'x' at line 3")), test, reader)
    assert not meets(build.raised(ValueError("a bad value 'x' at line 3")), test, reader)
    assert not meets(build.raised(TypeError("bad value 'x' at line 3")), test, reader)
