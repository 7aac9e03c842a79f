"""What became of every test of a task, in words for its author, who may see hidden ones too."""

import textwrap
from collections.abc import Iterator

from codearena.models import Verdict, VisibleTest

SETTINGS = {
    "CODEARENA_GRADER_SHOWN_VALUE_CHARS": "4000",
    "CODEARENA_GRADER_SHOWN_OUTPUT_CHARS": "8000",
    "CODEARENA_GRADER_SHOWN_TESTS_BYTES": str(1024 * 1024),
    "CODEARENA_GRADER_FEEDBACK_BYTES": str(256 * 1024),
}
"""Of a gateway of the author's own: an agent is shown less."""


def report(verdict: Verdict, *, whole: bool) -> str:
    """A paragraph for each test: name, input, expected, got, what it printed. whole: of those that passed, too.

    verdict: on a task of which every test is visible. Where no test says anything, it is the error log.
    """
    told = [test for test in verdict.tests if whole or not test.passed]
    return "\n".join(line for test in told for line in _lines(test)) or verdict.error_log


def _lines(test: VisibleTest) -> Iterator[str]:
    yield f"{'passed' if test.passed else 'FAILED'} {test.name}"
    for label, text in (
        ("input", test.input),
        ("expected", test.expected),
        ("got", test.got or test.status.removesuffix("unspecified")),
        ("printed", test.stdout),
    ):
        if text:
            yield textwrap.indent(f"{label}: {text}", "    ")
