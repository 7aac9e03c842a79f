from collections.abc import Callable

import pytest

from codearena.errors import CallerError
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service.consistency import require_consistent
from tests.grader_service import build

Request = grader_pb2.GradeRequest


def check(request: Request) -> None:
    require_consistent(request, build.reader())


def _unset_expectation(request: Request) -> None:
    request.expectations.tests[0].ClearField("value")


def _other_call_id(request: Request) -> None:
    request.report.calls[0].call_id = "other"


def _repeated_call(request: Request) -> None:
    request.report.calls.append(request.report.calls[0])


def _repeated_expectation(request: Request) -> None:
    request.expectations.tests.append(request.expectations.tests[0])


def _missing_call(request: Request) -> None:
    del request.report.calls[0]


def _no_calls(request: Request) -> None:
    del request.report.calls[:]


def _nothing_expected(request: Request) -> None:
    del request.expectations.tests[:]
    del request.report.calls[:]
    del request.report.reference_calls[:]


def _missing_reference_call(request: Request) -> None:
    del request.report.reference_calls[0]


def _foreign_reference_call(request: Request) -> None:
    request.report.reference_calls[0].call_id = "other"


def _call_without_status(request: Request) -> None:
    request.report.calls[0].status = common_pb2.CALL_STATUS_UNSPECIFIED


def _call_of_unknown_status(request: Request) -> None:
    request.report.calls[0].status = 99  # type: ignore[assignment]


def _probe_without_status(request: Request) -> None:
    request.report.probe.add(size=1)


def _descending_probe(request: Request) -> None:
    request.report.probe.extend(build.probe({20: (1, 1), 10: (1, 1)}))


def _probe_of_size_zero(request: Request) -> None:
    request.report.probe.extend(build.probe({0: (1, 1)}))


def _no_status(request: Request) -> None:
    request.report.status = executor_pb2.ATTEMPT_STATUS_UNSPECIFIED


def _ran_without_compiling(request: Request) -> None:
    request.report.analysis.compiles = False
    request.ClearField("judgement")


def _load_error_without_outcome(request: Request) -> None:
    request.report.status = executor_pb2.ATTEMPT_STATUS_LOAD_ERROR


def _too_few_checks(request: Request) -> None:
    request.expectations.checks.add(name="no eval")


def _too_many_checks(request: Request) -> None:
    request.report.analysis.checks.add(passed=True)


def _unknown_broken_check(request: Request) -> None:
    request.report.broken_checks.append(0)


def _no_judgement(request: Request) -> None:
    request.ClearField("judgement")


def _judgement_beyond_one(request: Request) -> None:
    request.judgement.security.score = 1.01


def _judgement_of_nan(request: Request) -> None:
    request.judgement.correctness.score = float("nan")


def _step_zero(request: Request) -> None:
    request.step = 0


def _no_comparison(request: Request) -> None:
    request.expectations.tests[0].compare = grader_pb2.COMPARE_UNSPECIFIED


def _malformed_expected_value(request: Request) -> None:
    request.expectations.tests[0].value.json = b"{"


def _exception_of_no_type(request: Request) -> None:
    request.expectations.tests[0].raises.message_contains = "x"


def _process_of_no_program(request: Request) -> None:
    request.expectations.tests[0].process.argument = "x"


def _unknown_growth_class(request: Request) -> None:
    request.expectations.optimal_complexity = "O(fast)"


BREAKS = [break_it for name, break_it in list(globals().items()) if name.startswith("_") and not name.startswith("__")]


@pytest.mark.parametrize("break_it", BREAKS, ids=lambda break_it: break_it.__name__.strip("_"))
def test_parts_that_do_not_belong_together_are_the_callers_mistake(break_it: Callable[[Request], None]) -> None:
    request = build.passing_request()
    break_it(request)
    with pytest.raises(CallerError):
        check(request)


def test_a_request_whose_parts_belong_together_is_accepted() -> None:
    check(build.passing_request())


def test_a_judgement_of_an_attempt_that_does_not_compile_is_refused() -> None:
    request = build.request(build.does_not_compile(), [build.expects(1)])
    check(request)
    request.judgement.CopyFrom(build.judgement())
    with pytest.raises(CallerError):
        check(request)


def test_an_attempt_that_does_not_load_may_come_with_or_without_calls_that_were_not_run() -> None:
    request = build.request(build.does_not_load(build.raised(NameError("x"))), [build.expects(1)])
    check(request)
    request.report.calls.append(build.ended(common_pb2.CALL_STATUS_NOT_RUN))
    check(request)


def test_a_malformed_value_of_the_attempt_is_data_not_a_mistake() -> None:
    request = build.passing_request()
    request.report.calls[0].value.json = b"{"
    check(request)


def test_unscored_dimensions_are_accepted() -> None:
    request = build.passing_request()
    request.judgement.CopyFrom(build.judgement(None, None, None))
    check(request)


def test_several_tests_may_look_at_one_script() -> None:
    check(build.request(build.ran([build.script(build.PASSED, build.FAILED)]), build.expects_script_tests(2)))


@pytest.mark.parametrize("count", [1, 3])
def test_script_tests_that_are_not_the_expected_ones_are_refused(count: int) -> None:
    request = build.request(build.ran([build.script(build.PASSED, build.PASSED)]), build.expects_script_tests(count))
    with pytest.raises(CallerError):
        check(request)


def test_a_script_test_told_twice_is_refused() -> None:
    request = build.request(build.ran([build.script(build.PASSED)]), build.expects_script_tests(1))
    request.report.calls[0].script_tests.append(request.report.calls[0].script_tests[0])
    with pytest.raises(CallerError):
        check(request)


def test_a_script_that_did_not_run_comes_without_tests() -> None:
    check(build.request(build.ran([build.ended(common_pb2.CALL_STATUS_NOT_RUN)]), build.expects_script_tests(2)))


def test_a_call_and_a_script_may_not_share_an_id() -> None:
    tests = [*build.expects_script_tests(1), build.expects(1)]
    with pytest.raises(CallerError):
        check(build.request(build.ran([build.script(build.PASSED)]), tests))
