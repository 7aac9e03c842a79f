"""Waits for conditions, never for time."""

import asyncio
import time
from collections.abc import Awaitable, Callable

_POLL_S = 0.05
PATIENCE_S = 120.0
"""Longest wait for anything that takes a second on an idle machine; this one may be busy with other work."""


async def until(condition: Callable[[], Awaitable[bool]], what: str, timeout_s: float = PATIENCE_S) -> None:
    """Returns once the condition holds.

    Raises:
        TimeoutError: it did not in time; `what` says what was waited for.
    """
    deadline = time.monotonic() + timeout_s
    while not await condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout_s:.0f} s: {what}")
        await asyncio.sleep(_POLL_S)  # nothing tells when another process has come so far
