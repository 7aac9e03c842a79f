"""Index of a value in an ascending list, a few times, whose items are read from outside."""

import random
from bisect import bisect_left

SIZES = [16, 64, 256, 1024, 4096, 16384, 65536]
VARY = 1
LEND = 0
REFERENCE = "halving"


def make_input(n: int, rng: random.Random) -> tuple[list[int], list[int]]:
    return list(range(0, 2 * n, 2)), [rng.randrange(2 * n) for _ in range(8)]


def halving(values, target):
    """O(log n)"""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < target:
            low = middle + 1
        else:
            high = middle
    return low


def recursive(values, target, low=0, high=None):
    """O(log n)"""
    high = len(values) if high is None else high
    if low >= high:
        return low
    middle = (low + high) // 2
    if values[middle] < target:
        return recursive(values, target, middle + 1, high)
    return recursive(values, target, low, middle)


def ask_the_ends(values, target):
    """O(1)"""
    first, last = values[0], values[-1]
    return min(max((target - first + 1) // 2, 0), len(values)) if last >= first else 0


def walk(values, target):
    """O(n)"""
    for index, value in enumerate(values):
        if value >= target:
            return index
    return len(values)


def sliced_halves(values, target):
    """O(n)"""
    offset = 0
    while values:
        middle = len(values) // 2
        if values[middle] < target:
            offset += middle + 1
            values = values[middle + 1 :]
        else:
            values = values[:middle]
    return offset


def count_smaller(values, target):
    """O(n)"""
    return sum(value < target for value in values)


def sorted_first(values, target):
    """O(n)"""
    return bisect_left(sorted(values), target)
