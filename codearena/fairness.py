"""A queue that is fair to whoever waits in it, at every level of a path: key by key, and batch by batch below it."""

from __future__ import annotations

import math
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, TypeVar

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
    def going_on(self) -> bool:
        """Whether several owners have asked lately."""
        long_ago = self._clock() - self._lately_s
        while self._asked and next(iter(self._asked.values())) < long_ago:
            self._asked.popitem(last=False)
        return len(self._asked) > 1

    def holds_some(self, owner: str) -> bool:
        return owner in self._held


class _Level(Generic[T]):
    """The names of one level, in the order of their turns."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, _Level[T] | deque[T]] = OrderedDict()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

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
        if _some(waiting):
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
        if not _some(waiting):
            del self._names[path[0]]
        return found


def _some(waiting: _Level[T] | deque[T]) -> bool:
    return any(True for _ in waiting)
