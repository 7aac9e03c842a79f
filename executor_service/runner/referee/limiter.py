"""A limit that ends a function of the attempt's and not its process: what the script has made there stays.

The worker's own timers raise an exception in the attempt's code a little before the conductor would kill the process.
An attempt that does not let itself be interrupted so, or has changed the timers, is killed as ever.
"""

import _thread  # what `threading` makes of it few attempts need
import contextlib
import signal
from collections.abc import Iterator
from typing import Any

_AGAIN_S = 0.02  # after that it is raised once more, should the attempt have caught it
_EARLY_S = 0.02
_EARLY_SHARE = 0.05


class LimitReachedError(BaseException):
    """The function has used up its time."""


class Limiter:
    """Timers of this process, for one function at a time; made in its main thread.

    told: the CPU and wall time that the function may still take.
    """

    def __init__(self) -> None:
        self._main = _thread.get_ident()
        self._left_s = (0.0, 0.0)
        self._armed = False

    def told(self, left_s: list[float]) -> None:
        cpu_s, wall_s = (left - max(_EARLY_S, left * _EARLY_SHARE) for left in left_s)
        self._left_s = (max(cpu_s, 0.001), max(wall_s, 0.001))

    def armed(self) -> contextlib.AbstractContextManager[None]:
        """The code inside is interrupted at the limit. Only the main thread can be."""
        return self._while(True)

    def paused(self) -> contextlib.AbstractContextManager[None]:
        """The code inside is not interrupted, and its time does not count."""
        return self._while(False)

    @contextlib.contextmanager
    def _while(self, armed: bool) -> Iterator[None]:
        before = self._armed
        if _thread.get_ident() != self._main or not (armed or before):
            yield
            return
        self._set(armed)
        try:
            yield
        finally:
            self._set(not armed)

    def _set(self, armed: bool) -> None:
        self._armed = armed
        timers = ((signal.SIGPROF, signal.ITIMER_PROF), (signal.SIGALRM, signal.ITIMER_REAL))
        for (number, timer), left_s in zip(timers, self._left_s, strict=True):
            if signal.getsignal(number) not in (signal.SIG_DFL, self._reached):
                continue  # the attempt has a timer of its own
            signal.signal(number, self._reached)
            signal.setitimer(timer, left_s if armed else 0, _AGAIN_S if armed else 0)

    def _reached(self, *_: Any) -> None:
        if self._armed:
            raise LimitReachedError
