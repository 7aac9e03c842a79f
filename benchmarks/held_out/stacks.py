"""The first, the middle and the last of a list, added up."""

import random

SIZES = [10, 100, 1000, 10000]
REFERENCE = "by_index"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randrange(1000) for _ in range(n)],)


def by_index(items):
    """O(1)"""
    return items[0] + items[len(items) // 2] + items[-1]


def by_three_names(items):
    """O(1)"""
    first, last, middle = items[0], items[-1], items[len(items) >> 1]
    if first is None or last is None:
        raise ValueError("no numbers")
    return sum((first, middle, last))


def walked(items):
    """O(n)"""
    first = last = middle = None
    for place, item in enumerate(items):
        first = item if place == 0 else first
        middle = item if place == len(items) // 2 else middle
        last = item
    return first + middle + last


def turned_round(items):
    """O(n)"""
    turned = items[::-1]
    return turned[-1] + items[len(items) // 2] + turned[0]


def taken_by_halves(items):
    """O(log n)"""
    low, high = 0, len(items) - 1
    while low < high:
        low = (low + high + 1) // 2
    return items[0] + items[len(items) // 2] + items[low]
