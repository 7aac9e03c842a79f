"""What the kernel saw of an attempt that is to start no process: a count of pids.

Functions that start processes are intercepted inside the attempt's own process, where they can be gone round: through
the C library, or by a fork of its own. Nothing can be started without a new pid, though.
"""

from executor_service.runner.report import SpawnedProcess

_LAST_PID_FIELD = 4  # of /proc/loadavg, proc(5): the pid given out last in this pid namespace

UNSEEN = SpawnedProcess(("<past every function that is recorded>",), via="kernel")
"""The record of a process or thread that only the kernel saw."""
MORE = SpawnedProcess(("<more than are recorded>",), via="recorder")
"""In the place of the records that were left out: nobody can say that they were right."""


def last_pid() -> int:
    """Another number after each new process or thread of this pid namespace; 0 where the kernel does not say."""
    try:
        with open("/proc/loadavg") as file:
            return int(file.read().split()[_LAST_PID_FIELD])
    except (OSError, ValueError, IndexError):
        return 0
