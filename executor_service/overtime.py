"""What becomes of an attempt that has its sandbox for longer than usual, so that hanging ones never hold every lease.

An attempt that hangs ends at its limits, after a second or two, in which a good one would have ended many times.
Nothing tells them apart before they run. So each begins alike, and one that outlives the usual time goes on *aside*.
While others wait, attempts aside are at most half of the leases, and of each owner half of its part. Beyond that, an
attempt is *overdue*. It goes on for as long as nobody waits who has not begun. Then it is cut off, its sandbox is
destroyed, and it begins again aside once there is room, where it is left alone until its end.

So the other half of the leases changes hands after the usual time at the latest; nobody begins more than twice; and
those that are to begin again have half of the leases for themselves, in turns, and all but one while nobody else waits.
An attempt is neither told of this nor can it see it: what it did before it was cut off is forgotten.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from codearena.errors import CodeArenaError
from executor_service import metrics
from executor_service.isolation.base import Sandbox
from executor_service.sharing import Sharing

UsualTime = Callable[[], float]
"""Tells how long, in seconds, an attempt like this one usually takes on the host as it is now."""


class OutlivedError(Exception):
    """The attempt was cut off for others: it is to begin again, aside."""


@dataclass(eq=False)
class Lease:
    """What one attempt has of the pool: at first a wait for a sandbox, then the sandbox, until it has left.

    cut: ends the wait, or later what is done with the sandbox. aside: it has outlived the usual time, here or in the
    sandbox before this one. begun: when it got its sandbox, by the event loop's clock. over: it has left.
    """

    owner: str
    cut: asyncio.Timeout
    sandbox: "asyncio.Future[Sandbox]"
    usual_s: UsualTime | None = None
    aside: bool = False
    begun: float = 0.0
    cut_off: bool = False
    over: bool = False
    timer: asyncio.TimerHandle | None = None

    @property
    def waits(self) -> bool:
        """Whether it is still to be served."""
        return not self.over and not self.sandbox.done()

    @property
    def served(self) -> bool:
        """Whether it got a sandbox."""
        got = self.sandbox
        return got.done() and not got.cancelled() and got.exception() is None

    def takes(self, sandbox: Sandbox) -> None:
        """Ends the wait; how long it may last is no longer of interest."""
        self.cut.reschedule(None)
        self.sandbox.set_result(sandbox)

    def refuse(self, error: CodeArenaError) -> None:
        """Ends the wait, if it has not ended."""
        if self.waits:
            self.sandbox.set_exception(error)


class Overtime:
    """Keeps count of who is aside and who is overdue. leases: sandboxes in use at once."""

    def __init__(self, leases: int, sharing: Sharing, tell: Callable[..., None]) -> None:
        """tell: has the pool's loop call something with these arguments."""
        self._share = max(1, leases // 2)
        self._most = max(1, leases - 1)
        self._sharing = sharing
        self._tell = tell
        self._aside: Counter[str] = Counter()
        self._overdue: list[Lease] = []  # in the order in which they became so
        self._cut_off = 0  # of those that still have a sandbox
        self.making_s = 0.0
        """What making a sandbox took last: to cut off costs one, so nobody is who has had less than that."""

    def may_resume(self, owner: str, others_wait: bool) -> bool:
        """Whether an attempt that was cut off may begin again. others_wait: some who have not begun."""
        most = self._share if others_wait else self._most
        part = self._sharing.part  # of one owner; None: it is alone
        return self._aside.total() < most and self._aside[owner] < (self._most if part is None else max(1, part // 2))

    def begins(self, lease: Lease) -> None:
        """It has a sandbox from now on."""
        lease.begun = asyncio.get_running_loop().time()
        if lease.aside:
            self._count_aside(lease.owner, 1)
        else:
            self._sharing.takes(lease.owner)
            self._watch(lease)

    def ends(self, lease: Lease) -> None:
        """Gives back whatever it counted for."""
        if lease.timer:
            lease.timer.cancel()
        if lease.aside:
            self._count_aside(lease.owner, -1)
            return
        self._sharing.gives_back(lease.owner)
        self._cut_off -= lease.cut_off
        if lease in self._overdue:
            self._overdue.remove(lease)

    def step_aside(self) -> None:
        """Lets overdue attempts go on aside, as far as there is room. From then on they count for no owner's part."""
        while self._overdue and self.may_resume(self._overdue[0].owner, others_wait=True):
            lease = self._overdue.pop(0)
            lease.aside = True
            self._count_aside(lease.owner, 1)
            self._sharing.gives_back(lease.owner)

    def make_room(self, waiting: int) -> None:
        """Cuts off an overdue attempt for each that waits and has not begun, as long as there are any."""
        while self._overdue and self._cut_off < waiting:
            last = self._overdue.pop()  # with the least to lose
            last.cut_off = True
            self._cut_off += 1
            if not last.over:
                last.cut.reschedule(asyncio.get_running_loop().time())

    def _watch(self, lease: Lease) -> None:
        """Looks again when the usual time is over: until then the host may have become busier."""
        if lease.usual_s is None or lease.over:
            return
        loop, usual_s = asyncio.get_running_loop(), max(lease.usual_s(), self.making_s)
        if lease.timer and loop.time() - lease.begun >= usual_s:
            self._overdue.append(lease)
        else:
            lease.timer = loop.call_at(lease.begun + usual_s, self._tell, self._watch, lease)

    def _count_aside(self, owner: str, change: int) -> None:
        self._aside[owner] += change
        if not self._aside[owner]:
            del self._aside[owner]
        metrics.aside.set(self._aside.total())
