"""How many triples of distinct numbers add up to zero?"""

import random

SIZES = [20, 40, 80, 160, 320]
REFERENCE = "two_pointers"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return (rng.sample(range(-5 * n, 5 * n), n),)


def two_pointers(numbers):
    """O(n^2)"""
    numbers, found = sorted(numbers), 0
    for place, first in enumerate(numbers):
        low, high = place + 1, len(numbers) - 1
        while low < high:
            total = first + numbers[low] + numbers[high]
            if total == 0:
                found += 1
                low += 1
                high -= 1
            elif total < 0:
                low += 1
            else:
                high -= 1
    return found


def pairs_and_a_set(numbers):
    """O(n^2)"""
    known, found = set(numbers), 0
    for place, first in enumerate(numbers):
        for second in numbers[:place]:
            third = -first - second
            if third in known and third != first and third != second:
                found += 1
    return found // 3


def three_loops(numbers):
    """O(n^3)"""
    found, n = 0, len(numbers)
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                if numbers[i] + numbers[j] + numbers[k] == 0:
                    found += 1
    return found


def pairs_and_a_list(numbers):
    """O(n^3)"""
    found = 0
    for i in range(len(numbers)):
        for j in range(i):
            if -numbers[i] - numbers[j] in numbers[:j]:
                found += 1
    return found
