"""A test of a program in words: what it was given, what it should have written, and where what it wrote differs."""

from codearena.v1 import common_pb2, grader_pb2
from grader_service import render
from grader_service.examine import comparison_of
from grader_service.reading import Reader

_SHOWN_OF_ALL = 4  # bytes of one character, at most


def expected(test: grader_pb2.Expectation, max_chars: int) -> str:
    """The answer as text, or what may stand in for it."""
    if test.compare == grader_pb2.COMPARE_CUSTOM:
        return "an output that the task's check accepts"
    answers = test.output.answers
    text = answer_text(test, max_chars) or "no output"
    return f"{text} (or another of {len(answers)} right outputs)" if len(answers) > 1 else text


def answer_text(test: grader_pb2.Expectation, max_chars: int) -> str:
    """The first right output, cut; empty if only a checker knows."""
    if test.compare == grader_pb2.COMPARE_CUSTOM:
        return ""
    return _text(test.output.answers[0], max_chars)


def got(outcome: common_pb2.CallOutcome, test: grader_pb2.Expectation, reader: Reader) -> str:
    """Of a program that ended by itself: why its output is wrong, or that it is right. reader: of the attempt."""
    if outcome.exit_status:
        return f"exited with status {outcome.exit_status}, which is a failure whatever it printed"
    if outcome.stdout.truncated:
        return f"printed {outcome.stdout.total_bytes} bytes, more than the limit on output: it counts as wrong"
    if test.compare == grader_pb2.COMPARE_CUSTOM:
        return "" if outcome.stdout.head else "printed nothing"
    if not outcome.stdout.head and test.output.answers[0]:
        return "printed nothing"
    if reader.reads_nothing:
        return f"printed {outcome.stdout.total_bytes} bytes, which take too much to compare"
    return comparison_of(test).difference(test.output.answers[0], outcome.stdout.head)


def _text(output: bytes, max_chars: int) -> str:
    """With a mark where it was cut."""
    text = output[: _SHOWN_OF_ALL * (max_chars + 1)].decode("utf-8", "backslashreplace")
    return render.clip(text.rstrip(), max_chars)
