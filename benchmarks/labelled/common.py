"""How many values of one list are in another?"""

import random
from bisect import bisect_left

SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
REFERENCE = "by_set"


def make_input(n: int, rng: random.Random) -> tuple[list[int], list[int]]:
    return rng.sample(range(4 * n), n), rng.sample(range(4 * n), n)


def by_set(left, right):
    """O(n)"""
    wanted, count = set(right), 0
    for item in left:
        if item in wanted:
            count += 1
    return count


def intersection(left, right):
    """O(n)"""
    return len(set(left) & set(right))


def searched(left, right):
    """O(n log n)"""
    ordered, count = sorted(right), 0
    for item in left:
        place = bisect_left(ordered, item)
        count += place < len(ordered) and ordered[place] == item
    return count


def in_the_list(left, right):
    """O(n^2)"""
    return sum(1 for item in left if item in right)


def a_set_each_time(left, right):
    """O(n^2)"""
    return sum(1 for item in left if item in set(right))
