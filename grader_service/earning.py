"""Whether an attempt has earned its components: nothing is earned by absence.

Code that is not there has no flaws: it breaks no rule on the source, no analyser finds fault with it, and code that
raises at every call also raises where that is expected. So some tests ask for *work*, and the others are passed by
doing nothing: those that expect an exception, None or no output, those that let a refusal pass, and the rules on the
source. The code as given is there too, with all that it does right: to hand it back, or with a line that changes
nothing, repairs nothing. An attempt earns if it

    compiles, loads, and defines an entry point that can be called
    defines nothing that the tests bring: they would run by its word
    has another syntax tree than the code as given
    passes a test that asks for work
    passes a test that the code as given fails: one that asks for work, or another without failing a test that asks
        for work and that the code as given passes

and what it earns is bounded by the share of the tests of work that it passes. What is not known is not held against it:
without a report on the code as given the second and the fourth are skipped, and so is the fourth where that code fails
no test that is known, the third where no test asks for work. Every rule is about what passes, so that an attempt never
earns less by passing one test more.
"""

import re
from collections.abc import Sequence

from codearena.v1 import executor_pb2, grader_pb2
from grader_service.compare_output import is_blank
from grader_service.examine import ExaminedTest, defines_entry_point
from grader_service.reward import pass_ratio

_NOTHING = re.compile(rb"null|\[null(, ?null)*\]")
"""What a function without a body returns, and a sequence of such methods."""

_WORDS = {
    grader_pb2.UNEARNED_NO_ENTRY_POINT: "it defines no {entry_point} that can be called",
    grader_pb2.UNEARNED_PROVIDED: "it defines what the tests bring, and must not: {provided}",
    grader_pb2.UNEARNED_UNCHANGED: "it is the code as given; comments, formatting and docstrings make no other code",
    grader_pb2.UNEARNED_NO_WORK: "it passes no test but those that code which does nothing passes too",
    grader_pb2.UNEARNED_NO_PROGRESS: "it does nothing that the code as given does not do",
}


def asks_for_work(test: ExaminedTest) -> bool:
    """False for a test that code which does nothing can pass, by raising, returning None or printing nothing."""
    expected = test.expectation
    if expected is None or expected.HasField("raises"):
        return False
    if expected.HasField("process"):
        return not expected.process.may_refuse
    if expected.HasField("script_test"):
        return not expected.script_test.refusal
    if expected.HasField("output"):
        return not any(map(is_blank, expected.output.answers))
    return _NOTHING.fullmatch(expected.value.json) is None


def _did_nothing(test: ExaminedTest) -> bool:
    """Whether nothing was printed, and a checker, which alone knows what it accepts, has accepted it."""
    expected, outcome = test.expectation, test.outcome
    if expected is None or outcome is None or not (test.passed and expected.HasField("output")):
        return False
    custom = expected.compare == grader_pb2.COMPARE_CUSTOM
    return custom and not outcome.HasField("left_out") and is_blank(outcome.stdout.head)


def support(examined: Sequence[ExaminedTest]) -> float:
    """What the tests say for the attempt, in [0, 1]: the share of all that it passes, and at most of those of work."""
    work = [test.passed for test in examined if asks_for_work(test) and not _did_nothing(test)]
    of_all = pass_ratio(sum(test.passed for test in examined), len(examined))
    return min(of_all, pass_ratio(sum(work), len(work))) if work else of_all


def unearned(
    report: executor_pb2.Report, expectations: grader_pb2.Expectations, examined: Sequence[ExaminedTest]
) -> grader_pb2.Unearned.ValueType:
    """Why the attempt has earned nothing; UNEARNED_UNSPECIFIED if it has. examined: of the same report."""
    if report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR:
        return grader_pb2.UNEARNED_COMPILE_ERROR
    if report.status == executor_pb2.ATTEMPT_STATUS_LOAD_ERROR:
        return grader_pb2.UNEARNED_LOAD_ERROR
    if not defines_entry_point(report):
        return grader_pb2.UNEARNED_NO_ENTRY_POINT
    if _provided(expectations, examined):
        return grader_pb2.UNEARNED_PROVIDED
    given = expectations.given
    if given.ast_hash and given.ast_hash == report.analysis.ast_hash:
        return grader_pb2.UNEARNED_UNCHANGED
    if not _works(examined):
        return grader_pb2.UNEARNED_NO_WORK
    if not _goes_further(examined):
        return grader_pb2.UNEARNED_NO_PROGRESS
    return grader_pb2.UNEARNED_UNSPECIFIED


def said(
    reason: grader_pb2.Unearned.ValueType, expectations: grader_pb2.Expectations, examined: Sequence[ExaminedTest]
) -> str:
    """For the error log; empty if it says why already, or if this is the code as given, which earns for nobody."""
    if reason not in _WORDS or not expectations.HasField("given"):
        return ""
    taken = [test.check.detail for test in _provided(expectations, examined) if test.check is not None]
    words = _WORDS[reason].format(
        entry_point=expectations.entry_point or "entry point", provided=", ".join(taken) or "it was not read"
    )
    return f"Nothing was earned: {words}."


def _provided(expectations: grader_pb2.Expectations, examined: Sequence[ExaminedTest]) -> list[ExaminedTest]:
    """Of the checks that the attempt leaves to the tests what they bring those that it breaks."""
    checks = examined[len(expectations.tests) :]
    pairs = zip(expectations.checks, checks, strict=True)
    return [test for expected, test in pairs if expected.provided and not test.passed]


def _works(examined: Sequence[ExaminedTest]) -> bool:
    work = [test.passed and not _did_nothing(test) for test in examined if asks_for_work(test)]
    return any(work) or not work


def _goes_further(examined: Sequence[ExaminedTest]) -> bool:
    missing = [test for test in examined if test.given_passes is False]
    gained = [test for test in missing if test.passed]
    if any(asks_for_work(test) and not _did_nothing(test) for test in gained):
        return True
    kept = all(test.passed for test in examined if test.given_passes and asks_for_work(test))
    return not missing or (bool(gained) and kept)
