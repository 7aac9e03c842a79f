"""One test against the outcome of its call: passed or not.

A test passes only by an outcome of the right status. Whatever the attempt wrote that cannot be read fails the test.
"""

import builtins
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codearena import values
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service.compare import DEFAULT_TOLERANCE, SAME_SHAPE, Tolerance, comparator, matches_pattern
from grader_service.compare_output import OUTPUT_TOLERANCE, Comparison
from grader_service.reading import Reader

Checked = Mapping[str, bool]
"""By call id, whether the task's checker took what the call returned for right; a call not in it is not."""
_PROGRAMS = {"", *(f"{top}{name}" for top in ("/", "/usr/", "/usr/local/") for name in ("bin", "sbin"))}
"""Folders of programs; in any other a program may bear the name of one of these. Empty: looked for in them."""
UNCHECKED: Checked = MappingProxyType({})


@dataclass(frozen=True)
class ExaminedTest:
    """A test or a check on the syntax tree, and whether the attempt passed it.

    expectation, outcome: None for a check, and outcome also if the attempt did not run.
    check: the check's outcome; None for a test, or if the attempt did not compile.
    ran_before_hidden: no hidden test had been called before this one, so the attempt knew no hidden input.
    given_passes: whether the code as given passes; None: not known.
    """

    name: str
    visible: bool
    passed: bool
    expectation: grader_pb2.Expectation | None = None
    outcome: common_pb2.CallOutcome | None = None
    check: executor_pb2.CheckOutcome | None = None
    ran_before_hidden: bool = True
    given_passes: bool | None = None


def examine(
    report: executor_pb2.Report,
    expectations: grader_pb2.Expectations,
    reader: Reader,
    checked: Checked = UNCHECKED,
) -> list[ExaminedTest]:
    """Every test in order, then every check. Both must belong together, see `consistency`.

    An attempt that did not run, or that defines no entry point, passes nothing, not even a check: it did nothing that a
    rule could be about.
    """
    if report.status != executor_pb2.ATTEMPT_STATUS_RAN:
        tests = [ExaminedTest(test.name, test.visible, False, test) for test in expectations.tests]
        return tests + [_broken(check) for check in expectations.checks]
    before_hidden = _called_before_hidden(report, expectations)
    tests = [
        ExaminedTest(
            name=test.name,
            visible=test.visible,
            passed=meets(outcome, test, reader, checked),
            expectation=test,
            outcome=outcome,
            ran_before_hidden=test.call_id in before_hidden,
            given_passes=_given_passes(test),
        )
        for test, outcome in zip(expectations.tests, own_outcomes(report.calls, expectations), strict=True)
    ]
    if not defines_entry_point(report):
        return tests + [_broken(check) for check in expectations.checks]
    checks = zip(expectations.checks, checks_of(report), strict=True)
    return tests + [
        ExaminedTest(rule.name, rule.visible, seen.passed, check=seen, given_passes=_given_passes(rule))
        for rule, seen in checks
    ]


def checks_of(report: executor_pb2.Report) -> list[executor_pb2.CheckOutcome]:
    """What became of each check: read from the source, and kept while the attempt ran.

    Of checks that nothing tells apart at run time one fails, if none of them does by the source already.
    """
    outcomes = list(report.analysis.checks)
    if hides_a_breach(report):
        detail = "the rule was broken while the code ran"
        outcomes[report.broken_checks[0]] = executor_pb2.CheckOutcome(passed=False, detail=detail)
    return outcomes


def hides_a_breach(report: executor_pb2.Report) -> bool:
    """Whether a rule was broken while the attempt ran, and whoever reads its source does not find where."""
    read = report.analysis.checks
    return bool(report.broken_checks) and all(read[position].passed for position in report.broken_checks)


def defines_entry_point(report: executor_pb2.Report) -> bool:
    """False if it was looked for and never found: by the worker's own word, which no attempt gains by forging."""
    made = {call.status for call in report.calls} - {common_pb2.CALL_STATUS_NOT_RUN}
    return made != {common_pb2.CALL_STATUS_UNDEFINED}


def _broken(check: grader_pb2.CheckExpectation) -> ExaminedTest:
    return ExaminedTest(check.name, check.visible, False, given_passes=_given_passes(check))


def _given_passes(expected: grader_pb2.Expectation | grader_pb2.CheckExpectation) -> bool | None:
    return expected.given_passes if expected.HasField("given_passes") else None


def own_outcomes(
    calls: Iterable[common_pb2.CallOutcome], expectations: grader_pb2.Expectations
) -> list[common_pb2.CallOutcome]:
    """For each test the outcome of its call; for one test of a script the part of it that is this test's."""
    by_id = {outcome.call_id: outcome for outcome in calls}
    scripts: dict[tuple[str, str], common_pb2.ScriptTestOutcome] = {}
    for outcome in by_id.values():
        for seen in outcome.script_tests:
            place = (outcome.call_id, seen.test_id)
            # Not to be there exactly once is to have no status at all.
            scripts[place] = common_pb2.ScriptTestOutcome() if place in scripts else seen
    return [
        _of_script(by_id[test.call_id], scripts.get((test.call_id, test.script_test.test_id)))
        if test.HasField("script_test")
        else by_id[test.call_id]
        for test in expectations.tests
    ]


def _of_script(outcome: common_pb2.CallOutcome, seen: common_pb2.ScriptTestOutcome | None) -> common_pb2.CallOutcome:
    """As the outcome of a call that made this test alone; a script that did not return stays as it is."""
    if outcome.status != common_pb2.CALL_STATUS_RETURNED:
        return outcome
    seen = seen or common_pb2.ScriptTestOutcome()
    was_run = seen.status != common_pb2.SCRIPT_TEST_STATUS_NOT_RUN
    return common_pb2.CallOutcome(
        call_id=outcome.call_id,
        status=common_pb2.CALL_STATUS_RETURNED if was_run else common_pb2.CALL_STATUS_NOT_RUN,
        detail=seen.detail,
        stdout=seen.stdout,
        stderr=seen.stderr,
        script_tests=[seen],
    )


def shown_usage(report: executor_pb2.Report, expectations: grader_pb2.Expectations) -> common_pb2.Usage:
    """What the attempt used before it could know a hidden input: CPU and wall time in all, the largest memory."""
    if all(test.visible for test in expectations.tests):
        return report.usage
    before = _called_before_hidden(report, expectations)
    used = [report.load.usage, *(outcome.usage for outcome in report.calls if outcome.call_id in before)]
    shown = common_pb2.Usage(peak_memory_bytes=max(usage.peak_memory_bytes for usage in used))
    shown.cpu.FromNanoseconds(sum(usage.cpu.ToNanoseconds() for usage in used))
    shown.wall.FromNanoseconds(sum(usage.wall.ToNanoseconds() for usage in used))
    return shown


def _called_before_hidden(report: executor_pb2.Report, expectations: grader_pb2.Expectations) -> set[str]:
    visible = {test.call_id for test in expectations.tests if test.visible}
    before: set[str] = set()
    for outcome in report.calls:
        if outcome.call_id not in visible:
            break
        before.add(outcome.call_id)
    return before


def meets(
    outcome: common_pb2.CallOutcome,
    test: grader_pb2.Expectation,
    reader: Reader,
    checked: Checked = UNCHECKED,
) -> bool:
    """True if what the call did is what the test expects. outcome: the test's own, see `own_outcomes`."""
    if outcome.left_out.HasField("right"):
        return outcome.left_out.right
    kind = test.WhichOneof("outcome")
    if kind == "raises":
        return _raised_as_expected(outcome, test.raises)
    if kind == "process":
        return _started_as_expected(outcome, test, reader)
    if kind == "script_test":
        returned = outcome.status == common_pb2.CALL_STATUS_RETURNED
        passed = [seen.status for seen in outcome.script_tests] == [common_pb2.SCRIPT_TEST_STATUS_PASSED]
        return returned and passed
    if kind == "output":
        return ended_well(outcome) and _wrote_as_expected(outcome, test, reader, checked)
    if test.compare == grader_pb2.COMPARE_CUSTOM:
        return outcome.status == common_pb2.CALL_STATUS_RETURNED and checked.get(test.call_id, False)
    return _returned_as_expected(outcome, test.value, test, reader)


def ended_well(outcome: common_pb2.CallOutcome) -> bool:
    """Whether a program ended by itself, with the exit status 0, and all of its output is there."""
    returned = outcome.status == common_pb2.CALL_STATUS_RETURNED
    return returned and not outcome.exit_status and not outcome.stdout.truncated


def _wrote_as_expected(
    outcome: common_pb2.CallOutcome, test: grader_pb2.Expectation, reader: Reader, checked: Checked
) -> bool:
    got = outcome.stdout.head
    if test.compare == grader_pb2.COMPARE_CUSTOM:
        return checked.get(test.call_id, False)
    if reader.reads_nothing:
        return got in test.output.answers
    comparison = comparison_of(test)
    return any(comparison.same(answer, got) for answer in test.output.answers)


def comparison_of(test: grader_pb2.Expectation) -> Comparison:
    """How this test compares an output with its answers."""
    return Comparison(test.compare, tolerance_of(test), test.output.ignore_case)


def tolerance_of(test: grader_pb2.Expectation) -> Tolerance:
    """How far apart numbers may be for this test."""
    if not test.HasField("tolerance"):
        return OUTPUT_TOLERANCE if test.HasField("output") else DEFAULT_TOLERANCE
    return Tolerance(test.tolerance.relative, test.tolerance.absolute, test.tolerance.nan_equal)


def same_value(
    expected: common_pb2.EncodedValue,
    got: common_pb2.EncodedValue,
    compare: grader_pb2.Compare.ValueType,
    reader: Reader,
    tolerance: Tolerance = DEFAULT_TOLERANCE,
) -> bool:
    """Compares two encoded values; a `got` that is malformed or cannot be read within the budget equals nothing.

    expected: known to be well formed, so that equal bytes are equal in every mode and need no reading.
    """
    if expected.json == got.json and tolerance.nan_equal:
        return True
    try:
        expected_tree = reader.expected(expected)
    except values.MalformedValueError:
        return False
    got_tree = reader.got(got, expected)
    if got_tree is None or (compare in SAME_SHAPE and got_tree.nodes != expected_tree.nodes):
        return False
    return comparator(compare, tolerance)(expected_tree.json, got_tree.json)


def _returned_as_expected(
    outcome: common_pb2.CallOutcome,
    expected: common_pb2.EncodedValue,
    test: grader_pb2.Expectation,
    reader: Reader,
) -> bool:
    returned = outcome.status == common_pb2.CALL_STATUS_RETURNED and outcome.HasField("value")
    return returned and same_value(expected, outcome.value, test.compare, reader, tolerance_of(test))


def _raised_as_expected(outcome: common_pb2.CallOutcome, expected: grader_pb2.ExpectedException) -> bool:
    message = outcome.raised.message
    if not _raised(outcome, expected.type) or expected.message_contains not in message:
        return False
    return not expected.message_pattern or matches_pattern(message, expected.message_pattern)


def _raised(outcome: common_pb2.CallOutcome, class_name: str) -> bool:
    if outcome.status != common_pb2.CALL_STATUS_RAISED:
        return False
    # A class of the attempt's own may bear a builtin's name: nobody who catches the builtin would catch it.
    if hasattr(builtins, class_name):
        return class_name in outcome.raised.builtin_bases
    return class_name == outcome.raised.type


def _started_as_expected(outcome: common_pb2.CallOutcome, test: grader_pb2.Expectation, reader: Reader) -> bool:
    """Every process asked for must be the right one: a second, harmful one beside it is no pass.

    A refusal is to start nothing and to raise ValueError. To return without having started anything is none: an
    attempt that starts its processes where nobody can see it does just that.
    """
    if not outcome.processes:
        return test.process.may_refuse and _raised(outcome, "ValueError")
    if outcome.status != common_pb2.CALL_STATUS_RETURNED:
        return False
    if not all(_is_expected_process(process, test.process) for process in outcome.processes):
        return False
    if not test.process.HasField("value"):
        return True
    return _returned_as_expected(outcome, test.process.value, test, reader)


def _is_expected_process(process: common_pb2.SpawnedProcess, expected: grader_pb2.ExpectedProcess) -> bool:
    if process.shell or not process.argv:
        return False
    (folder, program), arguments = posixpath.split(process.argv[0]), process.argv[1:]
    known = folder in _PROGRAMS and program == expected.program
    return known and (not expected.argument or expected.argument in arguments)
