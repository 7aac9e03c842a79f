"""What the grader counts. Each series is there from the start, at zero."""

from enum import StrEnum

from prometheus_client import Counter, Histogram


class VerdictKind(StrEnum):
    """How far an attempt got, for the label of the counter."""

    COMPILE_ERROR = "compile_error"
    LOAD_ERROR = "load_error"
    TESTS_FAILED = "tests_failed"
    TESTS_PASSED = "tests_passed"  # all of them, but too slow to be solved
    SOLVED = "solved"


VERDICTS = Counter("codearena_grader_verdicts_total", "Attempts graded, by how far they got.", ["verdict"])
REWARD = Histogram("codearena_grader_reward", "Rewards given.", buckets=[tenth / 10 for tenth in range(1, 11)])
_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
GRADE_SECONDS = Histogram("codearena_grader_grade_seconds", "Time to grade one attempt.", buckets=_BUCKETS_S)
EXAMINE_SECONDS = Histogram(
    "codearena_grader_examine_seconds", "Time to see whether one attempt is to be measured.", buckets=_BUCKETS_S
)

CONFINED_ENDS = Counter(
    "codearena_grader_confined_ends_total",
    "Workers that ended over a large report, by the reason.",
    ["reason"],
)

for _reason in ("limit", "lost"):
    CONFINED_ENDS.labels(_reason)
for _kind in VerdictKind:
    VERDICTS.labels(_kind)
