"""All processes of one attempt together: the CPU time that they use, and why its wall time passes.

A wall limit is for an attempt that waits by its own choice: that sleeps, or waits for what never comes. One that is
ready to run and gets no core waits for the host, which is not its doing; the kernel counts that for each task (proc(5),
second field of schedstat). So does the conductor, while the attempt waits for its answer. But a process that starts
others takes the cores from itself: of the time that one task was kept waiting, what the group's other tasks ran for is
the attempt's own. A task in an uninterruptible wait (state D, mostly for a disk or for memory) may wait for the host or
may have arranged it: that cannot be told, and is noted apart.

The group is looked at from time to time, and between two looks the task that was kept waiting longest counts.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from executor_service.runner.meter import Meter

LOOK_S = 0.05
"""Wall time between two looks. What takes less is far from any limit."""


@dataclass(frozen=True)
class Waits:
    """Parts of the wall time. starved_s: ready to run without a core, by others' doing.

    blocked_s: in an uninterruptible wait, of which nobody can tell whose doing it is.
    """

    starved_s: float = 0.0
    blocked_s: float = 0.0

    def since(self, before: "Waits") -> "Waits":
        """What has come since then."""
        return Waits(self.starved_s - before.starved_s, self.blocked_s - before.blocked_s)

    def __add__(self, other: "Waits") -> "Waits":
        return Waits(self.starved_s + other.starved_s, self.blocked_s + other.blocked_s)


@dataclass(frozen=True)
class _Task:
    """Seconds for which one thread ran, and for which it was ready and had no core."""

    ran_s: float = 0.0
    kept_s: float = 0.0

    def since(self, before: "_Task") -> "_Task":
        return _Task(self.ran_s - before.ran_s, self.kept_s - before.kept_s)


class Group:
    """The processes of the attempt, or of another role, from now on.

    pids: those that are there. meter: of the control group; None: it counts others' processes too.
    """

    def __init__(self, pids: Callable[[], list[int]], meter: Meter | None = None) -> None:
        self._pids = pids
        self._meter = meter
        self._counted_s = meter.others_s() if meter else 0.0
        self._tasks: dict[str, _Task] = {}
        self._conductor = _read("/proc/self/schedstat")
        self._ran_s = 0.0
        self._unlooked_s = 0.0
        self.waits = Waits()

    @property
    def cpu_s(self) -> float:
        """CPU time of all of them: as the control group counts it, else as of the last look."""
        counted_s = self._meter.others_s() - self._counted_s if self._meter else 0.0
        return max(self._ran_s, counted_s)

    def passed(self, wall_s: float) -> None:
        """Notes that so much more wall time has passed while the group was at work, and looks at it when it is time."""
        self._unlooked_s += wall_s
        if self._unlooked_s >= LOOK_S:
            self.look()

    def look(self) -> None:
        """Brings `waits`, and `cpu_s` where no control group counts it, up to now."""
        slice_s, self._unlooked_s = self._unlooked_s, 0.0
        pids = self._pids()
        tasks = dict(_tasks(pids))
        new = {name: task.since(self._tasks.get(name, _Task())) for name, task in tasks.items()}
        conductor = _read("/proc/self/schedstat")
        ran_s = sum(task.ran_s for task in new.values())
        kept_s = max((task.kept_s - (ran_s - task.ran_s) for task in new.values()), default=0.0)
        conductor_kept_s = conductor.since(self._conductor).kept_s - ran_s
        starved_s = min(slice_s, max(0.0, kept_s) + max(0.0, conductor_kept_s))
        blocked = any(_state(pid) == "D" for pid in pids)
        self.waits += Waits(starved_s, slice_s - starved_s if blocked else 0.0)
        self._tasks, self._conductor = tasks, conductor
        self._ran_s += ran_s


def _tasks(pids: list[int]) -> Iterator[tuple[str, _Task]]:
    """Of each thread, by its number."""
    for pid in pids:
        try:
            threads = os.listdir(f"/proc/{pid}/task")
        except OSError:
            continue  # gone
        for thread in threads:
            yield thread, _read(f"/proc/{pid}/task/{thread}/schedstat")


def _read(schedstat: str) -> _Task:
    try:
        with open(schedstat) as file:
            ran, kept, _ = file.read().split()
        return _Task(int(ran) / 1e9, int(kept) / 1e9)
    except (OSError, ValueError):
        return _Task()  # gone, or a kernel that does not count it: then every wait is the attempt's


def _state(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
