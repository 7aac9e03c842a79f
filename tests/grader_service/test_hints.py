import pytest

from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service import complexity, hints
from grader_service.efficiency import NOT_MEASURED, Efficiency
from grader_service.examine import examine
from grader_service.grader import Grader
from tests.grader_service import build

AUTHOR = ["general", "closer", "closest"]


def hint(request: grader_pb2.GradeRequest, speed: Efficiency = NOT_MEASURED) -> str:
    examined = examine(request.report, request.expectations, build.reader())
    expectations = request.expectations
    return hints.hint(
        request.report, examined, expectations.hints, request.step, speed, expectations.optimal_complexity, 0.9
    )


def failing(step: int = 1, author_hints: list[str] | None = None) -> grader_pb2.GradeRequest:
    return build.request(build.ran([build.returned(2)]), [build.expects(1)], hints=author_hints or [], step=step)


def passing(optimal: str = "") -> grader_pb2.GradeRequest:
    return build.request(build.ran([build.returned(1)]), [build.expects(1)], hints=AUTHOR, optimal=optimal)


def test_syntax_comes_before_everything_else() -> None:
    problem = executor_pb2.SyntaxProblem(type="SyntaxError", message="expected ':'", line=3)
    text = hint(build.request(build.does_not_compile(problem), [build.expects(1)], hints=AUTHOR))
    assert "syntax" in text
    assert "line 3" in text


def test_a_module_that_does_not_load_comes_before_the_tests() -> None:
    load = build.ended(common_pb2.CALL_STATUS_TIME_LIMIT)
    assert "loading it exceeded its time limit" in hint(
        build.request(build.does_not_load(load), [build.expects(1)], hints=AUTHOR)
    )


@pytest.mark.parametrize(("step", "expected"), [(1, "general"), (2, "closer"), (3, "closest"), (5, "closest")])
def test_the_authors_hints_get_more_specific_with_each_step(step: int, expected: str) -> None:
    assert hint(failing(step, AUTHOR)) == expected


def test_without_authors_hints_the_first_failed_visible_test_is_the_subject() -> None:
    request = build.request(
        build.ran([build.ended(common_pb2.CALL_STATUS_TIME_LIMIT)]), [build.expects(1, name="small")]
    )
    assert hint(request).startswith("The call of the test small exceeded its time limit.")


def test_failures_of_hidden_tests_only_are_named_as_edge_cases_and_nothing_more() -> None:
    def text(outcome: common_pb2.CallOutcome) -> str:
        return hint(build.request(build.ran([outcome]), [build.expects(1, name="secret", visible=False)]))

    assert text(build.returned(2)) == text(build.raised(ValueError("secret")))
    assert "edge cases" in text(build.returned(2))


def test_efficiency_is_the_subject_once_all_tests_pass() -> None:
    text = hint(passing("O(n)"), Efficiency(0.2, 31.4159, fit=complexity.Fit("O(n^2)", 0.9)))
    assert "32 times" in text  # to the nearest tenth of a decade, as all measured times
    assert "grows like O(n^2); O(n) is possible" in text


def test_the_two_times_at_the_largest_size_are_told() -> None:
    speed = Efficiency(0.2, 20.0, sizes=(10, 500), times_s=(0.001, 0.12), reference_times_s=(None, 0.006))
    assert "At n = 500 it took 130 ms, the reference 6.3 ms." in hint(passing("O(n)"), speed)


def test_without_a_measured_class_only_the_best_known_one_is_named() -> None:
    assert hint(passing("O(n)"), Efficiency(0.2, 30.0)).endswith("The best known solution is O(n).")
    assert "O(" not in hint(passing(), Efficiency(0.2, 30.0))


def test_wrong_values_on_larger_input_are_named() -> None:
    assert "larger input" in hint(passing("O(n)"), Efficiency(0.0, None))


def test_a_solved_attempt_gets_no_hint() -> None:
    assert hint(passing("O(n)"), Efficiency(0.95, 2.7)) == ""


def test_a_slow_attempt_is_shown_where_and_asked_what() -> None:
    request = build.passing_request()
    request.report.CopyFrom(build.ran([build.returned(0, "0"), build.returned(1, "1", 9.0)], reference_cpu_s=0.01))
    request.report.analysis.dominant_lines.extend([4, 6, 7])
    request.report.analysis.problem_type = "duplicates"
    graded = Grader(build.SETTINGS).grade(request)
    hint = graded.verdict.hint
    assert "lines 4, 6 and 7" in hint
    assert "without a search" in hint
