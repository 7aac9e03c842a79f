"""Large reports are read in processes of their own, which limit themselves: they delay nobody.

What an attempt returned decides what it takes to read it. The reader's budget bounds that, but all attempts share the
interpreter's lock, and a defect in what reads might need all memory. So a report of more than a few kilobytes goes to
one of a few children. A child that reaches its limit on CPU time or memory has shown that the report is the reason:
another is asked to grade it without reading what was returned, which is wrong then. A child that ends in any other way
is ours to answer for: the report goes to another one, and after that it is a failure of ours and never a score.
"""

import asyncio
import json
import logging
import signal
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from codearena.errors import ERRORS, CodeArenaError, ServiceError
from codearena.v1 import grader_pb2
from grader_service import metrics
from grader_service.confined_child import EXAMINE, FAILED, GRADE, OUT_OF_MEMORY, READ, UNREAD
from grader_service.settings import Settings

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parent.parent
_LENGTH = struct.Struct(">I")
_REACHED_A_LIMIT = (-signal.SIGXCPU, OUT_OF_MEMORY)


class _EndedError(Exception):
    """The child ended without an answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class _Child:
    """One process, which grades one report after the other."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.asked = 0

    @classmethod
    async def start(cls, settings: Settings) -> Self:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-B", "-s", "-m", "grader_service.confined_child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Nothing of ours is inherited: the environment may hold keys.
            env={"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
        child = cls(process)
        child._send(settings.model_dump_json().encode())
        return child

    async def ask(self, question: bytes, request: bytes) -> bytes:
        """The answer. Raises _EndedError if there is none; a caller who stops waiting ends the child."""
        self.asked += 1
        assert self._process.stdin and self._process.stdout
        try:
            self._send(question, request)
            with suppress(ConnectionError):
                await self._process.stdin.drain()
            (length,) = _LENGTH.unpack(await self._process.stdout.readexactly(_LENGTH.size))
            return await self._process.stdout.readexactly(length)
        except asyncio.IncompleteReadError:
            raise _EndedError(await self._process.wait()) from None
        except BaseException:
            await self.end()
            raise

    async def end(self) -> None:
        """Ends the process, whatever it is at."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    def _send(self, *parts: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.writelines([_LENGTH.pack(sum(map(len, parts))), *parts])


class ConfinedGrader:
    """Answers as `Grader` does, from children that are started when they are needed and kept.

    Every method raises what the grader raises, and ServiceError if two children were lost over the request.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._places = asyncio.Semaphore(settings.confined_processes)
        self._idle: list[_Child] = []
        self._closed = False

    async def grade(self, request: grader_pb2.GradeRequest) -> grader_pb2.GradeResponse:
        """As the rpc says."""
        return grader_pb2.GradeResponse.FromString(await self._answer(GRADE, request.SerializeToString()))

    async def examine(self, request: grader_pb2.ExamineRequest) -> grader_pb2.ExamineResponse:
        """As the rpc says."""
        return grader_pb2.ExamineResponse.FromString(await self._answer(EXAMINE, request.SerializeToString()))

    async def close(self) -> None:
        """Ends every child; of those at work when they are done."""
        self._closed = True
        idle, self._idle = self._idle, []
        for child in idle:
            await child.end()

    async def _answer(self, kind: bytes, request: bytes) -> bytes:
        try:
            return await self._asked(kind + READ, request)
        except _EndedError as ended:
            if ended.status in _REACHED_A_LIMIT:
                log.warning("a report of %d bytes takes too much to read; what it returned is wrong", len(request))
                metrics.CONFINED_ENDS.labels("limit").inc()
                question = kind + UNREAD
            else:
                log.warning("a process that graded ended with %s, starting another", ended)
                metrics.CONFINED_ENDS.labels("lost").inc()
                question = kind + READ
        try:
            return await self._asked(question, request)
        except _EndedError as ended:
            raise ServiceError(f"two processes were lost over one report: {ended}") from ended

    async def _asked(self, question: bytes, request: bytes) -> bytes:
        async with self._places:
            child = self._idle.pop() if self._idle else await _Child.start(self._settings)
            answer = await child.ask(question, request)
            if self._closed or child.asked >= self._settings.confined_reports:
                await child.end()
            else:
                self._idle.append(child)
        if answer[:1] == FAILED:
            raise _error(answer[1:])
        return answer[1:]


def _error(told: bytes) -> CodeArenaError:
    slug, detail = json.loads(told)
    return ERRORS[slug](detail)
