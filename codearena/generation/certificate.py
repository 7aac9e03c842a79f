"""What is known of a task that may be trained on: the certificate that its record carries."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from codearena.models import Verdict
from codearena.tasks.baseline import Baseline

FULL_EFFICIENCY = 0.9
"""Least efficiency_score of full marks."""
SLOW_EFFICIENCY = 0.5
"""Most that a right but slow program may have, so that no busy host decides whether it is slow."""

Outcome = Literal["compile_error", "load_error", "fails", "slow", "passes"]


class Reason(StrEnum):
    """Why there is no certificate."""

    NOT_GRADED = "could not be graded"
    REFERENCE_FAILS = "the reference does not get full marks"
    REFERENCE_UNSTABLE = "the reference depends on the hash seed"
    UNSTABLE = "the buggy code depends on the hash seed"
    PASSES = "no test fails"
    EQUIVALENT = "does what the reference does"
    LUCK = "inputs may be drawn that miss the bug"
    REWARD_ORDER = "the rewards are not in order"
    DUPLICATE = "another task has the same code"

    @property
    def word(self) -> str:
        """In one or two words, for the head of a column."""
        return self.name.lower().replace("_", " ")


class RefusedError(Exception):
    """There is no certificate. reason: of which kind; detail: what exactly."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason.value)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Marks(_Part):
    """What one source got. passed of total tests, hidden_passed of hidden_total among them; efficiency: None if it was
    not measured."""

    reward: float
    passed: int
    total: int
    hidden_passed: int
    hidden_total: int
    efficiency: float | None

    @classmethod
    def of(cls, verdict: Verdict) -> "Marks":
        """Of a verdict."""
        ran = verdict.execution_metadata
        counts = (ran.test_passed, ran.test_total, ran.hidden_passed, ran.hidden_total)
        names = ("passed", "total", "hidden_passed", "hidden_total")
        efficiency = verdict.reward_components.efficiency_score
        return cls(reward=verdict.reward, efficiency=efficiency, **dict(zip(names, counts, strict=True)))


class Strength(_Part):
    """How many bugs the hidden tests find: the share of the mutants that they fail, of those that are not equivalent.

    equivalent: passed every hidden test, and did what the reference does on every input that was made; missed: passed
    every hidden test and did not; inputs: how many were made for each.
    """

    mutants: int
    killed: int
    equivalent: int
    missed: int
    inputs: int

    @property
    def score(self) -> float | None:
        """In [0, 1]; None if there was no mutant."""
        real = self.mutants - self.equivalent
        return self.killed / real if real else None


class Difficulty(_Part):
    """How hard the repair is. level: by the points; fixer_rank: at which of its first candidates the built-in fixer
    comes upon the reference; None: it does not. failing: share of the tests that fail."""

    level: Literal["easy", "medium", "hard"]
    points: float
    bugs: int
    lines: int
    failing: float
    fixer_rank: int | None


class Certificate(_Part):
    """What was found when a task was certified.

    revision: of the task; isolation, revisions: of the verdicts; reference, buggy, empty: graded on the task's tests,
    each as if nothing had been given (as the code as given, the buggy code earns nothing); outcome: of the buggy code;
    replays: fresh processes with a hash seed each, in which reference and buggy code did the same every time;
    mutation_score: of the hidden tests; tree: identity of the buggy code; packages: that the sandbox had to have;
    baseline: what a reset shows of the buggy code; None: not known, as in certificates of older versions.
    """

    revision: str
    isolation: str
    revisions: dict[str, str]
    reference: Marks
    buggy: Marks
    empty: Marks
    outcome: Outcome
    replays: int
    strength: Strength
    mutation_score: float | None
    difficulty: Difficulty
    tree: str
    packages: list[str] = []
    baseline: Baseline | None = None


def outcome_of(verdict: Verdict) -> Outcome:
    """What a source does wrong, by its verdict."""
    ran = verdict.execution_metadata
    if ran.status == "compile_error":
        return "compile_error"
    if ran.status == "load_error":
        return "load_error"
    if ran.test_passed < ran.test_total:
        return "fails"
    efficiency = verdict.reward_components.efficiency_score
    return "slow" if efficiency is not None and efficiency <= SLOW_EFFICIENCY else "passes"


def has_full_marks(verdict: Verdict) -> bool:
    """Whether it solves the task as the reference has to."""
    efficiency = verdict.reward_components.efficiency_score
    return verdict.solved and efficiency is not None and efficiency >= FULL_EFFICIENCY
