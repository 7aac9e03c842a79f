from collections import deque


class EmptyQueueError(LookupError):
    """There is nothing to take."""

    def __init__(self, code):
        super().__init__(f"nothing to take: {code}")
        self.code = code


class Queue:
    """Items leave in the order in which they came."""

    def __init__(self, items=()):
        self._items = deque(items)

    def put(self, item):
        """Add an item."""
        self._items.append(item)
        return self

    def take(self):
        """Return the first item; raise EmptyQueueError if there is none."""
        if not self._items:
            raise EmptyQueueError(7)
        return self._items.popleft()

    def __len__(self):
        return len(self._items)
