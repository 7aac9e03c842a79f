"""Largest sum of a contiguous part."""

import random
from itertools import accumulate

SIZES = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
REFERENCE = "kadane"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(-100, 100) for _ in range(n)],)


def kadane(numbers):
    """O(n)"""
    best = here = numbers[0]
    for number in numbers[1:]:
        here = max(number, here + number)
        best = max(best, here)
    return best


def with_accumulate(numbers):
    """O(n)"""
    return max(accumulate(numbers, lambda here, number: max(number, here + number)))


def each_start(numbers):
    """O(n^2)"""
    best = numbers[0]
    for start in range(len(numbers)):
        total = 0
        for number in numbers[start:]:
            total += number
            if total > best:
                best = total
    return best


def each_part(numbers):
    """O(n^3)"""
    best = numbers[0]
    for start in range(len(numbers)):
        for end in range(start, len(numbers)):
            total = 0
            for index in range(start, end + 1):
                total += numbers[index]
            best = max(best, total)
    return best


def each_part_by_slice(numbers):
    """O(n^3)"""
    return max(sum(numbers[i : j + 1]) for i in range(len(numbers)) for j in range(i, len(numbers)))
