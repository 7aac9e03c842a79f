"""Large reports are read by confined workers: they delay nobody.

What an attempt returned decides what it takes to read it. The reader's budget bounds that, but all attempts share the
interpreter's lock, and a defect in what reads might need all memory. So a report of more than a few kilobytes goes to
one of a few workers. One that reaches its limit on CPU time or memory has shown that the report is the reason: another
is asked to grade it without reading what was returned, which is wrong then. A worker that ends in any other way is ours
to answer for: the report goes to another one, and after that it is a failure of ours and never a score.
"""

import json
import logging
from collections.abc import Sequence

from codearena.confined import Ended, Limits, Workers
from codearena.errors import ERRORS, ServiceError
from codearena.v1 import grader_pb2
from grader_service import metrics
from grader_service.examine import Checked
from grader_service.grader import MEASUREMENTS
from grader_service.settings import Settings
from grader_service.work import FAILED, OUT_OF_MEMORY, Kind

log = logging.getLogger(__name__)

_WORK = "grader_service.work"
_START_S = 30.0
_WALL_S = 50.0  # less than a caller waits, see codearena/server/budgets.py
_ANSWER_BYTES = 8 * 1024 * 1024


class ConfinedGrader:
    """Answers as `Grader` does, by workers that are started when they are needed.

    Every method raises what the grader raises, and ServiceError if two workers were lost over the request.
    """

    def __init__(self, settings: Settings) -> None:
        self._told = settings.model_dump_json().encode()
        self._verdict_cpu_s = settings.confined_cpu_s
        self._limits = Limits(
            cpu_s=MEASUREMENTS * settings.confined_cpu_s,
            wall_s=_WALL_S,
            memory_bytes=settings.confined_memory_bytes,
            answer_bytes=_ANSWER_BYTES,
            items=settings.confined_reports,
        )
        self._workers = Workers(_WORK, settings.confined_processes, _START_S)

    async def grade(self, request: grader_pb2.GradeRequest, checked: Sequence[Checked]) -> grader_pb2.GradeResponse:
        """As `Grader.grade`."""
        verdicts = max(1, len(request.measurements))  # to choose the best of
        return grader_pb2.GradeResponse.FromString(await self._answer(Kind.GRADE, request, checked, verdicts))

    async def examine(
        self, request: grader_pb2.ExamineRequest, checked: Sequence[Checked]
    ) -> grader_pb2.ExamineResponse:
        """As `Grader.examine`."""
        return grader_pb2.ExamineResponse.FromString(await self._answer(Kind.EXAMINE, request, checked, 1))

    async def close(self) -> None:
        """Ends the workers."""
        await self._workers.close()

    async def _answer(
        self,
        kind: Kind,
        request: grader_pb2.GradeRequest | grader_pb2.ExamineRequest,
        checked: Sequence[Checked],
        verdicts: int,
    ) -> bytes:
        async def run(read: bool) -> Ended:
            told = json.dumps([[*map(dict, checked)], read]).encode()
            payload = b"\n".join((self._told, told, request.SerializeToString()))
            return await self._workers.run(kind, payload, self._limits, cpu_s=verdicts * self._verdict_cpu_s)

        ended = await run(read=True)
        if ended.answer == OUT_OF_MEMORY or ended.at_cpu_limit:
            log.warning("a report of %d bytes takes too much to read; what it returned is wrong", request.ByteSize())
            metrics.CONFINED_ENDS.labels("limit").inc()
            ended = await run(read=False)
        elif ended.exit_status:
            log.warning("a worker that graded ended with status %d", ended.exit_status)
            metrics.CONFINED_ENDS.labels("lost").inc()
            ended = await run(read=True)
        if ended.exit_status or ended.answer == OUT_OF_MEMORY:
            raise ServiceError(f"two workers were lost over one report, the last with status {ended.exit_status}")
        if ended.answer[:1] == FAILED:
            slug, detail = json.loads(ended.answer[1:])
            raise ERRORS[slug](detail)
        return ended.answer[1:]
