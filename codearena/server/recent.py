"""What was used last, in bounded memory."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the `maximum` entries used last; 0: none."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._entries: OrderedDict[K, V] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        """Whether it is kept; asking is no use."""
        return key in self._entries

    def get(self, key: K) -> V | None:
        """What is kept under the key, which counts as a use."""
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def put(self, key: K, value: V) -> None:
        """Keeps it, in place of what was kept under the key."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        while len(self._entries) > self._maximum:
            self._entries.popitem(last=False)
