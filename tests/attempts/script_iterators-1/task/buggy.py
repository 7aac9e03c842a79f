def windows(items, size):
    yield items


class Countdown:
    def __init__(self, start):
        self.start = start

    def __iter__(self):
        return iter(range(self.start))

    def __len__(self):
        return 0

    def __contains__(self, number):
        return False
