"""When to try again: one policy for whoever does."""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_DOUBLINGS_MAX = 64  # no wait is so much longer than the first, and a float could not hold a thousand of them


@dataclass(frozen=True)
class RetryPolicy:
    """When to try again: after a wait that doubles, is spread at random, and is never shorter than Retry-After.

    attempts: tries in all; first_wait_s: before the second; max_wait_s: longest wait of ours, and longest Retry-After
    that is waited for.
    """

    attempts: int = 6
    first_wait_s: float = 0.2
    max_wait_s: float = 20.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    spread: Callable[[], float] = random.random

    def wait_s(self, failures: int, retry_after_s: float = 0.0) -> float:
        """Time to wait after the `failures`-th failure in a row, from 1."""
        longest = min(math.ldexp(self.first_wait_s, min(failures - 1, _DOUBLINGS_MAX)), self.max_wait_s)
        # Between half and all of it, so that the many clients of one trainer do not come back in step.
        return max(longest * (0.5 + self.spread() / 2), min(retry_after_s, self.max_wait_s))

    async def pause(self, failures: int, retry_after_s: float | None = None) -> None:
        await self.sleep(self.wait_s(failures, retry_after_s or 0.0))
