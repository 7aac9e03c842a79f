"""Which items of a batch are under way: the quick ones first, and none that hangs keeps the others from beginning."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Sequence

from codearena.server.recent import Recent

_RECENT = 32
_TASKS = 4096  # those tried last
_QUICK = 0.25  # of the recent ones: attempts that hang, unless they are most, do not decide what is usual
_TIMES = 4.0
_LEAST_S = 0.25
_UNKNOWN_S = 10.0


def task_id_of(item: object) -> str:
    """What names the task of an item of which it is not yet known whether it is valid; empty if nothing does."""
    if not isinstance(item, dict):
        return ""
    task = item.get("task")
    named = task.get("id") if isinstance(task, dict) else item.get("task_id") or item.get("task_ref")
    return named if isinstance(named, str) else ""


class Usual:
    """What attempts at each task took lately, from having a place to their verdicts, in seconds."""

    def __init__(self) -> None:
        self._recent_s: Recent[str, deque[float]] = Recent(_TASKS)

    def note(self, task_id: str, took_s: float) -> None:
        """Takes in one that was graded."""
        recent_s = self._recent_s.get(task_id)
        if recent_s is None:
            recent_s = deque(maxlen=_RECENT)
            self._recent_s.put(task_id, recent_s)
        recent_s.append(took_s)

    def quick_s(self, task_id: str) -> float:
        """What a quick one takes; 0 as long as nothing is known of the task."""
        recent_s = sorted(self._recent_s.get(task_id) or ())
        return recent_s[int(_QUICK * len(recent_s))] if recent_s else 0.0

    def quick_first(self, items: Sequence[object]) -> list[int]:
        """The places of the items in a batch, in the order in which they should begin."""
        return sorted(range(len(items)), key=lambda place: self.quick_s(task_id_of(items[place])))

    def longest_s(self, task_id: str) -> float:
        """What hardly any takes longer than that does not hang."""
        return max(_LEAST_S, _TIMES * self.quick_s(task_id)) if task_id in self._recent_s else _UNKNOWN_S


class Places:
    """So many at once, beside as many that take longer than usual: those go on, and leave their places to others.

    Else a batch of which a quarter hangs would soon have nothing else under way, and its good attempts would wait for
    the limits of the bad ones, with sandboxes free for them.
    """

    def __init__(self, count: int) -> None:
        self._free = asyncio.Semaphore(count)
        self._most_aside = count
        self._aside: set[object] = set()
        self._overdue: dict[object, None] = {}  # in the order in which they became so

    @contextlib.asynccontextmanager
    async def place(self, usual_s: float) -> AsyncIterator[None]:
        """Holds a place, or is aside. usual_s: after so long it may be left to another."""
        await self._free.acquire()
        own = object()
        timer = asyncio.get_running_loop().call_later(usual_s, self._is_overdue, own)
        try:
            yield
        finally:
            timer.cancel()
            self._overdue.pop(own, None)
            if own in self._aside:
                self._aside.remove(own)
                self._step_aside()
            else:
                self._free.release()

    def _is_overdue(self, own: object) -> None:
        self._overdue[own] = None
        self._step_aside()

    def _step_aside(self) -> None:
        while self._overdue and len(self._aside) < self._most_aside:
            first = next(iter(self._overdue))
            del self._overdue[first]
            self._aside.add(first)
            self._free.release()
