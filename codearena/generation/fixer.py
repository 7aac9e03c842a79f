"""The built-in fixer, asked how soon it comes upon a repair that is known: a process of its own."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass

from codearena.errors import ServiceError

_ANSWER_BYTES = 1024


@dataclass(frozen=True)
class Question:
    """Buggy code, the error log that its agent is shown, and the code that is right."""

    code: str
    error_log: str
    reference: str


class Fixer:
    """`python -m gateway.repair.ranking`. Use as an async context manager."""

    async def __aenter__(self) -> "Fixer":
        command = (sys.executable, "-m", "gateway.repair.ranking")
        self._process: Process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        self._turn = asyncio.Lock()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def ranks(self, questions: Sequence[Question]) -> list[int | None]:
        """Of each, at which of its first candidates the fixer has the right code; None: it has not.

        Raises ServiceError if the process ended.
        """
        async with self._turn:
            asking = asyncio.create_task(self._ask(questions))
            try:
                return [await self._answer() for _ in questions]
            finally:
                asking.cancel()

    async def _ask(self, questions: Sequence[Question]) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        for question in questions:
            stdin.write(json.dumps(vars(question)).encode() + b"\n")
            await stdin.drain()

    async def _answer(self) -> int | None:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise ServiceError("the fixer's process ended")
        rank: int | None = json.loads(line[:_ANSWER_BYTES])["rank"]
        return rank
