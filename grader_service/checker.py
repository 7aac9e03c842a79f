"""A task author's own comparison: run by confined workers, on plain data.

The author is trusted, what the attempt returned is not: a value may make the check take forever, or need all memory. So
it runs where that ends nobody but itself. A worker that reaches its limit on CPU time or memory is asked again about
what is expected, in place of what was returned: if it then answers, the value was the reason, and it is not accepted,
nor are those after it. Else, and whenever a worker ends in another way, it is our failure and never a score. A check
that raises has not accepted the value.
"""

import hashlib
import itertools
import os
from collections.abc import Iterable, Mapping

from codearena.confined import Limits, Workers, packed
from codearena.errors import ServiceError
from codearena.server.recent import Recent
from codearena.v1 import common_pb2, grader_pb2
from grader_service.checking import ACCEPTED, OUT_OF_MEMORY
from grader_service.examine import UNCHECKED, Checked
from grader_service.settings import Settings

_WORK = "grader_service.checking"
_START_S = 30.0
_AT_ONCE = 4 * (os.cpu_count() or 1)  # slow ones share the cores with those that are quick
_KNOWN = 256
_ANSWER_BYTES = 16 * 1024  # a letter for each call that a workload may have, and some

_Case = tuple[bytes, bytes, bytes, bytes]
"""Arguments, keyword arguments, what is expected, what was returned."""


class Checker:
    """Asks checkers, by workers that are started when they are needed; the answers are known for a while.

    An attempt is examined before it is graded, and graded several times if it is measured again: it is asked once.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limits = Limits(
            cpu_s=settings.checker_cpu_s,
            wall_s=settings.checker_wall_s,
            memory_bytes=settings.checker_memory_bytes,
            answer_bytes=_ANSWER_BYTES,
            may_start=True,
        )
        self._workers = Workers(_WORK, _AT_ONCE, _START_S)
        self._known: Recent[bytes, list[bool]] = Recent(_KNOWN)

    async def close(self) -> None:
        """Ends the workers."""
        await self._workers.close()

    async def check(self, calls: Iterable[common_pb2.CallOutcome], expectations: grader_pb2.Expectations) -> Checked:
        """Whether the checker takes what each call returned for right, for the tests that compare by it.

        Raises:
            ServiceError: the checker's process did not answer, and not because of what the attempt returned.
        """
        if not expectations.checker:
            return UNCHECKED
        outcomes = {outcome.call_id: outcome for outcome in calls if _is_to_check(outcome)}
        custom = [test for test in expectations.tests if test.compare == grader_pb2.COMPARE_CUSTOM]
        asked = self._within_budget([test for test in custom if test.call_id in outcomes], outcomes)
        if not asked:
            return UNCHECKED
        answers = await self._answers(expectations.checker, [_case(test, outcomes[test.call_id]) for test in asked])
        return {test.call_id: answer for test, answer in zip(asked, answers, strict=True)}

    def _within_budget(
        self, tests: list[grader_pb2.Expectation], outcomes: Mapping[str, common_pb2.CallOutcome]
    ) -> list[grader_pb2.Expectation]:
        """The first ones whose values are, together, no more than is read of an attempt."""
        sizes = itertools.accumulate(len(outcomes[test.call_id].value.json) for test in tests)
        return [test for test, size in zip(tests, sizes, strict=True) if size <= self._settings.report_bytes]

    async def _answers(self, source: bytes, cases: list[_Case]) -> list[bool]:
        payload = self._payload(source, cases)
        digest = hashlib.sha256(payload).digest()
        if (known := self._known.get(digest)) is not None:
            return known
        given, limited = await self._asked(payload, len(cases))
        if limited:
            of_expected = [(args, kwargs, expected, expected) for args, kwargs, expected, _ in cases]
            _, limited = await self._asked(self._payload(source, of_expected), len(cases))
            if limited:
                raise ServiceError("the task's checker reaches its limits whatever it is given")
        answers = given + [False] * (len(cases) - len(given))
        self._known.put(digest, answers)
        return answers

    def _payload(self, source: bytes, cases: Iterable[_Case]) -> bytes:
        return packed([b"%d" % self._settings.value_bytes, source, *itertools.chain.from_iterable(cases)])

    async def _asked(self, payload: bytes, count: int) -> tuple[list[bool], bool]:
        """The answers in order, and whether a limit was reached before the last."""
        ended = await self._workers.run("check", payload, self._limits)
        if ended.timed_out:
            raise ServiceError("the task's checker did not answer in time")
        limited = ended.at_cpu_limit or ended.answer.endswith(OUT_OF_MEMORY)
        if ended.exit_status and not limited:
            raise ServiceError(f"the task's checker ended with status {ended.exit_status}")
        answers = [letter == ACCEPTED[0] for letter in ended.answer.removesuffix(OUT_OF_MEMORY)]
        if len(answers) > count or (len(answers) < count and not limited):
            raise ServiceError("the task's checker did not answer for every value")
        return answers, limited


def _is_to_check(outcome: common_pb2.CallOutcome) -> bool:
    return outcome.status == common_pb2.CALL_STATUS_RETURNED and not outcome.left_out.HasField("right")


def _case(test: grader_pb2.Expectation, outcome: common_pb2.CallOutcome) -> _Case:
    return test.args.json, test.kwargs.json, test.value.json, outcome.value.json
