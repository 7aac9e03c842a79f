"""How often in a row no sandbox could be made, and what follows from that."""

from collections.abc import Callable

from codearena.errors import SandboxError
from codearena.retry import RetryPolicy

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 15.0
_TO_GIVE_UP = 3  # in a row: from then on those who wait are told, and can go to another executor


class Failures:
    """jitter: from 0 to 1, so that executors which failed together do not try again together."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._policy = RetryPolicy(first_wait_s=_FIRST_WAIT_S, max_wait_s=_LONGEST_WAIT_S, spread=jitter)
        self._last: SandboxError | None = None
        self.in_a_row = 0

    @property
    def hopeless(self) -> bool:
        """Whether whoever waits is better told."""
        return self.in_a_row >= _TO_GIVE_UP

    def note(self, error: SandboxError) -> float:
        """Seconds until the next try, more each time."""
        self.in_a_row += 1
        self._last = error
        return self._policy.wait_s(self.in_a_row)

    def over(self) -> None:
        """One could be made."""
        self.in_a_row = 0

    def error(self) -> SandboxError:
        """What those who wait are told."""
        detail = self._last.detail if self._last else "unknown"
        return SandboxError(f"no sandbox can be made: {detail}", retry_after_s=_LONGEST_WAIT_S)
