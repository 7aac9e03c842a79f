"""A task author's own comparison: run in a child process with limits, on plain data.

The author is trusted, what the attempt returned is not: a value may make the check take forever, or need all memory. So
it runs where that ends nobody but itself. A child that reaches its limit on CPU time or memory is asked again about
what is expected, in place of what was returned: if it then answers, the value was the reason, and it is not accepted,
nor are those after it. Else, and whenever a child ends in another way, it is our failure and never a score. A check
that raises has not accepted the value.
"""

import hashlib
import itertools
import json
import signal
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path

from codearena.errors import ServiceError
from codearena.v1 import common_pb2, grader_pb2
from grader_service.checker_child import OUT_OF_MEMORY
from grader_service.examine import UNCHECKED, Checked
from grader_service.settings import Settings

_ROOT = Path(__file__).resolve().parent.parent
_KNOWN = 256
_COMMAND = (sys.executable, "-P", "-B", "-s", "-m", "grader_service.checker_child")


class Checker:
    """Asks checkers: a child of its own for each attempt, whose answers are known for a while.

    An attempt is examined before it is graded, and graded several times if it is measured again: it is asked once.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: OrderedDict[bytes, list[bool]] = OrderedDict()

    def check(self, calls: Iterable[common_pb2.CallOutcome], expectations: grader_pb2.Expectations) -> Checked:
        """Whether the checker takes what each call returned for right, for the tests that compare by it.

        Raises:
            ServiceError: the checker's process did not answer, and not because of what the attempt returned.
        """
        outcomes = {outcome.call_id: outcome for outcome in calls if _is_to_check(outcome)}
        custom = [test for test in expectations.tests if test.compare == grader_pb2.COMPARE_CUSTOM]
        asked = self._within_budget([test for test in custom if test.call_id in outcomes], outcomes)
        if not asked:
            return UNCHECKED
        cases = [_case(test, outcomes[test.call_id]) for test in asked]
        source = expectations.checker.decode()
        digest = hashlib.sha256(repr((source, cases)).encode("utf-8", "surrogatepass")).digest()
        answers = self._known.get(digest)
        if answers is None:
            answers = self._known[digest] = self._answers(source, cases)
            while len(self._known) > _KNOWN:
                self._known.popitem(last=False)
        return {test.call_id: answer for test, answer in zip(asked, answers, strict=True)}

    def _within_budget(
        self, tests: list[grader_pb2.Expectation], outcomes: Mapping[str, common_pb2.CallOutcome]
    ) -> list[grader_pb2.Expectation]:
        """The first ones whose values are, together, no more than is read of an attempt."""
        sizes = itertools.accumulate(len(outcomes[test.call_id].value.json) for test in tests)
        return [test for test, size in zip(tests, sizes, strict=True) if size <= self._settings.report_bytes]

    def _answers(self, source: str, cases: list[dict[str, str]]) -> list[bool]:
        given, limited = self._asked(source, cases)
        if limited:
            _, limited = self._asked(source, [{**case, "got": case["expected"]} for case in cases])
            if limited:
                raise ServiceError("the task's checker reaches its limits whatever it is given")
        return given + [False] * (len(cases) - len(given))

    def _asked(self, source: str, cases: list[dict[str, str]]) -> tuple[list[bool], bool]:
        """The answers in order, and whether a limit was reached before the last."""
        settings = self._settings
        request = {
            "source": source,
            "cases": cases,
            "cpu_s": settings.checker_cpu_s,
            "memory_bytes": settings.checker_memory_bytes,
            "value_bytes": settings.value_bytes,
        }
        try:
            child = subprocess.run(
                _COMMAND,
                input=json.dumps(request).encode("ascii"),
                capture_output=True,
                timeout=settings.checker_wall_s,
                # Nothing of ours is inherited: the environment may hold keys.
                env={"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"},
                cwd="/",
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ServiceError("the task's checker did not answer in time") from error
        return _read(child, len(cases))


def _is_to_check(outcome: common_pb2.CallOutcome) -> bool:
    return outcome.status == common_pb2.CALL_STATUS_RETURNED and not outcome.left_out.HasField("right")


def _case(test: grader_pb2.Expectation, outcome: common_pb2.CallOutcome) -> dict[str, str]:
    return {
        "args": test.args.json.decode("ascii"),
        "kwargs": test.kwargs.json.decode("ascii"),
        "expected": test.value.json.decode("ascii"),
        "got": outcome.value.json.decode("ascii", "replace"),  # malformed then, which the child finds
    }


def _read(child: "subprocess.CompletedProcess[bytes]", count: int) -> tuple[list[bool], bool]:
    limited = child.returncode in (-signal.SIGPROF, OUT_OF_MEMORY)
    if child.returncode != 0 and not limited:
        raise ServiceError(f"the task's checker ended with status {child.returncode}")
    answers = [line == b"true" for line in child.stdout.splitlines()]
    if len(answers) > count or (len(answers) < count and not limited):
        raise ServiceError("the task's checker did not answer for every value")
    return answers, limited
