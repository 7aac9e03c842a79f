"""Largest sum of a quarter of the list in one piece."""

import random
from itertools import accumulate

SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
REFERENCE = "sliding"


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    return [rng.randrange(100) for _ in range(n)], n // 4


def sliding(numbers, width):
    """O(n)"""
    best = total = sum(numbers[:width])
    for index in range(width, len(numbers)):
        total += numbers[index] - numbers[index - width]
        if total > best:
            best = total
    return best


def prefix_sums(numbers, width):
    """O(n)"""
    sums = [0, *accumulate(numbers)]
    return max(sums[end] - sums[end - width] for end in range(width, len(sums)))


def shrinking(numbers, width):
    """O(n)"""
    best = total = start = 0
    for end, number in enumerate(numbers, 1):
        total += number
        while end - start > width:
            total -= numbers[start]
            start += 1
        best = max(best, total)
    return best


def each_window(numbers, width):
    """O(n^2)"""
    return max(sum(numbers[i : i + width]) for i in range(len(numbers) - width + 1))


def each_window_by_index(numbers, width):
    """O(n^2)"""
    best = 0
    for i in range(len(numbers) - width + 1):
        total = 0
        for j in range(i, i + width):
            total += numbers[j]
        best = max(best, total)
    return best


def each_window_sorted(numbers, width):
    """O(n^2 log n)"""
    return max(sum(sorted(numbers[i : i + width])) for i in range(len(numbers) - width + 1))
