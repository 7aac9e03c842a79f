"""All processes of one attempt together: the CPU time that they use, and why its wall time passes.

A wall limit is for an attempt that waits by its own choice: that sleeps, or waits for what never comes. One that is
ready to run and gets no core waits for the host, which is not its doing; the kernel counts that for each task (proc(5),
second field of schedstat). So does the conductor, while the attempt waits for its answer. But a process that starts
others takes the cores from itself: of the time that one task was kept waiting, what the group's other tasks ran for is
the attempt's own.

An uninterruptible wait (state D) is for a disk, for memory, or for a lock of the kernel that others hold: the host's
doing too. But a task can arrange one, by another that it has to wait for, or by asking for the disk. So it counts as
the host's only while there is one task, and no longer than some seconds; of the rest nobody can tell.

Processes that come and go between two looks take the cores too. A control group counts their time; where none does, the
kernel still tells that there were some, by the pids that it gave out, and then nobody can tell who kept the others.

The kernel adds a wait up when it ends, so that a task which is ready and has not run since the last look is known to
wait still. The group is looked at now and then, and of what happened in between the longest wait of a task counts.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from executor_service.runner.system.meter import Meter

LOOK_S = 0.05
"""Wall time between two looks. What takes less is far from any limit."""
_STALLED_AT_MOST_S = 5.0


@dataclass(frozen=True)
class Waits:
    """Parts of the wall time. starved_s: kept from running by others.

    blocked_s: in an uninterruptible wait, or without a core, of which nobody can tell whose doing it is.
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
    """Seconds for which one thread ran, and for which it was ready and had no core.

    counted_s: what of the latter the kernel has counted; the rest goes on.
    """

    ran_s: float = 0.0
    kept_s: float = 0.0
    counted_s: float = 0.0


class Group:
    """The processes of the attempt, or of another role, from now on.

    pids: those that are there. meter: of the control group; None: it counts others' processes too. starts: how many
    tasks they have started so far; None: not known. proc: of proc(5).
    """

    def __init__(
        self,
        pids: Callable[[], list[int]],
        meter: Meter | None = None,
        starts: Callable[[], int] | None = None,
        proc: str = "/proc",
    ) -> None:
        self._pids = pids
        self._meter = meter
        self._starts = starts or (lambda: 0)
        self._proc = proc
        self._began_s = self._counted_s = meter.others_s() if meter else 0.0
        self._started = self._starts()
        self._tasks: dict[str, _Task] = {}
        self._conductor_kept_s = _counters(f"{proc}/self/schedstat")[1]
        self._ran_s = self._most_s = 0.0
        self._unlooked_s = 0.0
        self._unexplained_s = 0.0
        self._may_stall_s = _STALLED_AT_MOST_S
        self.waits = Waits()

    @property
    def cpu_s(self) -> float:
        """CPU time of all of them: as the control group counts it, else as of the last look. It never falls.

        The count less that of others is read from several clocks, one after the other, so that it may seem to.
        """
        counted_s = self._meter.others_s() - self._began_s if self._meter else 0.0
        self._most_s = max(self._most_s, self._ran_s, counted_s)
        return self._most_s

    def passed(self, wall_s: float) -> None:
        """Notes that so much more wall time has passed while the group was at work, and looks at it when it is time."""
        self._unlooked_s += wall_s
        if self._unlooked_s >= LOOK_S:
            self.look()

    def look(self) -> None:
        """Brings `waits`, and `cpu_s` where no control group counts it, up to now."""
        slice_s, self._unlooked_s = self._unlooked_s, 0.0
        pids = self._pids()
        tasks = dict(self._tasks_of(pids, slice_s))
        self._unexplained_s += slice_s
        kept_s, unsure = self._kept(tasks)
        self._unexplained_s -= kept_s
        waits_for_kernel = any(_state(f"{self._proc}/{pid}") == "D" for pid in pids)
        blocked_s = max(0.0, slice_s - kept_s) if waits_for_kernel else 0.0
        hosts_s = min(blocked_s, self._may_stall_s) if len(tasks) == 1 else 0.0
        self._may_stall_s -= hosts_s
        self._unexplained_s = max(0.0, self._unexplained_s - hosts_s)
        self.waits += Waits(hosts_s, blocked_s - hosts_s)
        self.waits += Waits(blocked_s=kept_s) if unsure else Waits(starved_s=kept_s)
        self._tasks = tasks

    def _kept(self, tasks: dict[str, _Task]) -> tuple[float, bool]:
        """Seconds since the last look for which it was kept from a core, and whether that may be its own doing."""
        ran_s = {name: max(0.0, task.ran_s - self._last(name).ran_s) for name, task in tasks.items()}
        self._ran_s += sum(ran_s.values())
        all_ran_s = max(sum(ran_s.values()), self._counted_since_last())
        by_others_s = max(
            (task.kept_s - self._last(name).kept_s - (all_ran_s - ran_s[name]) for name, task in tasks.items()),
            default=0.0,
        )
        before_s, self._conductor_kept_s = self._conductor_kept_s, _counters(f"{self._proc}/self/schedstat")[1]
        conductor_s = self._conductor_kept_s - before_s - all_ran_s
        kept_s = min(self._unexplained_s, max(0.0, by_others_s) + max(0.0, conductor_s))
        return kept_s, self._missed_some(tasks) and self._meter is None

    def _counted_since_last(self) -> float:
        """CPU time by the control group's count."""
        before_s, self._counted_s = self._counted_s, self._meter.others_s() if self._meter else 0.0
        return self._counted_s - before_s

    def _missed_some(self, tasks: dict[str, _Task]) -> bool:
        """Whether tasks have come and gone since the last look. The kernel begins anew when pids run out."""
        before, self._started = self._started, self._starts()
        seen = sum(name not in self._tasks for name in tasks)
        return not 0 <= self._started - before <= seen

    def _last(self, name: str) -> _Task:
        return self._tasks.get(name, _Task())

    def _tasks_of(self, pids: list[int], slice_s: float) -> Iterator[tuple[str, _Task]]:
        """Each thread, by its number."""
        for pid in pids:
            try:
                threads = os.listdir(f"{self._proc}/{pid}/task")
            except OSError:
                continue  # gone
            for thread in threads:
                folder, last = f"{self._proc}/{pid}/task/{thread}", self._last(thread)
                ran_s, counted_s = _counters(f"{folder}/schedstat")
                waits_still = (ran_s, counted_s) == (last.ran_s, last.counted_s) and _state(folder) == "R"
                yield thread, _Task(ran_s, last.kept_s + slice_s if waits_still else counted_s, counted_s)


def _counters(schedstat: str) -> tuple[float, float]:
    """Seconds for which a task ran, and was kept waiting."""
    try:
        with open(schedstat) as file:
            ran, kept, _ = file.read().split()
        return int(ran) / 1e9, int(kept) / 1e9
    except (OSError, ValueError):
        return 0.0, 0.0  # gone, or a kernel that does not count it: then every wait is the attempt's


def _state(folder: str) -> str:
    try:
        with open(f"{folder}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
