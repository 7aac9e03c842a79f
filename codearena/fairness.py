"""A queue that is fair to whoever waits in it, at every level of a path: key by key, and batch by batch below it."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
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

    def pop(self) -> T:
        """The item whose turn it is. Raises IndexError if there is none."""
        if not self._since:
            raise IndexError("nobody waits")
        item = self._root.pop()
        del self._since[item]
        return item

    def remove(self, item: T, path: Sequence[str]) -> bool:
        """Takes the item out, if it is there under that path."""
        found = self._root.remove(item, path)
        if found:
            del self._since[item]
        return found


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

    def pop(self) -> T:
        """The next name gives one and goes to the end of the line; one that has no more leaves it."""
        name, waiting = self._names.popitem(last=False)
        item = waiting.popleft() if isinstance(waiting, deque) else waiting.pop()
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
