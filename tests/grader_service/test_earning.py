"""Nothing is earned by absence: what code that is not there, does nothing, or is the code as given, comes to."""

import itertools

import pytest

from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service.grader import Grader
from tests.grader_service import build

GRADER = Grader(build.SETTINGS)
EARNED = grader_pb2.UNEARNED_UNSPECIFIED
NO_ENTRY_POINT = grader_pb2.UNEARNED_NO_ENTRY_POINT
NO_WORK, NO_PROGRESS = grader_pb2.UNEARNED_NO_WORK, grader_pb2.UNEARNED_NO_PROGRESS
UNDEFINED = common_pb2.CALL_STATUS_UNDEFINED

_RIGHT, _WRONG = build.returned(1), build.returned(2)
_REFUSED = build.raised(ValueError("no"))


def grade(request: grader_pb2.GradeRequest) -> grader_pb2.Verdict:
    return GRADER.grade(request).verdict


def refusals(number: int) -> grader_pb2.Expectation:
    """In turn each kind of test that doing nothing passes."""
    call_id = f"r{number}"
    refusable = grader_pb2.ExpectedProcess(program="ping", may_refuse=True)
    kinds = [build.expects_raise("ValueError", call_id=call_id), build.expects_process(refusable, call_id)]
    return kinds[number % len(kinds)]


def attempt(
    work: str = "", refused: str = "", rules: str = "", *, given: tuple[str, str, str] | None = ("", "", "")
) -> grader_pb2.GradeRequest:
    """One character for each test of work, each refusal and each rule: + passed, - failed.

    given: the same of the code as given, where ? is not known and what is missing is failed; None: not known at all.
    """
    calls, tests = [], []
    for number, mark in enumerate(work):
        calls.append(_copy(_RIGHT if mark == "+" else _WRONG, f"w{number}"))
        tests.append(build.expects(1, f"w{number}"))
    for number, mark in enumerate(refused):
        calls.append(_copy(_REFUSED if mark == "+" else _WRONG, f"r{number}"))
        tests.append(refusals(number))
    checks = [grader_pb2.CheckExpectation(name=f"rule_{number}", visible=True) for number in range(len(rules))]
    seen = [executor_pb2.CheckOutcome(passed=mark == "+") for mark in rules]
    if given is not None:
        groups = zip((work, refused, rules), given, strict=True)
        marks = "".join(known.ljust(len(group), "-") for group, known in groups)
        for expected, mark in zip([*tests, *checks], marks, strict=True):
            if mark != "?":
                expected.given_passes = mark == "+"
    request = build.request(build.ran(calls, checks=seen), tests, checks=checks)
    if given is not None:
        request.expectations.given.ast_hash = "given"
    request.expectations.entry_point = "average_list"
    return request


def _copy(outcome: common_pb2.CallOutcome, call_id: str) -> common_pb2.CallOutcome:
    made = common_pb2.CallOutcome()
    made.CopyFrom(outcome)
    made.call_id = call_id
    return made


def undefined(request: grader_pb2.GradeRequest) -> grader_pb2.GradeRequest:
    for call in request.report.calls:
        call.CopyFrom(common_pb2.CallOutcome(call_id=call.call_id, status=UNDEFINED, detail="there is no average_list"))
    return request


def test_without_an_entry_point_no_test_and_no_check_passes_and_nothing_is_earned() -> None:
    verdict = grade(undefined(attempt("--", "+++", "++")))
    assert verdict.unearned == NO_ENTRY_POINT
    assert (verdict.tests_passed, verdict.tests_total) == (0, 7)
    assert {number for _, number in verdict.components.ListFields()} <= {0.0}
    assert verdict.reward == build.SETTINGS.reward_min


def test_the_error_log_names_the_entry_point_that_is_not_there() -> None:
    log = grade(undefined(attempt("--"))).error_log
    assert log.startswith("Nothing was earned: it defines no average_list that can be called.")
    assert "found nothing to call: there is no average_list" in log


@pytest.mark.parametrize("expected", ["NameError", "AttributeError", "TypeError", "Exception", "BaseException"])
def test_what_is_not_there_never_raises_what_is_expected(expected: str) -> None:
    request = build.request(build.ran([build.ended(UNDEFINED)]), [build.expects_raise(expected)])
    request.report.calls[0].raised.type = expected
    request.report.calls[0].raised.builtin_bases.append(expected)
    assert grade(request).tests_passed == 0


def test_an_entry_point_that_some_calls_find_is_one() -> None:
    request = attempt("+-", "", "+")
    request.report.calls[1].status = UNDEFINED
    assert grade(request).unearned == EARNED


def test_a_call_that_was_not_made_says_nothing_about_the_entry_point() -> None:
    request = attempt("--")
    request.report.calls[0].CopyFrom(build.ended(common_pb2.CALL_STATUS_NOT_RUN, "w0"))
    assert grade(request).unearned == NO_WORK
    request.report.calls[1].status = UNDEFINED
    assert grade(request).unearned == NO_ENTRY_POINT


def test_the_syntax_tree_of_the_code_as_given_earns_nothing_whatever_passes() -> None:
    request = attempt("++", "+", given=("+-", "-", ""))
    request.report.analysis.ast_hash = "given"
    verdict = grade(request)
    assert verdict.unearned == grader_pb2.UNEARNED_UNCHANGED
    assert verdict.base == 0.0
    assert "the code as given" in verdict.error_log
    assert verdict.tests_passed == 3


def test_whether_the_task_is_solved_is_told_apart_from_what_was_earned() -> None:
    request = attempt("++", given=("++", "", ""))
    request.report.analysis.ast_hash = "given"
    verdict = grade(request)
    assert verdict.solved  # else nobody would find out that the code as given needs no repair
    assert verdict.reward == build.SETTINGS.reward_min


def test_two_sources_without_a_tree_are_not_the_same() -> None:
    request = attempt("+")
    request.expectations.given.ast_hash = ""
    assert grade(request).unearned == EARNED


@pytest.mark.parametrize(("refused", "rules"), [("++++", "++"), ("", "+++"), ("++", "")])
def test_refusals_and_rules_are_no_work(refused: str, rules: str) -> None:
    verdict = grade(attempt("--", refused, rules))
    assert verdict.unearned == NO_WORK
    assert verdict.tests_passed == len(refused + rules)
    assert "code which does nothing" in verdict.error_log


def test_none_is_no_work() -> None:
    calls = [build.returned(None, "a"), build.returned(None, "b")]
    request = build.request(build.ran(calls), [build.expects(None, "a"), build.expects(1, "b")])
    assert grade(request).unearned == NO_WORK


def test_a_sequence_of_methods_without_a_body_is_no_work() -> None:
    calls = [build.returned([None, None], "a"), build.returned([None], "b")]
    tests = [build.expects([None, None], "a"), build.expects([3], "b")]
    assert grade(build.request(build.ran(calls), tests)).unearned == NO_WORK


def test_an_empty_list_is_a_value_like_any_other() -> None:
    calls = [build.returned([], "a"), build.returned([], "b")]
    tests = [build.expects([], "a"), build.expects([3], "b")]
    assert grade(build.request(build.ran(calls), tests)).unearned == EARNED


def test_a_script_test_that_only_expects_an_exception_is_no_work() -> None:
    request = build.request(build.ran([build.script(build.PASSED, build.FAILED)]), build.expects_script_tests(2))
    assert grade(request).unearned == EARNED
    request.expectations.tests[0].script_test.refusal = True
    assert grade(request).unearned == NO_WORK


def test_where_no_test_asks_for_work_the_others_are_enough() -> None:
    verdict = grade(attempt("", "+-"))
    assert verdict.unearned == EARNED
    assert verdict.components.test_pass_ratio == 0.5


@pytest.mark.parametrize(
    ("work", "refused", "rules", "given", "reason"),
    [
        ("+-", "", "", ("+-", "", ""), NO_PROGRESS),  # a line added that changes nothing
        ("--+", "", "", ("++", "", ""), EARNED),  # mends one and breaks two
        ("+-", "-", "", ("++", "-", ""), NO_PROGRESS),  # breaks one
        ("++-", "++", "", ("++-", "--", ""), EARNED),  # keeps what worked, and refuses what is to be refused
        ("+--", "++", "++", ("++-", "--", "--"), NO_PROGRESS),  # refuses at the price of what worked
        ("+-", "", "+", ("+-", "", "-"), EARNED),  # keeps a rule that was broken
        ("+-", "", "", ("??", "", ""), EARNED),  # nothing is known of it
        ("+-", "", "", ("+?", "", ""), EARNED),
        ("+-", "", "", ("+-", "", ""), NO_PROGRESS),
    ],
)
def test_progress_is_what_the_code_as_given_did_not_do(
    work: str, refused: str, rules: str, given: tuple[str, str, str], reason: grader_pb2.Unearned.ValueType
) -> None:
    assert grade(attempt(work, refused, rules, given=given)).unearned == reason


def test_without_a_report_on_the_code_as_given_nothing_is_held_against_an_attempt() -> None:
    request = attempt("+-", given=None)
    request.report.analysis.ast_hash = ""
    verdict = grade(request)
    assert verdict.unearned == EARNED
    assert "Nothing was earned" not in grade(attempt("--", given=None)).error_log


def test_what_doing_nothing_passes_counts_for_no_more_than_the_work() -> None:
    assert grade(attempt("+---", "++++", "++++")).components.test_pass_ratio == 0.25
    assert grade(attempt("++++", "+---", "----")).components.test_pass_ratio == pytest.approx(5 / 12)
    assert grade(attempt("++++", "++++", "++++")).components.test_pass_ratio == 1.0


def test_the_reward_is_still_the_formula_of_its_components() -> None:
    for request in (attempt("+-", "+"), attempt("--", "+"), undefined(attempt("+"))):
        verdict = grade(request)
        components, settings = verdict.components, build.SETTINGS
        terms = [
            (settings.weight_compile, components.compile_score),
            (settings.weight_tests, components.test_pass_ratio),
            (settings.weight_efficiency, components.efficiency_score),
            (settings.weight_correctness, components.llm_correctness),
            (settings.weight_security, components.llm_security),
            (settings.weight_quality, components.llm_quality),
        ]
        base = sum(weight * score for weight, score in terms)
        assert verdict.base == pytest.approx(base)
        assert verdict.reward == max(settings.reward_min, verdict.base - settings.penalty_step)


def test_one_more_test_that_passes_never_costs_reward() -> None:
    given = ("+--", "-", "-")
    marks = ["".join(chosen) for chosen in itertools.product("-+", repeat=5)]
    rewards = {text: grade(attempt(text[:3], text[3], text[4], given=given)).reward for text in marks}
    for text, at in itertools.product(marks, range(5)):
        better = f"{text[:at]}+{text[at + 1 :]}"
        assert rewards[text] <= rewards[better], (text, better)


@pytest.mark.parametrize("work", ["+-", "++", "--"])
def test_an_attempt_that_defines_what_the_tests_bring_earns_nothing_and_is_told_what(work: str) -> None:
    request = attempt(work, rules="-")
    assert grade(request).unearned != grader_pb2.UNEARNED_PROVIDED
    request.expectations.checks[0].provided = True
    request.report.analysis.checks[0].detail = "helper is defined"
    verdict = grade(request)
    assert verdict.unearned == grader_pb2.UNEARNED_PROVIDED
    assert (verdict.components.test_pass_ratio, verdict.reward) == (0, build.SETTINGS.reward_min)
    assert "it defines what the tests bring, and must not: helper is defined" in verdict.error_log
    request.report.analysis.checks[0].passed = True
    assert grade(request).unearned != grader_pb2.UNEARNED_PROVIDED
