"""How long to wait before the same is tried again: one policy for everything that does so."""

import random
from dataclasses import dataclass

_DOUBLINGS = 32  # more than any wait may grow by, and no overflow


@dataclass(frozen=True)
class Backoff:
    """Waits that double from the first to the longest. They are spread: who failed together comes back apart."""

    first_s: float
    longest_s: float

    def wait_s(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row, at least 1."""
        return spread(min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, _DOUBLINGS)))


def spread(wait_s: float) -> float:
    """From half of it to all of it."""
    return wait_s * random.uniform(0.5, 1.0)
