"""A queue that is fair to whoever waits in it, at every level of a path: key by key, and batch by batch below it."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from codearena.errors import OverloadedError

T = TypeVar("T", bound=Hashable)


class FairQueue(Generic[T]):
    """Items wait under a path of names. At each level the names take turns, and one path's items leave in order.

    A caller with a thousand items waiting delays another one's only item by one turn, not by a thousand, and does not
    gain by spreading them over many names below its own. No item is in it twice. clock: seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._root: _Level[T] = _Level()
        self._clock = clock
        self._since: OrderedDict[T, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._since)

    def __bool__(self) -> bool:
        return bool(self._since)

    @property
    def oldest_since(self) -> float:
        """When the item came that has waited the longest, in seconds since the epoch; inf: none waits."""
        return next(iter(self._since.values()), math.inf)

    def push(self, item: T, path: Sequence[str]) -> None:
        """path: names, outermost first, at least one. Queues whose paths differ in length must not share a prefix."""
        level = self._root
        for name in path[:-1]:
            level = level.below(name)
        level.items(path[-1]).append(item)
        self._since[item] = self._clock()

    def pop(self, may: Callable[[str], bool] = lambda outermost: True) -> T:
        """The item whose turn it is. may: of a path's outermost name, whether it takes part now.

        Raises IndexError if there is none.
        """
        item = self._root.pop(may)
        del self._since[item]
        return item

    def remove(self, item: T, path: Sequence[str]) -> bool:
        """Takes the item out, if it is there under that path."""
        found = self._root.remove(item, path)
        if found:
            del self._since[item]
        return found


class FairPlaces:
    """So many places at once; those who wait for one take turns, each first come first served.

    on_change: called whenever somebody begins or ceases to wait or to hold a place. each: the most that one caller
    holds; None: it may hold all. keeps: how many places are kept for others than that caller now. most_waiting: one
    more is refused, and told to come again after `retry_after_s`; None: any number may wait.
    """

    def __init__(
        self,
        places: int,
        on_change: Callable[[], None] = lambda: None,
        each: int | None = None,
        keeps: Callable[[str], int] = lambda caller: 0,
        most_waiting: int | None = None,
        retry_after_s: float = 1.0,
    ) -> None:
        self.free = places
        self._on_change = on_change
        self._each = each
        self._keeps = keeps
        self._most_waiting = most_waiting
        self._retry_after_s = retry_after_s
        self._held_by: Counter[str] = Counter()
        self._queue: FairQueue[tuple[asyncio.Future[None], str]] = FairQueue()

    @property
    def held(self) -> int:
        return self._held_by.total()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    @property
    def oldest_since(self) -> float:
        """When the one came that has waited the longest, in seconds since the epoch; inf: none waits."""
        return self._queue.oldest_since

    @asynccontextmanager
    async def place(self, caller: str = "", *below: str) -> AsyncIterator[None]:
        """Holds a place. caller: whom to be fair to; below: then to whom among the caller's; any text.

        Raises:
            OverloadedError: as many wait already as may.
        """
        if self.at_once(caller):
            self._take(caller)
            self._on_change()
        else:
            await self._wait((caller, *below))
        try:
            yield
        finally:
            self._release(caller)

    def at_once(self, caller: str) -> bool:
        """Whether the caller would get a place without waiting."""
        may_hold_another = self._each is None or self.holds(caller) < self._each
        return may_hold_another and self.free > self._keeps(caller)

    def holds(self, caller: str) -> int:
        """How many places the caller has."""
        return self._held_by.get(caller, 0)

    def _take(self, caller: str) -> None:
        self.free -= 1
        self._held_by[caller] += 1

    async def _wait(self, path: tuple[str, ...]) -> None:
        """Returns with a place that somebody has handed over."""
        if self._most_waiting is not None and self.waiting >= self._most_waiting:
            raise OverloadedError(f"{self.waiting} are waiting already", retry_after_s=self._retry_after_s)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        item = turn, path[0]
        self._queue.push(item, path)
        self._hand_out()  # those who came first may wait for what is not kept for this one
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release(path[0])
            else:
                self._queue.remove(item, path)
                self._on_change()
            raise

    def _release(self, caller: str) -> None:
        """Hands the caller's place over to whose turn it is, else frees it."""
        self.free += 1
        self._held_by[caller] -= 1
        if not self._held_by[caller]:
            del self._held_by[caller]
        self._hand_out()

    def _hand_out(self) -> None:
        while self.free and self._queue:
            try:
                turn, caller = self._queue.pop(self.at_once)
            except IndexError:  # none of those who wait may have a place now
                break
            if not turn.done():  # else it was cancelled, and its task has not run since
                self._take(caller)
                turn.set_result(None)
        self._on_change()


class Competition:
    """Who has asked for something lately, and who holds how much of it: whether somebody should be held back.

    While one owner alone asks there is no competition, and it may have everything. lately_s: how long one who asked
    counts; clock: in seconds.
    """

    def __init__(self, lately_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._lately_s = lately_s
        self._clock = clock
        self._asked: OrderedDict[str, float] = OrderedDict()
        self._held: Counter[str] = Counter()

    def asks(self, owner: str) -> None:
        self._asked[owner] = self._clock()
        self._asked.move_to_end(owner)

    def takes(self, owner: str) -> None:
        self._held[owner] += 1

    def gives_back(self, owner: str) -> None:
        self._held[owner] -= 1
        if not self._held[owner]:
            del self._held[owner]

    @property
    def owners(self) -> int:
        """How many have asked lately."""
        long_ago = self._clock() - self._lately_s
        while self._asked and next(iter(self._asked.values())) < long_ago:
            self._asked.popitem(last=False)
        return len(self._asked)

    @property
    def going_on(self) -> bool:
        """Whether several owners have asked lately."""
        return self.owners > 1

    def held(self, owner: str) -> int:
        """How much of it the owner holds."""
        return self._held.get(owner, 0)


class _Level(Generic[T]):
    """The names of one level, in the order of their turns."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, _Level[T] | deque[T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._names)

    def below(self, name: str) -> _Level[T]:
        level = self._names.setdefault(name, _Level())
        assert isinstance(level, _Level)
        return level

    def items(self, name: str) -> deque[T]:
        items = self._names.setdefault(name, deque())
        assert isinstance(items, deque)
        return items

    def pop(self, may: Callable[[str], bool]) -> T:
        """The next name that may gives one and goes to the end of the line; one that has no more leaves it."""
        name = next((each for each in self._names if may(each)), None)
        if name is None:
            raise IndexError("nobody waits")
        waiting = self._names.pop(name)
        item = waiting.popleft() if isinstance(waiting, deque) else waiting.pop(lambda _: True)
        if waiting:
            self._names[name] = waiting
        return item

    def remove(self, item: T, path: Sequence[str]) -> bool:
        waiting = self._names.get(path[0])
        if waiting is None:
            return False
        if isinstance(waiting, _Level):
            found = waiting.remove(item, path[1:])
        elif found := item in waiting:
            waiting.remove(item)
        if not waiting:
            del self._names[path[0]]
        return found
