"""Searches for repairs in limited processes of their own: nothing in the gateway's process parses a source."""

import asyncio
import json
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.repair.edits import Kind

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parent.parent.parent
_CHUNK_BYTES = 64 * 1024
_ANSWER_BYTES = 16 * 1024 * 1024


class Candidate(BaseModel):
    """A repaired source, as the process told it: checked as hostile, since that process had parsed one.

    cost: how unlikely it is to be what is wanted, from 0; complexity, hint: what its loops suggest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    kinds: Annotated[tuple[Kind, ...], Field(max_length=16)]
    notes: Annotated[tuple[Annotated[str, Field(max_length=4000)], ...], Field(max_length=64)]
    cost: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    complexity: Annotated[str, Field(max_length=20)]
    hint: Annotated[str, Field(max_length=200)]


class Searches:
    """Runs searches. cpu_s, memory_bytes: of one of them; source_bytes: a longer text is no candidate."""

    def __init__(self, cpu_s: int, memory_bytes: int, source_bytes: int) -> None:
        self._limits = (str(cpu_s), str(memory_bytes))
        self._source_bytes = source_bytes

    async def run(self, code: str, error_log: str, wanted: int, wall_s: float) -> list[Candidate]:
        """At most `wanted` candidates, likeliest first. A search that reaches a limit has found what it had by then."""
        answer = await self._answer({"code": code, "error_log": error_log, "wanted": wanted}, wall_s)
        return self._candidates(answer)[:wanted]

    async def _answer(self, request: dict[str, object], wall_s: float) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-B", "-s", "-m", "gateway.repair.child", *self._limits),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Nothing of ours is inherited: the environment may hold keys.
            env={"PYTHONPATH": str(_ROOT), "PYTHONWARNINGS": "ignore", "LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
        answer = bytearray()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(wall_s):
                    await _exchange(process, json.dumps(request).encode(), answer)
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, 9)
            await process.wait()
        if process.returncode:
            size = len(str(request.get("code") or request.get("reply")))
            log.info("a search of %d characters ended with %d", size, process.returncode)
        return bytes(answer)

    async def answer(self, reply: str, entry_point: str | None, wall_s: float) -> Candidate | None:
        """The answer in a model's reply, with what its loops suggest; None if there is none, or it does not parse or is
        too long. entry_point: what it has to define, if that is known."""
        found = self._candidates(await self._answer({"reply": reply, "entry_point": entry_point}, wall_s))
        return found[0] if found else None

    def _candidates(self, answer: bytes) -> list[Candidate]:
        """Of every whole line; one that is not of the agreed form ends the list."""
        found: list[Candidate] = []
        for line in answer.split(b"\n")[:-1]:
            try:
                candidate = Candidate.model_validate_json(line)
            except ValidationError:
                log.warning("a search answered nonsense")
                break
            if len(candidate.text.encode(errors="replace")) <= self._source_bytes:
                found.append(candidate)
        return found


async def _exchange(process: asyncio.subprocess.Process, request: bytes, answer: bytearray) -> None:
    """Sends the request and collects the answer, as far as it goes."""
    assert process.stdin and process.stdout
    with suppress(ConnectionError):
        process.stdin.write(request)
        await process.stdin.drain()
        process.stdin.close()
    while len(answer) < _ANSWER_BYTES and (chunk := await process.stdout.read(_CHUNK_BYTES)):
        answer += chunk
    if len(answer) < _ANSWER_BYTES:
        await process.wait()
