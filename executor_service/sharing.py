"""Who may take a ready sandbox while several owners of API keys compete for them.

Waiting in turns is not enough: one owner with a thousand attempts under way would take each sandbox as soon as it is
ready, and another one's next step would always find none. So `reserve` of them are for those who have no more under way
than their part of what may be in use; and each has that part in use at once, since more would only take the CPU time
that another one's run needs. An owner alone may have everything.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from codearena.server.fairness import Competition

_LATELY_S = 10.0  # a trainer that asks less often than that hardly notices
_PASSED_OVER = 2  # so many may go to others before an owner that has much under way takes of the reserve, too


@dataclass(frozen=True)
class Shares:
    """What holds while owners compete, in sandboxes.

    reserve: kept ready for owners with little under way. start_concurrency: started at once. leases: in use at once, of
    which each owner has an equal part, at least one.
    """

    reserve: int
    start_concurrency: int
    leases: int


class Sharing:
    """Keeps count of what each owner has under way: waiting, or in use.

    shares: None: no owner is held back. clock: in seconds.
    """

    def __init__(self, shares: Shares | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._shares = shares
        self._competition = Competition(_LATELY_S, clock)
        self._under_way: Counter[str] = Counter()
        self._passed_over: Counter[str] = Counter()  # of owners that have something under way

    def begins(self, owner: str) -> None:
        """It wants a sandbox."""
        self._competition.asks(owner)
        self._under_way[owner] += 1

    def ends(self, owner: str) -> None:
        """It wants one less: it had it, or gave up."""
        self._under_way[owner] -= 1
        if not self._under_way[owner]:
            del self._under_way[owner]
            self._passed_over.pop(owner, None)

    def takes(self, owner: str) -> None:
        """It has a sandbox from now on."""
        self._competition.takes(owner)
        self._passed_over[owner] = 0
        for other in self._under_way:
            if other != owner:
                self._passed_over[other] += 1

    def gives_back(self, owner: str) -> None:
        self._competition.gives_back(owner)

    def may_take(self, owner: str, ready: int) -> bool:
        """Whether one of so many that are ready is for this owner, too."""
        part = self.part
        if not ready or part is None:
            return bool(ready)
        if self._under_way[owner] <= part:
            return True
        kept = self.reserve if self._passed_over[owner] < _PASSED_OVER else 0
        return ready > kept and self._competition.held(owner) < part

    @property
    def part(self) -> int | None:
        """How many each owner may have in use; None: nobody competes, and the only one may have all."""
        if self._shares is None or not self._competition.going_on:
            return None
        return max(1, self._shares.leases // self._competition.owners)

    @property
    def reserve(self) -> int:
        """How many are kept for owners with little under way; 0 while nobody competes."""
        return self._shares.reserve if self._shares and self._competition.going_on else 0

    def start_concurrency(self, usual: int) -> int:
        """How many may be started at once."""
        return self._shares.start_concurrency if self._shares and self._competition.going_on else usual
