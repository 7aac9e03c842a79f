class EmptyQueueError(LookupError):
    pass


class Queue:
    def __init__(self, items=()):
        self._items = []

    def put(self, item):
        self._items.append(item)

    def take(self):
        return self._items.pop()

    def __len__(self):
        return 0
