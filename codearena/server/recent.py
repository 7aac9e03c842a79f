"""What was used last, in bounded memory."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the entries used last, as many as weigh `maximum` together; 0: none.

    weigh: of a value when it comes, at least 1; without it `maximum` is their number.
    """

    def __init__(self, maximum: int, weigh: Callable[[V], int] = lambda value: 1) -> None:
        self._maximum = maximum
        self._weigh = weigh
        self._weight = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        """Whether it is kept; asking is no use."""
        return key in self._entries

    def get(self, key: K) -> V | None:
        """What is kept under the key, which counts as a use."""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key][0]

    def put(self, key: K, value: V) -> None:
        """Keeps it, in place of what was kept under the key."""
        self.drop(key)
        weight = self._weigh(value)
        self._entries[key] = (value, weight)
        self._weight += weight
        while self._weight > self._maximum:
            self.drop(next(iter(self._entries)))

    def drop(self, key: K) -> None:
        """Keeps nothing under the key."""
        _, weight = self._entries.pop(key, (None, 0))
        self._weight -= weight
