"""How much of a line do intervals cover together?"""

import random

SIZES = [100, 200, 400, 800, 1600, 3200]
REFERENCE = "merged"


def make_input(n: int, rng: random.Random) -> tuple[list[list[int]]]:
    starts = [rng.randrange(20 * n) for _ in range(n)]
    return ([[start, start + rng.randrange(1, 30)] for start in starts],)


def merged(intervals):
    """O(n log n)"""
    covered, end = 0, -1
    for low, high in sorted(intervals):
        low = max(low, end)
        if high > low:
            covered += high - low
            end = high
    return covered


def by_events(intervals):
    """O(n log n)"""
    events = [(low, 1) for low, _ in intervals] + [(high, -1) for _, high in intervals]
    events.sort()
    covered = opened = last = 0
    for place, change in events:
        if opened:
            covered += place - last
        opened += change
        last = place
    return covered


def every_point(intervals):
    """O(n)"""
    covered = set()
    for low, high in intervals:
        covered.update(range(low, high))
    return len(covered)


def joined_pair_by_pair(intervals):
    """O(n^2)"""
    parts = []
    for low, high in intervals:
        apart = []
        for other in parts:
            if other[1] < low or other[0] > high:
                apart.append(other)
            else:
                low, high = min(low, other[0]), max(high, other[1])
        parts = [*apart, [low, high]]
    return sum(high - low for low, high in parts)
