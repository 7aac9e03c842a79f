"""Searches for repairs by confined workers: nothing in the gateway's process parses a source."""

import json
import logging
import os
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from codearena.confined import Limits, Workers
from gateway.repair.edits import Kind

log = logging.getLogger(__name__)

_WORK = "gateway.repair.work"
_START_S = 30.0
_WALL_S = 120.0
_ANSWER_BYTES = 16 * 1024 * 1024


class Candidate(BaseModel):
    """A repaired source, as a worker told it: checked as hostile, since the worker had parsed one.

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
        self._limits = Limits(cpu_s, _WALL_S, memory_bytes, _ANSWER_BYTES)
        self._source_bytes = source_bytes
        self._workers = Workers(_WORK, os.cpu_count() or 1, _START_S)

    async def aclose(self) -> None:
        """Ends what is searched."""
        await self._workers.close()

    async def run(self, code: str, error_log: str, wanted: int, wall_s: float) -> list[Candidate]:
        """At most `wanted` candidates, likeliest first. A search that reaches a limit has found what it had by then.

        Raises ServiceError if there can be no workers.
        """
        request = {"text": code, "error_log": error_log, "wanted": wanted}
        return (await self._found("search", request, wall_s))[:wanted]

    async def answer(self, reply: str, entry_point: str | None, wall_s: float) -> Candidate | None:
        """The answer in a model's reply, with what its loops suggest; None if there is none, or it does not parse or is
        too long. entry_point: what it has to define, if that is known. Raises ServiceError as `run`."""
        found = await self._found("reply", {"reply": reply, "entry_point": entry_point}, wall_s)
        return found[0] if found else None

    async def _found(self, kind: str, request: dict[str, object], wall_s: float) -> list[Candidate]:
        payload = json.dumps(request).encode()
        ended = await self._workers.run(kind, payload, self._limits, min(wall_s, _WALL_S))
        if ended.exit_status:
            log.info("a %s of %d bytes ended with %d", kind, len(payload), ended.exit_status)
        return self._candidates(ended.answer)

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
