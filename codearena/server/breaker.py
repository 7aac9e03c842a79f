"""A circuit breaker: after so many failures in a row nothing is asked for a while, then one call tries again."""

import time
from collections.abc import Callable
from enum import StrEnum


class BreakerState(StrEnum):
    """closed: calls go through; open: none does; half_open: one is trying."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """failures: in a row, that open it; open_s: until one call may try; clock: monotonic seconds."""

    def __init__(self, failures: int, open_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._open_s = open_s
        self._clock = clock
        self._failures = 0
        self._opened: float | None = None
        self._trying = False

    @property
    def state(self) -> BreakerState:
        if self._opened is None:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if self._trying else BreakerState.OPEN

    def allows(self) -> bool:
        """Whether a call may be made; every call that may must end with `succeeded`, `failed` or `gave_up`."""
        if self._opened is None:
            return True
        if self._trying or self._clock() - self._opened < self._open_s:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        self._failures, self._opened, self._trying = 0, None, False

    def failed(self) -> None:
        self._failures += 1
        if self._trying or self._failures >= self._limit:
            self._opened = self._clock()
        self._trying = False

    def gave_up(self) -> None:
        """The call was cancelled: it says nothing about the other side."""
        self._trying = False
