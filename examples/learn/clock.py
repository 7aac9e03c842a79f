"""Where the time of a training goes."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Adds up seconds by what they went into, until a record is made of them."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._since = time.monotonic()
        self._attempts = self._not_graded = 0

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """The block is one part of the time; parts may lie in each other."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._seconds[name] += time.monotonic() - began

    def count(self, attempts: int, not_graded: int) -> None:
        """attempts: that were sent to be graded; not_graded: how many of them have no reward."""
        self._attempts += attempts
        self._not_graded += not_graded

    def record(self) -> dict[str, float]:
        """Since the record before.

        seconds: of wall time, evaluations left out; waiting_share: the part of it in which the trainer waited for
        rewards; attempts_per_second: of those seconds of waiting; not_graded: attempts without a reward.
        """
        now = time.monotonic()
        seconds = max(now - self._since - self._seconds["evaluation"], 1e-9)
        waiting = self._seconds["rewards"]
        found = {
            "time/seconds": seconds,
            "time/sampling": self._seconds["sampling"],
            "time/rewards": waiting,
            "time/waiting_share": waiting / seconds,
            "time/evaluation": self._seconds["evaluation"],
            "attempts": float(self._attempts),
            "attempts_per_second": self._attempts / waiting if waiting else 0.0,
            "attempts_not_graded": float(self._not_graded),
        }
        self._seconds.clear()
        self._since, self._attempts, self._not_graded = now, 0, 0
        return found
