def windows(items, size):
    """Yield each run of that many items."""
    for start in range(len(items) - size + 1):
        yield items[start : start + size]


class Countdown:
    """Counts down to 1."""

    def __init__(self, start):
        self.start = start

    def __iter__(self):
        return iter(range(self.start, 0, -1))

    def __len__(self):
        return self.start

    def __contains__(self, number):
        return 0 < number <= self.start
