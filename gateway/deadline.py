"""The time that one request has left, passed down so that no call outlives the answer it is for."""

import time
from collections.abc import Callable

from codearena.errors import DeadlineError


class Deadline:
    """A point in time, `seconds` from now. clock: monotonic seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = clock() + seconds

    def left_s(self) -> float:
        """Seconds left, more than 0; raises DeadlineError if there are none."""
        left = self._at - self._clock()
        if left <= 0:
            raise DeadlineError("the attempt was not graded within its time")
        return left
