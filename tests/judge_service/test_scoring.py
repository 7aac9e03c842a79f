"""The formulas of the static judge."""

import pytest

from codearena.v1 import common_pb2, executor_pb2
from judge_service import scoring
from judge_service.answers import LintAnswer, SecurityAnswer, SecurityFinding, StructureAnswer
from judge_service.judge import Finding, Severity, Unscored
from tests.judge_service.build import report

LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH


def _security(*findings: tuple[str, Severity, Severity]) -> float | None:
    found = tuple(
        SecurityFinding(rule=rule, message="m", line=1, severity=severity, confidence=confidence)
        for rule, severity, confidence in findings
    )
    return scoring.security(SecurityAnswer(total=len(found), findings=found), 20).score


def _answer(
    complexity: int = 3, maintainability: float = 70, statements: int = 20, counts: dict[Severity, int] | None = None
) -> tuple[StructureAnswer, LintAnswer]:
    structure = StructureAnswer(
        complexity=complexity,
        complexity_name="f",
        complexity_line=7,
        maintainability=maintainability,
        statements=statements,
    )
    return structure, LintAnswer(findings=(), counts=counts or {})


def _quality(answer: tuple[StructureAnswer, LintAnswer]) -> float:
    score = scoring.quality(*answer, 20).score
    assert score is not None
    return score


def test_correctness_is_the_share_of_orderly_calls() -> None:
    seen = report(
        common_pb2.CALL_STATUS_RETURNED,
        common_pb2.CALL_STATUS_RAISED,
        common_pb2.CALL_STATUS_TIME_LIMIT,
        common_pb2.CALL_STATUS_NOT_RUN,
    )
    dimension = scoring.correctness(seen)
    assert dimension.score == 0.5
    assert dimension.reason == "2 of 4 calls ended in an orderly way"


@pytest.mark.parametrize(
    "name", ["TIME_LIMIT", "MEMORY_LIMIT", "OUTPUT_LIMIT", "PROCESS_LIMIT", "CRASHED", "UNENCODABLE"]
)
def test_a_call_that_was_ended_counts_against_correctness(name: str) -> None:
    assert scoring.correctness(report(common_pb2.CallStatus.Value(f"CALL_STATUS_{name}"))).score == 0


def test_a_module_that_does_not_load_is_not_correct() -> None:
    assert scoring.correctness(report(common_pb2.CALL_STATUS_NOT_RUN, loaded=False)).score == 0


def test_without_calls_correctness_is_unscored() -> None:
    dimension = scoring.correctness(executor_pb2.Report(status=executor_pb2.ATTEMPT_STATUS_RAN))
    assert (dimension.score, dimension.unscored) == (None, Unscored.NO_EVIDENCE)


def test_no_finding_is_full_security() -> None:
    assert _security() == 1


@pytest.mark.parametrize("finding", [("B307", MEDIUM, HIGH), ("B602", HIGH, HIGH), ("B105", HIGH, MEDIUM)])
def test_one_grave_finding_leaves_less_than_half(finding: tuple[str, Severity, Severity]) -> None:
    score = _security(finding)
    assert score is not None
    assert score <= 0.5


def test_each_further_grave_finding_costs_more() -> None:
    assert _security(("B307", MEDIUM, HIGH), ("B307", MEDIUM, HIGH)) == pytest.approx(0.45**2)


def test_a_low_rule_is_charged_once() -> None:
    assert _security(("B110", LOW, HIGH), ("B110", LOW, HIGH), ("B112", LOW, HIGH)) == pytest.approx(0.95**2)


def test_advice_that_the_right_fix_gets_too_is_free() -> None:
    assert _security(("B404", LOW, HIGH), ("B603", LOW, HIGH), ("B607", LOW, HIGH)) == 1


def test_findings_shown_are_bounded_and_the_worst() -> None:
    found = tuple(
        SecurityFinding(rule=f"B{number}", message="m", line=1, severity=HIGH, confidence=HIGH) for number in range(9)
    )
    dimension = scoring.security(SecurityAnswer(total=9, findings=found), 3)
    assert [item.rule for item in dimension.findings] == ["B0", "B1", "B2"]
    assert dimension.reason.startswith("9 findings, worst B0")


def test_short_simple_code_without_findings_is_full_quality() -> None:
    assert _quality(_answer()) == 1


def test_quality_is_the_documented_sum() -> None:
    answer = _answer(complexity=20, maintainability=24.5, statements=20, counts={HIGH: 1, MEDIUM: 3, LOW: 4})
    assert _quality(answer) == pytest.approx(0.35 * 0.5 + 0.25 * 0.5 + 0.40 * 0.5)


def test_quality_never_leaves_its_range() -> None:
    assert _quality(_answer(complexity=10_000, maintainability=0, counts={HIGH: 10_000})) == 0


def test_one_remark_on_a_tiny_source_is_not_ruin() -> None:
    assert _quality(_answer(statements=2, counts={LOW: 1})) >= 0.97


def test_a_complex_function_is_named_among_the_findings() -> None:
    (finding,) = scoring.quality(*_answer(complexity=11), 20).findings
    assert (finding.rule, finding.line) == ("radon-cc", 7)


def test_lint_findings_are_handed_on() -> None:
    lint = Finding(rule="F821", message="Undefined name `x`", line=2, severity=HIGH)
    dimension = scoring.quality(_answer()[0], LintAnswer(findings=(lint,), counts={HIGH: 1}), 20)
    assert dimension.findings == (lint,)
