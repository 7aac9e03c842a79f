"""Facts -> scores in [0, 1]: pure functions, every number a named constant of this file.

They are no settings: two judges with one revision must give one score.
"""

from codearena.v1 import common_pb2, executor_pb2
from judge_service.answers import LintAnswer, SecurityAnswer, SecurityFinding, StructureAnswer
from judge_service.judge import Dimension, Finding, Severity, Unscored

DIGITS = 6
"""Decimals of a score: beyond them is the noise of floating point."""

ORDERLY = frozenset({common_pb2.CALL_STATUS_RETURNED, common_pb2.CALL_STATUS_RAISED})
"""How calls end that no limit, crash or the like has ended."""

SEVERITY_COST = {Severity.LOW: 0.05, Severity.MEDIUM: 0.55, Severity.HIGH: 0.70}
"""What one finding that is certain takes from the security score."""
CONFIDENCE = {Severity.LOW: 0.4, Severity.MEDIUM: 0.8, Severity.HIGH: 1.0}
"""How much of that a finding of this confidence takes."""
ADVISORY = frozenset({"B101", "B311", "B403", "B404", "B405", "B406", "B407", "B408", "B409", "B603", "B607"})
"""Low findings that cost nothing: bandit's hints to look closer, which the right fix has as well.

Importing subprocess, pickle or an XML parser (B40x): what is done with it is found where it is done. A process started
from an argument list (B603), or by a name without a path (B607): exactly what shell injection is to be replaced by.
assert (B101), and random numbers for what is not cryptography (B311).
"""

COMPLEXITY_SHARE, MAINTAINABILITY_SHARE, LINT_SHARE = 0.35, 0.25, 0.40
COMPLEXITY_FINE, COMPLEXITY_WORST = 10, 30
"""McCabe's own limit, up to which a function is fine, and where the score reaches 0 (radon's rank D ends there)."""
MAINTAINABILITY_FINE, MAINTAINABILITY_WORST = 40.0, 9.0
"""Radon calls everything above 19 fine, for whole modules; a fix is a few functions. Rank C (worst) starts at 9."""
LINT_COST = {Severity.HIGH: 5.0, Severity.MEDIUM: 1.0, Severity.LOW: 0.5}
"""Pylint's weights: an error counts five times a warning."""
LINT_STATEMENTS = 10
"""A source shorter than this is judged as if it had so many statements: one remark on two lines is not ruin."""


def correctness(report: executor_pb2.Report) -> Dimension:
    """What the run itself says, without the expected values: the share of calls that ended in an orderly way.

        score = calls that returned or raised / all calls;  0 if the module did not load

    Against: limits, crashes, values that cannot be encoded, calls never made. Whether the value is right only the
    grader can know, which caps this score at the share of tests passed.
    """
    if report.status == executor_pb2.ATTEMPT_STATUS_LOAD_ERROR:
        return Dimension(0.0, "the module did not load")
    if not report.calls:
        return Dimension.without_score(Unscored.NO_EVIDENCE, "no call was made")
    orderly = sum(call.status in ORDERLY for call in report.calls)
    return Dimension(orderly / len(report.calls), f"{orderly} of {len(report.calls)} calls ended in an orderly way")


def security(answer: SecurityAnswer, findings_kept: int) -> Dimension:
    """Bandit's findings, each taking its share of what is left.

        score = product over findings of (1 - SEVERITY_COST * CONFIDENCE);  ADVISORY findings: factor 1
                a low finding counts once for each rule, others each time

    So eval (medium, certain) leaves 0.45, shell=True on a built command (high, certain) 0.30, a hard-coded password
    (high, medium confidence) 0.44, two of them 0.19.
    """
    score = 1.0
    charged: set[str] = set()
    for finding in answer.findings:
        if finding.rule in charged:
            continue
        if finding.severity is Severity.LOW:
            charged.add(finding.rule)
        score *= 1 - _security_cost(finding)
    score = round(score, DIGITS)
    return Dimension(score, _security_reason(answer), answer.findings[:findings_kept])


def _security_cost(finding: SecurityFinding) -> float:
    if finding.severity is Severity.LOW and finding.rule in ADVISORY:
        return 0.0
    return SEVERITY_COST[finding.severity] * CONFIDENCE[finding.confidence]


def _security_reason(answer: SecurityAnswer) -> str:
    if not answer.findings:
        return "no findings"
    worst = answer.findings[0]
    return f"{answer.total} findings, worst {worst.rule} ({worst.severity}) in line {worst.line}"


def quality(structure: StructureAnswer, lint: LintAnswer, findings_kept: int) -> Dimension:
    """Radon's and ruff's facts, weighted.

        score = 0.35 * complexity + 0.25 * maintainability + 0.40 * lint
        complexity       1 up to McCabe 10 in the worst function, falling to 0 at 30
        maintainability  0 at index 9, rising to 1 at 40
        lint             max(0, 1 - (5 * high + medium + 0.5 * low) / max(statements, 10))

    lint is pylint's rating (https://pylint.readthedocs.io, option --evaluation) over ruff's findings; per statement and
    not per line, so that blank lines and comments do not thin it out.
    """
    complexity = _falling(structure.complexity, COMPLEXITY_FINE, COMPLEXITY_WORST)
    maintainability = _falling(structure.maintainability, MAINTAINABILITY_FINE, MAINTAINABILITY_WORST)
    clean = max(0.0, 1 - lint_weight(lint) / max(structure.statements, LINT_STATEMENTS))
    score = COMPLEXITY_SHARE * complexity + MAINTAINABILITY_SHARE * maintainability + LINT_SHARE * clean
    score = round(score, DIGITS)
    found = sum(lint.counts.values())
    reason = (
        f"complexity {structure.complexity}, maintainability {structure.maintainability:.0f}, {found} lint findings"
    )
    return Dimension(score, reason, _quality_findings(structure, lint)[:findings_kept])


def lint_weight(answer: LintAnswer) -> float:
    """Ruff's findings in warnings: high counts 5, medium 1, low 0.5."""
    return sum(LINT_COST[severity] * count for severity, count in answer.counts.items())


def _falling(value: float, fine: float, worst: float) -> float:
    """1 at `fine` and beyond it, 0 at `worst` and beyond it, linear between."""
    return min(1.0, max(0.0, (worst - value) / (worst - fine)))


def _quality_findings(answer: StructureAnswer, lint: LintAnswer) -> tuple[Finding, ...]:
    if answer.complexity <= COMPLEXITY_FINE:
        return lint.findings
    where = f"{answer.complexity_name!r} is" if answer.complexity_name else "the module is"
    message = f"{where} too complex ({answer.complexity} > {COMPLEXITY_FINE})"
    worst = Finding(rule="radon-cc", message=message, line=answer.complexity_line, severity=Severity.MEDIUM)
    return worst, *lint.findings
