"""How often each value occurs; the number of distinct values grows with the list."""

import random
from collections import Counter

SIZES = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
REFERENCE = "by_dict"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randrange(n // 4) for _ in range(n)],)


def by_dict(items):
    """O(n)"""
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return max(counts.values())


def by_counter(items):
    """O(n)"""
    return Counter(items).most_common(1)[0][1]


def runs_of_sorted(items):
    """O(n log n)"""
    ordered, best, run = sorted(items), 1, 1
    for i in range(1, len(ordered)):
        run = run + 1 if ordered[i] == ordered[i - 1] else 1
        best = max(best, run)
    return best


def count_each(items):
    """O(n^2)"""
    return max(items.count(item) for item in set(items))


def list_of_pairs(items):
    """O(n^2)"""
    counts = []
    for item in items:
        for pair in counts:
            if pair[0] == item:
                pair[1] += 1
                break
        else:
            counts.append([item, 1])
    return max(count for _, count in counts)
