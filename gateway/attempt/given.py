"""What a task's code as given does at the tests, established once: attempts earn by doing something that it did not.

It runs as attempts do, in a sandbox, on every test whose input is always the same, the hidden ones too: what it would
do with inputs drawn for one attempt is not known, and not needed. Only the grader learns of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from codearena.errors import ServiceError
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from gateway.attempt.briefs import Brief, BriefMaker

Seen = tuple[executor_pb2.Report, grader_pb2.ExamineResponse]
Look = Callable[[Brief], Awaitable[Seen]]
"""Makes the brief's calls on the code as given, and has it examined."""


class Given:
    """The code as given of one task. maker: makes the task's briefs, and is told."""

    def __init__(self, maker: BriefMaker) -> None:
        self._maker = maker
        self._running: dict[str, asyncio.Task[None]] = {}  # by isolation: one that is down holds up no other
        self._established = False

    async def known(self, isolation: str, look: Look) -> None:
        """Returns when the maker knows, so that its briefs say it. Those who wait share the work.

        isolation: that `look` runs it in; empty: the usual. What one of them has found out holds for all.

        Raises:
            ServiceError: we failed; it is tried again for whoever asks next.
        """
        if self._established:
            return
        running = self._running.get(isolation)
        if running is None or running.done():
            running = self._running[isolation] = asyncio.create_task(self._establish(look))
        await asyncio.shield(running)

    async def _establish(self, look: Look) -> None:
        brief = self._maker.given()
        report, examined = await look(brief)
        if len(examined.passes) != len(brief.expectations.tests) + len(brief.expectations.checks):
            raise ServiceError("the grader did not say which tests the code as given passes")
        if self._established:  # by another isolation meanwhile; attempts are held to one of both
            return
        self._established = True
        self._maker.learn(brief, report.analysis.ast_hash, _known(report, brief.expectations, examined.passes))


def _known(
    report: executor_pb2.Report, expectations: grader_pb2.Expectations, passes: Sequence[bool]
) -> list[bool | None]:
    """What is known of each test and check: nothing of a test whose call was not made, though the code did load."""
    ran = report.status == executor_pb2.ATTEMPT_STATUS_RAN
    left_out = {call.call_id for call in report.calls if ran and call.status == common_pb2.CALL_STATUS_NOT_RUN}
    ids = [test.call_id for test in expectations.tests] + [""] * len(expectations.checks)
    return [None if call_id in left_out else passed for call_id, passed in zip(ids, passes, strict=True)]
