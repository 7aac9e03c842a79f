"""What the agent is shown: the next error log, and the visible tests one by one.

Of hidden tests it shows a count and nothing else: no name, no value, nothing that the attempt raised, wrote or took its
time for while they ran, since an attempt can print its arguments. For the same reason nothing that the attempt wrote in
a visible call is shown if a hidden call came before it in the same process: it may have kept that call's arguments.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from codearena import steps, values
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service import program_feedback, render
from grader_service.efficiency import Efficiency
from grader_service.examine import ExaminedTest
from grader_service.reading import Reader
from grader_service.settings import Settings

_HOW: dict[grader_pb2.Compare.ValueType, str] = {
    grader_pb2.COMPARE_UNORDERED: ", in any order",
    grader_pb2.COMPARE_SET: ", in any order and any number of times",
}
_WITHHELD = "not shown: it ran after a hidden test"
_SHOWN_PROCESSES = 20
_NO_ROOM = "not shown, to keep this short"

STATUS_WORDS: dict[common_pb2.CallStatus.ValueType, str] = {
    common_pb2.CALL_STATUS_RETURNED: "returned",
    common_pb2.CALL_STATUS_RAISED: "raised an exception",
    common_pb2.CALL_STATUS_TIME_LIMIT: "exceeded its time limit",
    common_pb2.CALL_STATUS_MEMORY_LIMIT: "exceeded its memory limit",
    common_pb2.CALL_STATUS_OUTPUT_LIMIT: "printed or returned more than the limit on output",
    common_pb2.CALL_STATUS_PROCESS_LIMIT: "started more processes or threads than its limit",
    common_pb2.CALL_STATUS_CRASHED: "ended the process without an answer",
    common_pb2.CALL_STATUS_UNENCODABLE: "returned something that is not plain data",
    common_pb2.CALL_STATUS_NOT_RUN: "was not run",
    common_pb2.CALL_STATUS_UNDEFINED: "found nothing to call",
}
"""How a call ended, as a predicate of "the call"."""


@dataclass(frozen=True)
class Showing:
    """How an attempt is shown. reader: of its values, with what its budget has left after the comparison."""

    settings: Settings
    reader: Reader


def visible_outcomes(examined: list[ExaminedTest], showing: Showing) -> list[grader_pb2.TestOutcome]:
    """The visible tests and checks, in order, every text bounded.

    All texts together are bounded too, since they are stored with the attempt: tests after the first ones that fill
    the room have their name, status and whether they passed.
    """
    shown, room = [], showing.settings.shown_tests_bytes
    for test in examined:
        if not test.visible:
            continue
        seen = _outcome(test, showing) if room > 0 else _bare(test, showing)
        size = seen.ByteSize()
        if size > room > 0:
            seen = _bare(test, showing)
            room = 0
        room -= size
        shown.append(seen)
    return shown


def _bare(test: ExaminedTest, showing: Showing) -> grader_pb2.TestOutcome:
    status = test.outcome.status if test.outcome else common_pb2.CALL_STATUS_UNSPECIFIED
    if test.outcome is None and (test.expectation is not None or test.check is None):
        status = common_pb2.CALL_STATUS_NOT_RUN
    name = _one_line(test.name, showing.settings.shown_value_chars)
    return grader_pb2.TestOutcome(name=name, passed=test.passed, got=_NO_ROOM, status=status)


def error_log(
    report: executor_pb2.Report, examined: list[ExaminedTest], speed: Efficiency, showing: Showing, remark: str = ""
) -> str:
    """The next error log, at most `feedback_bytes` long: what kept the attempt from a full score, the worst first.

    remark: a line that comes before all tests; empty: none.
    """
    settings = showing.settings
    if report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR:
        text = syntax_problem(report.analysis.problem, settings)
    elif report.status == executor_pb2.ATTEMPT_STATUS_LOAD_ERROR:
        text = _load_problem(report.load, settings)
    elif all(test.passed for test in examined):
        text = _all_passed(len(examined), speed)
    else:
        text = _failed_tests(examined, showing)
    text = f"{remark}\n{text}" if remark else text
    return render.clip_bytes(text, settings.feedback_bytes)


def syntax_problem(problem: executor_pb2.SyntaxProblem, settings: Settings) -> str:
    """As Python writes it: the error, the line, and a caret below the column if both are known."""
    limit = settings.shown_value_chars
    where = f" (line {problem.line})" if problem.line > 0 else ""
    lines = [_one_line(f"{problem.type or 'SyntaxError'}: {problem.message}", limit) + where]
    if problem.text:
        text = problem.text.rstrip("\n")
        # The caret goes below the column of the line as shown: escapes and tabs before it are wider than one.
        before = _one_line(text[: max(0, problem.column - 1)], limit)
        lines.append("    " + _one_line(text, limit))
        if 0 < problem.column <= len(text) + 1 and len(before) < limit:
            lines.append("    " + " " * len(before) + "^")
    return "\n".join(lines)


def call_ended(outcome: common_pb2.CallOutcome, settings: Settings) -> str:
    """One line on how a call ended, without the returned value."""
    limit = settings.shown_value_chars
    if outcome.status == common_pb2.CALL_STATUS_RAISED:
        message = f": {outcome.raised.message}" if outcome.raised.message else ""
        return _one_line(f"raised {outcome.raised.type}{message}", limit)
    words = STATUS_WORDS[outcome.status]
    if outcome.status == common_pb2.CALL_STATUS_CRASHED and outcome.signal:
        words += f" (signal {outcome.signal})"
    detail = f": {outcome.detail}" if outcome.detail else ""
    return _one_line(words + detail, limit)


def _load_problem(load: common_pb2.CallOutcome, settings: Settings) -> str:
    lines = [f"The module does not load: it {call_ended(load, settings)}"]
    lines += _written(load, settings)
    return "\n".join([*lines, "No test was run."])


def _all_passed(total: int, speed: Efficiency) -> str:
    text = f"All {total} tests passed."
    if speed.untold:
        return f"{text}\nEfficiency could not be measured: the host was too busy to tell. It counts as nothing."
    if speed.ratio is not None and speed.score < 1:
        ratio = f"about {steps.tenth_of_decade(speed.ratio):g} times the CPU time of the reference solution"
        text = f"{text}\nEfficiency {speed.score:.2f}: {ratio}."
    return f"{text}{_measured_up_to(speed)}"


def _measured_up_to(speed: Efficiency) -> str:
    """Why an attempt that passes was not measured on larger inputs; empty if it was."""
    if speed.broke_at is not None:
        what = f"An input of size {speed.broke_at} was too large for it: it recursed too deeply, or ran out of memory."
    elif speed.limited_at is not None:
        what = f"An input of size {speed.limited_at} took it more time than there was."
    else:
        return ""
    return f"\n{what} It was measured on smaller ones." if speed.sizes else f"\n{what}"


def _failed_tests(examined: list[ExaminedTest], showing: Showing) -> str:
    """A summary, then failed visible tests in detail as long as they fit, then the names of the passed ones."""
    settings = showing.settings
    visible = [test for test in examined if test.visible]
    hidden = [test for test in examined if not test.visible]
    summary = [
        f"{_passed(group)} of {len(group)} {name} tests passed."
        for group, name in ((visible, "visible"), (hidden, "hidden"))
        if group
    ]
    summary += _why_not_run(examined, settings)
    failed = [test for test in visible if not test.passed]
    names = ["passed: " + _one_line(test.name, settings.shown_value_chars) for test in visible if test.passed]
    passed = ["\n".join(names)] if names else []
    details = itertools.chain((_failed_test(test, showing) for test in failed), passed)
    return _fitting(" ".join(summary), details, len(failed) + len(passed), settings.feedback_bytes)


def _why_not_run(examined: list[ExaminedTest], settings: Settings) -> list[str]:
    """The runner's own words for it, which tell nothing of the calls that were made."""
    outcomes = (test.outcome for test in examined if test.expectation and not test.expectation.HasField("script_test"))
    reasons = (each.detail for each in outcomes if each and each.status == common_pb2.CALL_STATUS_NOT_RUN)
    why = next((reason for reason in reasons if reason), "")
    return [f"Tests were not run, and count as failed: {_one_line(why, settings.shown_value_chars)}."] if why else []


def _fitting(first: str, blocks: Iterator[str], count: int, max_bytes: int) -> str:
    """As many blocks as fit, and a line that says how many were left out: those that do not fit are not even made."""
    room = max_bytes - 80 - len(first.encode("utf-8"))  # for that line
    texts = [first]
    for number, block in enumerate(blocks):
        room -= len(block.encode("utf-8")) + 2
        if room < 0:
            return "\n\n".join([*texts, f"({count - number} more not shown, to keep this short)"])
        texts.append(block)
    return "\n\n".join(texts)


def _passed(tests: list[ExaminedTest]) -> int:
    return sum(test.passed for test in tests)


def _failed_test(test: ExaminedTest, showing: Showing) -> str:
    seen, settings = _outcome(test, showing), showing.settings
    lines = [f"FAILED {seen.name}"]
    if test.expectation is not None and test.expectation.HasField("script_test"):
        return "\n".join(lines + _script_test(test, test.expectation, settings))
    if test.expectation is not None and test.expectation.HasField("output"):
        return "\n".join(lines + _program_test(test, test.expectation, seen.got, settings))
    lines += [
        f"  {label}: {text}"
        for label, text in (("input", seen.input), ("expected", seen.expected), ("got", seen.got))
        if text
    ]
    if test.outcome is not None and test.ran_before_hidden:
        lines += _written(test.outcome, settings)
    return "\n".join(lines)


def _script_test(test: ExaminedTest, expectation: grader_pb2.Expectation, settings: Settings) -> list[str]:
    """The test's source, and where and how it failed, in the referee's words; both lines of many."""
    parts = [("test", render.passage(expectation.input, settings.shown_output_chars))]
    outcome = test.outcome or common_pb2.CallOutcome(status=common_pb2.CALL_STATUS_NOT_RUN)
    if test.ran_before_hidden:
        ended = outcome.detail or f"the script {STATUS_WORDS[outcome.status]}"
        parts.append(("failed", render.passage(ended, settings.shown_output_chars)))
    lines = [f"  {label}:\n{render.indent(text, '    | ')}" for label, text in parts if text]
    return lines + (_written(outcome, settings) if test.ran_before_hidden else [])


def _program_test(test: ExaminedTest, expectation: grader_pb2.Expectation, got: str, settings: Settings) -> list[str]:
    """Input and answer as they are, line by line, then where the output differs, and the output."""
    limit = settings.shown_output_chars
    parts = [("input", expectation.input), ("expected", program_feedback.answer_text(expectation, limit))]
    lines = [
        f"  {label}:\n{render.indent(render.passage(text, limit), '    | ')}" for label, text in parts if text.strip()
    ]
    lines += [f"  got: {got}"] if got else []
    return lines + (_written(test.outcome, settings) if test.outcome and test.ran_before_hidden else [])


def _written(outcome: common_pb2.CallOutcome, settings: Settings) -> list[str]:
    """Traceback and output of a call, each line marked, so that it cannot pass for a line of ours."""
    limit = settings.shown_output_chars
    traceback = render.passage(outcome.raised.traceback, limit)
    streams = [("printed", outcome.stdout), ("printed to stderr", outcome.stderr)]
    parts = [("traceback", traceback), *((label, render.output(stream, limit)) for label, stream in streams)]
    return [f"  {label}:\n{render.indent(text, '    | ')}" for label, text in parts if text]


def _outcome(test: ExaminedTest, showing: Showing) -> grader_pb2.TestOutcome:
    settings = showing.settings
    name = _one_line(test.name, settings.shown_value_chars)
    if test.expectation is None:
        return _check_outcome(test, name, settings)
    outcome = test.outcome or common_pb2.CallOutcome(status=common_pb2.CALL_STATUS_NOT_RUN)
    return grader_pb2.TestOutcome(
        name=name,
        passed=test.passed,
        input=_one_line(test.expectation.input, settings.shown_value_chars),
        expected=_expected(test.expectation, showing),
        got=_got(outcome, test.expectation, showing) if test.ran_before_hidden else _WITHHELD,
        stdout=render.output(outcome.stdout, settings.shown_output_chars) if test.ran_before_hidden else "",
        status=outcome.status,
    )


def _check_outcome(test: ExaminedTest, name: str, settings: Settings) -> grader_pb2.TestOutcome:
    seen = grader_pb2.TestOutcome(name=name, passed=test.passed, expected="the source keeps this rule")
    if test.check is None:
        seen.status = common_pb2.CALL_STATUS_NOT_RUN
    elif not test.passed:
        where = f"line {test.check.line}: " if test.check.line > 0 else ""
        seen.got = _one_line(where + (test.check.detail or "the rule is broken"), settings.shown_value_chars)
    return seen


def _expected(test: grader_pb2.Expectation, showing: Showing) -> str:
    limit = showing.settings.shown_value_chars
    if test.HasField("script_test"):
        return "the test passes"
    if test.HasField("raises"):
        about = f" with {test.raises.message_contains!r} in its message" if test.raises.message_contains else ""
        about += f" with a message like {test.raises.message_pattern!r}" if test.raises.message_pattern else ""
        return _one_line(f"raises {test.raises.type}{about}", limit)
    if test.HasField("process"):
        return _one_line(_expected_process(test.process, showing), limit)
    if test.HasField("output"):
        return _one_line(program_feedback.expected(test, limit), limit)
    if test.compare == grader_pb2.COMPARE_CUSTOM:
        return "a value that the task's check accepts"
    shown = _expected_value(test.value, showing)
    if test.compare == grader_pb2.COMPARE_SAME_TYPE:
        return _one_line(f"a value of the type of {shown}", limit)
    return _one_line(shown + _HOW.get(test.compare, ""), limit)


def _expected_process(expected: grader_pb2.ExpectedProcess, showing: Showing) -> str:
    text = f"starts {expected.program} without a shell"
    if expected.argument:
        text += f", with {expected.argument!r} as one whole argument"
    if expected.HasField("value"):
        text += f", and returns {_expected_value(expected.value, showing)}"
    return text + (", or starts nothing and raises ValueError" if expected.may_refuse else "")


def _got(outcome: common_pb2.CallOutcome, test: grader_pb2.Expectation, showing: Showing) -> str:
    limit = showing.settings.shown_value_chars
    returned = outcome.status == common_pb2.CALL_STATUS_RETURNED
    if test.HasField("script_test") and (returned or outcome.detail):
        return _one_line(outcome.detail or "it passed", limit)
    if test.HasField("output") and returned:
        found = program_feedback.got(outcome, test, showing.reader)
        return _one_line(found or render.output(outcome.stdout, limit), limit)
    ended = _got_value(outcome.value, test, showing) if returned else call_ended(outcome, showing.settings)
    if not test.HasField("process"):
        return _one_line(ended, limit)
    processes = (f"{list(process.argv)}{' by a shell' if process.shell else ''}" for process in outcome.processes)
    started = ", ".join(text[: limit + 1] for text in itertools.islice(processes, _SHOWN_PROCESSES))
    return _one_line(f"started {started or 'nothing'}; {'returned ' if returned else ''}{ended}", limit)


def _expected_value(expected: common_pb2.EncodedValue, showing: Showing) -> str:
    try:
        tree = showing.reader.expected(expected)
    except values.MalformedValueError:
        return "a value that cannot be read"
    return render.value(tree.json, showing.settings.shown_value_chars)


def _got_value(got: common_pb2.EncodedValue, test: grader_pb2.Expectation, showing: Showing) -> str:
    expected = test.process.value if test.HasField("process") else test.value
    tree = showing.reader.got(got, expected if expected.json else None)
    if tree is not None:
        return render.value(tree.json, showing.settings.shown_value_chars)
    if showing.reader.left_unread(got):
        return f"more than is read of what an attempt returns: a value of {len(got.json)} bytes"
    return "a value that cannot be read"


def _one_line(text: str, max_chars: int) -> str:
    return render.clip(render.plain(text[: max_chars + 1]).replace("\n", "\\n"), max_chars)
