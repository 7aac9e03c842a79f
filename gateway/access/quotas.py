"""How much of one gateway process an owner may use: requests a second, and requests at once.

Counted in the process and not in the store, so that a request does not wait for it; N gateways together allow N times
as much.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from codearena.errors import OverQuotaError, RateLimitedError
from gateway.access.caller import Caller

_BURST_S = 2.0  # what an owner did not use of so long a time may come at once
_RETRY_AFTER_S = 1.0


@dataclass
class _Use:
    """Of one owner. credit: requests that may come now, as of `at`; running: requests being served."""

    credit: float
    at: float
    running: int = 0


class Quotas:
    """The use that every owner makes of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._uses: dict[str, _Use] = {}
        self._ended: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def begin(self, caller: Caller) -> None:
        """Counts a request; `end` says that it has been answered.

        Raises:
            RateLimitedError: too many have come in this time.
            OverQuotaError: too many are being served.
        """
        use = self._use(caller)
        limit = caller.quota.concurrent
        if limit is not None and use.running >= limit:
            detail = f"{use.running} requests of {caller.owner} are being served, as many as may at once"
            raise OverQuotaError(detail, retry_after_s=_RETRY_AFTER_S)
        wait_s = self._credit_in_s(caller, use)
        if wait_s > 0:
            rate = caller.quota.requests_per_s
            raise RateLimitedError(f"more than {rate:g} requests a second of {caller.owner}", retry_after_s=wait_s)
        use.credit -= 1
        use.running += 1

    async def begin_in_turn(self, caller: Caller) -> None:
        """As `begin`, but waits until it may: for messages of a connection, whose sender waits for their answers."""
        while True:
            ended = self._ended[caller.owner]
            try:
                self.begin(caller)
            except OverQuotaError:
                await ended.wait()
            except RateLimitedError as error:
                await asyncio.sleep(error.retry_after_s or _RETRY_AFTER_S)
            else:
                return

    def end(self, caller: Caller) -> None:
        """A request that `begin` has counted is over."""
        self._uses[caller.owner].running -= 1
        if caller.owner in self._ended:
            self._ended.pop(caller.owner).set()

    def _use(self, caller: Caller) -> _Use:
        if caller.owner not in self._uses:
            self._uses[caller.owner] = _Use(credit=_most(caller), at=self._clock())
        return self._uses[caller.owner]

    def _credit_in_s(self, caller: Caller, use: _Use) -> float:
        """Seconds until there is credit for one more; 0: there is."""
        rate = caller.quota.requests_per_s
        if rate is None:
            use.credit = 1
            return 0.0
        now = self._clock()
        use.credit = min(_most(caller), use.credit + (now - use.at) * rate)
        use.at = now
        return max(0.0, (1 - use.credit) / rate)


def _most(caller: Caller) -> float:
    return max(1.0, _BURST_S * (caller.quota.requests_per_s or 0.0))
