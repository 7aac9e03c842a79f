"""Length of the longest ascending subsequence."""

import random
from bisect import bisect_left

SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384]
REFERENCE = "piles"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randrange(10 * n) for _ in range(n)],)


def piles(numbers):
    """O(n log n)"""
    tails = []
    for number in numbers:
        low, high = 0, len(tails)
        while low < high:
            middle = (low + high) // 2
            if tails[middle] < number:
                low = middle + 1
            else:
                high = middle
        tails[low : low + 1] = [number]
    return len(tails)


def piles_by_bisect(numbers):
    """O(n log n)"""
    tails = []
    for number in numbers:
        place = bisect_left(tails, number)
        if place == len(tails):
            tails.append(number)
        else:
            tails[place] = number
    return len(tails)


def longest_before(numbers):
    """O(n^2)"""
    lengths = []
    for place, number in enumerate(numbers):
        best = 0
        for earlier in range(place):
            if numbers[earlier] < number and lengths[earlier] > best:
                best = lengths[earlier]
        lengths.append(best + 1)
    return max(lengths)


def longest_before_by_slices(numbers):
    """O(n^2)"""
    lengths = []
    for number in numbers:
        pairs = zip(numbers, lengths, strict=False)
        lengths.append(1 + max((length for value, length in pairs if value < number), default=0))
    return max(lengths)
