"""CPU time as the sandbox's control group counts it, which nothing in the sandbox gets away from.

What a process did is known when it is waited for. But the children of one that ignores SIGCHLD are waited for by
nobody, and their time is added to nobody's (wait(2), NOTES; the same with SA_NOCLDWAIT of sigaction(2)).
"""

import os
import time
from collections.abc import Callable

_NANOSECONDS = "/sys/fs/cgroup/cpuacct/cpuacct.usage"  # cgroup v1
_STATISTICS = "/sys/fs/cgroup/cpu.stat"  # cgroup v2: begins with "usage_usec <number>"


def open_counter() -> int | None:
    """A descriptor of the count of the control group that is seen here; None where there is none."""
    path = next((path for path in (_NANOSECONDS, _STATISTICS) if os.path.exists(path)), None)
    return None if path is None else os.open(path, os.O_RDONLY | os.O_CLOEXEC)


class Meter:
    """counter: of a control group that only this sandbox uses at this time; None: not known. supervisor_pid: seen here.

    left_out_s: CPU time so far of processes beside supervisor and conductor that are none of the attempt's.
    """

    def __init__(
        self, counter: int | None, left_out_s: Callable[[], float] = lambda: 0.0, supervisor_pid: int = 1
    ) -> None:
        self._counter = counter
        self._supervisor_clock = (~supervisor_pid << 3) | 2  # clock_getcpuclockid(3), posix-timers.h
        self._left_out_s = left_out_s

    def others_s(self) -> float:
        """CPU time so far of everything but supervisor, conductor and what is left out; 0 where that is not known."""
        if self._counter is None:
            return 0.0
        try:
            counted = os.pread(self._counter, 256, 0).split()
            total_s = int(counted[1]) / 1e6 if counted[0] == b"usage_usec" else int(counted[0]) / 1e9
            ours_s = time.process_time() + time.clock_gettime(self._supervisor_clock)
            return total_s - ours_s - self._left_out_s()
        except (OSError, ValueError, IndexError):
            return 0.0
