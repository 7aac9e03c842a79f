"""How often in a row no sandbox could be made, and what follows from that."""

from collections.abc import Callable

from codearena.errors import SandboxError

_BACKOFF_FIRST_S = 0.25
_BACKOFF_LONGEST_S = 15.0
_TO_GIVE_UP = 3  # in a row: from then on those who wait are told, and can go to another executor


class Failures:
    """jitter: from 0 to 1, so that executors which failed together do not try again together."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
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
        longest_s: float = min(_BACKOFF_FIRST_S * 2 ** (self.in_a_row - 1), _BACKOFF_LONGEST_S)
        return longest_s * (0.5 + self._jitter() / 2)

    def over(self) -> None:
        """One could be made."""
        self.in_a_row = 0

    def error(self) -> SandboxError:
        """What those who wait are told."""
        detail = self._last.detail if self._last else "unknown"
        return SandboxError(f"no sandbox can be made: {detail}", retry_after_s=_BACKOFF_LONGEST_S)
