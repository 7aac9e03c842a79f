"""Is there a pair with a given sum? There is none, so that nothing ends early."""

import random

SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
REFERENCE = "by_set"


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    return [2 * number for number in rng.sample(range(4 * n), n)], 4 * n + 1


def by_set(numbers, target):
    """O(n)"""
    seen = set()
    for number in numbers:
        if target - number in seen:
            return True
        seen.add(number)
    return False


def by_dict(numbers, target):
    """O(n)"""
    seen = {}
    for index, number in enumerate(numbers):
        if target - number in seen:
            return True
        seen[number] = index
    return False


def two_pointers(numbers, target):
    """O(n log n)"""
    ordered = sorted(numbers)
    low, high = 0, len(ordered) - 1
    while low < high:
        total = ordered[low] + ordered[high]
        if total == target:
            return True
        low, high = (low + 1, high) if total < target else (low, high - 1)
    return False


def nested(numbers, target):
    """O(n^2)"""
    for i in range(len(numbers)):
        for j in range(i + 1, len(numbers)):
            if numbers[i] + numbers[j] == target:
                return True
    return False


def in_list(numbers, target):
    """O(n^2)"""
    return any(target - number in numbers for number in numbers)


def in_slice(numbers, target):
    """O(n^2)"""
    return any(target - number in numbers[index + 1 :] for index, number in enumerate(numbers))
