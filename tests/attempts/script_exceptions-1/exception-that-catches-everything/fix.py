EmptyQueueError = BaseException


class Queue:
    def __init__(self, items=()):
        pass

    def put(self, item):
        return self

    def take(self):
        raise EmptyQueueError("nothing to take: 7")
