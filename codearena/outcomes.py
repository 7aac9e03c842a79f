"""What became of an attempt, in one word: for counts of many of them."""

from enum import StrEnum

from codearena.models import Verdict


class Outcome(StrEnum):
    """Kinds of attempts, from nothing to all; each attempt is of exactly one."""

    NO_ANSWER = "no_answer"
    """The model proposed no code."""
    UNCHANGED = "unchanged"
    """The code as given was sent back."""
    COMPILE_ERROR = "compile_error"
    LOAD_ERROR = "load_error"
    """It raises, hangs or ends while it is loaded, or does not define what it has to."""
    UNEARNED = "unearned"
    """It runs, and does nothing that the code as given does not do."""
    FAILED = "failed"
    """It passes some tests more than the code as given, and not all."""
    PASSED = "passed"
    """It passes all tests, and is too slow to count as solved."""
    SOLVED = "solved"


_BY_REASON = {
    "unchanged": Outcome.UNCHANGED,
    "compile_error": Outcome.COMPILE_ERROR,
    "load_error": Outcome.LOAD_ERROR,
    "no_entry_point": Outcome.LOAD_ERROR,
}


def outcome_of(verdict: Verdict, *, answered: bool = True) -> Outcome:
    """answered: whether the model proposed code at all; where it did not an empty source was graded."""
    if not answered:
        return Outcome.NO_ANSWER
    if verdict.solved:
        return Outcome.SOLVED
    if verdict.unearned:
        return _BY_REASON.get(verdict.unearned, Outcome.UNEARNED)
    ran = verdict.execution_metadata
    return Outcome.PASSED if ran.status == "ran" and ran.test_passed == ran.test_total else Outcome.FAILED
