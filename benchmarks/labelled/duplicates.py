"""Is any value there twice? None is."""

import random

SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
REFERENCE = "one_by_one"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return (rng.sample(range(3 * n), n),)


def one_by_one(items):
    """O(n)"""
    seen = set()
    for item in items:
        if item in seen:
            return True
        seen.add(item)
    return False


def size_of_a_set(items):
    """O(n)"""
    return len(set(items)) < len(items)


def neighbours(items):
    """O(n log n)"""
    ordered = sorted(items)
    return any(ordered[i] == ordered[i + 1] for i in range(len(ordered) - 1))


def seen_in_a_list(items):
    """O(n^2)"""
    seen = []
    for item in items:
        if item in seen:
            return True
        seen.append(item)
    return False


def counted(items):
    """O(n^2)"""
    return any(items.count(item) > 1 for item in items)


def each_pair(items):
    """O(n^2)"""
    for i, item in enumerate(items):
        for j in range(i):
            if items[j] == item:
                return True
    return False


def sorted_in_a_loop(items):
    """O(n^2 log n)"""
    for index in range(len(items)):
        ordered = sorted(items)
        if index and ordered[index] == ordered[index - 1]:
            return True
    return False
