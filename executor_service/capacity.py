"""How many sandboxes a pool may have, and how many it has."""

from dataclasses import dataclass

from executor_service.sharing import Shares


@dataclass(frozen=True)
class PoolLimits:
    """Bounds of a pool. minimum to waiting: sandboxes and waiters; the rest in seconds.

    maximum: in whatever state; leases: of them in use; shares: what holds while owners compete, None: nothing else.
    """

    minimum: int
    maximum: int
    leases: int
    start_concurrency: int
    waiting: int
    ready_age_s: float
    shrink_s: float
    shares: Shares | None = None


@dataclass(frozen=True)
class PoolStatus:
    """How many sandboxes are in which state, and how many attempts wait."""

    starting: int
    ready: int
    leased: int
    ending: int
    queued: int
