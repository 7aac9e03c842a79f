"""Taking items from the front while others are put at the end."""

import random
from collections import deque

SIZES = [64, 256, 1024, 4096, 8192, 16384, 32768, 65536]
REFERENCE = "with_deque"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randrange(100) for _ in range(n)],)


def with_deque(items):
    """O(n)"""
    queue, total = deque(items), 0
    while queue:
        item = queue.popleft()
        total += item
        if item % 2:
            queue.append(item - 1)
    return total


def with_an_index(items):
    """O(n)"""
    queue, total, at = list(items), 0, 0
    while at < len(queue):
        item = queue[at]
        at += 1
        total += item
        if item % 2:
            queue.append(item - 1)
    return total


def with_slices(items):
    """O(n^2)"""
    queue, total = list(items), 0
    while queue:
        item, queue = queue[0], queue[1:]
        total += item
        if item % 2:
            queue.append(item - 1)
    return total


def with_rebuilt_tuples(items):
    """O(n^2)"""
    done, total = (), 0
    for item in items:
        done = (*done, item)
        total += item + (item - 1 if item % 2 else 0)
    return total
