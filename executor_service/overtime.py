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
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from executor_service import metrics
from executor_service.sharing import Sharing

UsualTime = Callable[[], float]
"""Tells how long, in seconds, an attempt like this one usually takes on the host as it is now."""


class OutlivedError(Exception):
    """The attempt was cut off for others: it is to begin again, aside."""


@dataclass(eq=False)
class _Run:
    """A sandbox in use. cut: ends what is done with it; begun: by the event loop's clock."""

    owner: str
    cut: asyncio.Timeout
    aside: bool
    begun: float
    usual_s: UsualTime | None
    cut_off: bool = False
    timer: asyncio.TimerHandle | None = None


class Overtime:
    """Keeps count of who is aside and who is overdue. leases: sandboxes in use at once."""

    def __init__(self, leases: int, sharing: Sharing, on_overdue: Callable[[], None]) -> None:
        """on_overdue: called when one more has outlived the usual time."""
        self._share = max(1, leases // 2)
        self._most = max(1, leases - 1)
        self._sharing = sharing
        self._on_overdue = on_overdue
        self._aside: Counter[str] = Counter()
        self._overdue: list[_Run] = []  # in the order in which they became so
        self._cut_off = 0  # of those that still have a sandbox
        self.making_s = 0.0
        """What making a sandbox took last: to cut off costs one, so nobody is who has had less than that."""

    @property
    def aside(self) -> int:
        """How many go on though they have outlived the usual time, and count for no owner's part."""
        return self._aside.total()

    def may_resume(self, owner: str, others_wait: bool) -> bool:
        """Whether an attempt that was cut off may begin again. others_wait: some who have not begun."""
        return self.aside < (self._share if others_wait else self._most) and self._aside[owner] < self._most_of_one()

    def resumes(self, owner: str) -> None:
        """It begins again."""
        self._aside[owner] += 1
        metrics.aside.set(self.aside)

    @contextlib.contextmanager
    def watched(self, owner: str, cut: asyncio.Timeout, usual_s: UsualTime | None, *, aside: bool) -> Iterator[None]:
        """While inside, the attempt is known to run. usual_s: asked again when it is over; None: there is no such time.

        aside: it has begun again. On leaving, whatever it counted for is given back.
        """
        run = _Run(owner, cut, aside, asyncio.get_running_loop().time(), None if aside else usual_s)
        self._watch(run)
        try:
            yield
        finally:
            if run.timer:
                run.timer.cancel()
            self._ends(run)

    def step_aside(self) -> None:
        """Lets overdue attempts go on aside, as far as there is room."""
        while self._overdue and self.may_resume(self._overdue[0].owner, others_wait=True):
            run = self._overdue.pop(0)
            run.aside = True
            self.resumes(run.owner)
            self._sharing.gives_back(run.owner)

    def make_room(self, waiting: int) -> None:
        """Cuts off an overdue attempt for each that waits and has not begun, as long as there are any."""
        while self._overdue and self._cut_off < waiting:
            last = self._overdue.pop()  # with the least to lose
            last.cut_off = True
            self._cut_off += 1
            last.cut.reschedule(asyncio.get_running_loop().time())

    def gives_up(self, owner: str) -> None:
        """One that was aside is no more."""
        self._aside[owner] -= 1
        if not self._aside[owner]:
            del self._aside[owner]
        metrics.aside.set(self.aside)

    def _watch(self, run: _Run) -> None:
        """Looks again when the usual time is over: until then the host may have become busier."""
        if run.usual_s is None:
            return
        loop, usual_s = asyncio.get_running_loop(), max(run.usual_s(), self.making_s)
        if run.timer and loop.time() - run.begun >= usual_s:
            self._overdue.append(run)
            self._on_overdue()
        else:
            run.timer = loop.call_at(run.begun + usual_s, self._watch, run)

    def _ends(self, run: _Run) -> None:
        if run.aside:
            self.gives_up(run.owner)
            return
        self._sharing.gives_back(run.owner)
        self._cut_off -= run.cut_off
        if run in self._overdue:
            self._overdue.remove(run)

    def _most_of_one(self) -> int:
        """Of one owner."""
        part = self._sharing.part
        return self._most if part is None else max(1, part // 2)
