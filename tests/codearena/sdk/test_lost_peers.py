"""A request to a machine that is gone does not wait for its whole time."""

import asyncio
from pathlib import Path

import pytest

from codearena import AsyncCodeArena
from tests.integration.waiting import until

_SOCKETS = Path("/proc/net/tcp")
_KEEPALIVE = "02"  # proc(5): which timer of a connection runs
_TICKS_PER_S = 100
_IDLE_S = 5


def _timers_to(port: int) -> list[tuple[str, float]]:
    """Of each connection to the port: which timer runs, and when it is due, in seconds."""
    rows = [line.split() for line in _SOCKETS.read_text().splitlines()[1:]]
    timers = [row[5].split(":") for row in rows if row[2].endswith(f":{port:04X}")]
    return [(kind, int(due, 16) / _TICKS_PER_S) for kind, due in timers]


@pytest.mark.skipif(not _SOCKETS.exists(), reason="no /proc/net/tcp to look at")
async def test_a_silent_peer_is_asked_whether_it_is_still_there() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with AsyncCodeArena(f"http://127.0.0.1:{port}") as arena:
            asked = asyncio.create_task(arena.health())

            async def watched() -> bool:
                return any(kind == _KEEPALIVE and due_s <= _IDLE_S for kind, due_s in _timers_to(port))

            await until(watched, "the kernel is to ask the peer")
            asked.cancel()
            await asyncio.wait([asked])
