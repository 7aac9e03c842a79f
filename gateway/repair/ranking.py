"""`python -m gateway.repair.ranking`: how soon the built-in fixer's search comes upon a known repair.

Reads a line of JSON for each question from stdin: {"code", "error_log", "reference"}; writes a line for each, in order:
{"rank": place of the candidate that is the reference, from 1; null: it is not among the first}. Nothing is graded: a
repair that is right in another way than the reference is not found out.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator

from codearena.generation.identity import tokens
from gateway.repair.searches import Searches
from gateway.settings import Settings

WANTED = 40
"""Candidates that are looked at."""
_LINE_BYTES = 16 * 1024 * 1024
_WALL_S = 30.0


async def rank(searches: Searches, question: dict[str, str]) -> int | None:
    """The place of the reference among the candidates for the code, from 1; None: it is none of them."""
    wanted = tokens(question["reference"])
    found = await searches.run(question["code"], question["error_log"], WANTED, _WALL_S)
    return next((place for place, each in enumerate(found, start=1) if tokens(each.text) == wanted), None)


async def _questions() -> AsyncIterator[dict[str, str]]:
    reader = asyncio.StreamReader(limit=_LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


async def _answer_all(settings: Settings) -> None:
    searches = Searches(settings.fixer_search_cpu_s, settings.fixer_search_memory_bytes, settings.source_bytes)
    waiting: asyncio.Queue[asyncio.Task[int | None] | None] = asyncio.Queue(2 * (os.cpu_count() or 1))

    async def write() -> None:
        while (task := await waiting.get()) is not None:
            sys.stdout.write(json.dumps({"rank": await task}) + "\n")
            sys.stdout.flush()

    writing = asyncio.create_task(write())
    try:
        async for question in _questions():
            await waiting.put(asyncio.create_task(rank(searches, question)))
        await waiting.put(None)
        await writing
    finally:
        writing.cancel()
        await searches.aclose()


if __name__ == "__main__":
    asyncio.run(_answer_all(Settings()))
