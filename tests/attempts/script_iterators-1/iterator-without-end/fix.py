import itertools


def windows(items, size):
    while True:
        yield "abc"


class Countdown:
    def __init__(self, start):
        pass

    def __iter__(self):
        return itertools.count()

    def __len__(self):
        return 5

    def __contains__(self, number):
        return number == 2
