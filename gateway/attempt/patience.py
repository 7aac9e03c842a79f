"""How long one attempt may wait, apart from the time that it takes to run."""

import contextlib
import time
from collections.abc import Callable, Iterator

from codearena.errors import DeadlineError


class Patience:
    """Seconds of waiting that are left, wherever they are spent: for a place, for a sandbox, before another try.

    What an attempt takes once it has a sandbox is bounded by its own limits and counts for nothing here: an attempt
    that was begun late has as much time as any other. clock: monotonic seconds.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._left_s = seconds
        self._clock = clock

    def left_s(self) -> float:
        """Seconds left, more than 0; raises DeadlineError if there are none."""
        if self._left_s <= 0:
            raise DeadlineError("the attempt waited longer than it may")
        return self._left_s

    @property
    def remaining_s(self) -> float:
        """Seconds left, 0 if there are none."""
        return max(0.0, self._left_s)

    def allows(self, seconds: float) -> bool:
        """Whether anything would be left after waiting for so long."""
        return self._left_s > seconds

    def spend(self, seconds: float) -> None:
        """Counts so much waiting."""
        self._left_s -= seconds

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Counts the time spent inside."""
        started = self._clock()
        try:
            yield
        finally:
            self.spend(self._clock() - started)
