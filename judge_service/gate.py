"""Bounded concurrency: so many at once, so many waiting in turns, the rest refused."""

from codearena.server.fairness import FairPlaces
from judge_service import metrics


class Gate(FairPlaces):
    """So many `places` at once, and a queue of at most `queue_length` in front of them, in which callers take turns.

    work: names what waits, in metrics; each: the most places that one caller holds, None: all of them.
    """

    def __init__(
        self, work: str, places: int, queue_length: int, retry_after_s: float, each: int | None = None
    ) -> None:
        super().__init__(places, self._note, each, most_waiting=queue_length, retry_after_s=retry_after_s)
        self._work = work
        self._note()

    def _note(self) -> None:
        metrics.WAITING.labels(self._work).set(self.waiting)
        metrics.OLDEST.labels(self._work).set(self.oldest_since)
        metrics.RUNNING.labels(self._work).set(self.held)
