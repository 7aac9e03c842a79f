"""A task author's own comparison: run by confined workers, on plain data.

The author is trusted, what the attempt returned is not: a value may make the check take forever, or need all memory. So
it runs where that ends nobody but itself. A worker that reaches its limit on CPU time or memory is asked again about
what is expected, in place of what was returned: if it then answers, the value was the reason, and it is not accepted,
nor are those after it. Else, and whenever a worker ends in another way, it is our failure and never a score. A check
that raises has not accepted the value.
"""

import hashlib
import itertools
import math
import os
from collections.abc import Iterable

from codearena.confined import Limits, Workers, packed
from codearena.errors import ServiceError
from codearena.server.recent import Recent
from codearena.v1 import common_pb2, grader_pb2
from grader_service.checking import ACCEPTED, OUT_OF_MEMORY, Kind
from grader_service.examine import UNCHECKED, Checked, ended_well
from grader_service.settings import Settings

_WORK = "grader_service.checking"
_START_S = 30.0
_AT_ONCE = 4 * (os.cpu_count() or 1)  # slow ones share the cores with those that are quick
_KNOWN = 256
_SHARE = 32  # values that the CPU time of the settings is for; more get as much more, up to
_MOST_SHARES = 8
_ANSWER_BYTES = 16 * 1024  # a letter for each call that a workload may have, and some

_Case = tuple[bytes, ...]
"""The parts of a value or an output, as in checking.py: the last two are what is expected and what came."""


class Checker:
    """Asks checkers, by workers that are started when they are needed; the answers are known for a while.

    An attempt is examined before it is graded, and graded several times if it is measured again: it is asked once.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limits = Limits(
            cpu_s=_MOST_SHARES * settings.checker_cpu_s,
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
        outcomes = {outcome.call_id: outcome for outcome in calls}
        custom = [test for test in expectations.tests if test.compare == grader_pb2.COMPARE_CUSTOM]
        to_check = [test for test in custom if test.call_id in outcomes and _is_to_check(outcomes[test.call_id], test)]
        kind = Kind.OUTPUTS if any(test.HasField("output") for test in to_check) else Kind.VALUES
        cases = [_case(test, outcomes[test.call_id]) for test in to_check]
        asked = self._within_budget(cases, kind)
        if not asked:
            return UNCHECKED
        answers = await self._answers(expectations.checker, asked, kind)
        return {test.call_id: answer for test, answer in zip(to_check, answers, strict=False)}

    def _within_budget(self, cases: list[_Case], kind: Kind) -> list[_Case]:
        """The first ones whose values are, together, no more than is read of an attempt.

        An output may be as large as its answer on top of that.
        """
        free = 2 if kind is Kind.OUTPUTS else 0
        sizes = itertools.accumulate(max(0, len(case[-1]) - free * len(case[-2])) for case in cases)
        return [case for case, size in zip(cases, sizes, strict=True) if size <= self._settings.report_bytes]

    async def _answers(self, source: bytes, cases: list[_Case], kind: Kind) -> list[bool]:
        payload = self._payload(source, cases)
        digest = hashlib.sha256(kind.encode() + payload).digest()
        if (known := self._known.get(digest)) is not None:
            return known
        given, limited = await self._asked(payload, len(cases), kind)
        if limited:
            of_expected = [(*case[:-1], case[-2]) for case in cases]
            _, limited = await self._asked(self._payload(source, of_expected), len(cases), kind)
            if limited:
                raise ServiceError("the task's checker reaches its limits whatever it is given")
        answers = given + [False] * (len(cases) - len(given))
        self._known.put(digest, answers)
        return answers

    def _payload(self, source: bytes, cases: Iterable[_Case]) -> bytes:
        return packed([b"%d" % self._settings.value_bytes, source, *itertools.chain.from_iterable(cases)])

    async def _asked(self, payload: bytes, count: int, kind: Kind) -> tuple[list[bool], bool]:
        """The answers in order, and whether a limit was reached before the last."""
        shares = min(_MOST_SHARES, math.ceil(count / _SHARE))
        ended = await self._workers.run(kind, payload, self._limits, cpu_s=shares * self._settings.checker_cpu_s)
        if ended.timed_out:
            raise ServiceError("the task's checker did not answer in time")
        limited = ended.at_cpu_limit or ended.answer.endswith(OUT_OF_MEMORY)
        if ended.exit_status and not limited:
            raise ServiceError(f"the task's checker ended with status {ended.exit_status}")
        answers = [letter == ACCEPTED[0] for letter in ended.answer.removesuffix(OUT_OF_MEMORY)]
        if len(answers) > count or (len(answers) < count and not limited):
            raise ServiceError("the task's checker did not answer for every value")
        return answers, limited


def _is_to_check(outcome: common_pb2.CallOutcome, test: grader_pb2.Expectation) -> bool:
    if outcome.left_out.HasField("right"):
        return False
    return ended_well(outcome) if test.HasField("output") else outcome.status == common_pb2.CALL_STATUS_RETURNED


def _case(test: grader_pb2.Expectation, outcome: common_pb2.CallOutcome) -> _Case:
    if test.HasField("output"):
        return test.output.stdin, b"".join(test.output.answers), outcome.stdout.head
    return test.args.json, test.kwargs.json, test.value.json, outcome.value.json
