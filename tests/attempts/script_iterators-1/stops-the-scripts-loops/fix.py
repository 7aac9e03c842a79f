class Stops:
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration

    def __len__(self):
        raise StopIteration

    __contains__ = __getitem__ = __len__


def windows(items, size):
    return Stops()


class Countdown(Stops):
    def __init__(self, start):
        pass
