"""How many nodes can be reached from node 0? Each node has three neighbours."""

import random
from collections import deque

SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384]
REFERENCE = "breadth_first"


def make_input(n: int, rng: random.Random) -> tuple[list[list[int]]]:
    return ([[(node + 1) % n, rng.randrange(n), rng.randrange(n)] for node in range(n)],)


def breadth_first(neighbours):
    """O(n)"""
    seen, queue = {0}, deque([0])
    while queue:
        for node in neighbours[queue.popleft()]:
            if node not in seen:
                seen.add(node)
                queue.append(node)
    return len(seen)


def depth_first(neighbours):
    """O(n)"""
    seen, stack = [False] * len(neighbours), [0]
    while stack:
        node = stack.pop()
        if not seen[node]:
            seen[node] = True
            stack.extend(neighbours[node])
    return sum(seen)


def seen_in_a_list(neighbours):
    """O(n^2)"""
    seen = [0]
    for node in seen:
        for other in neighbours[node]:
            if other not in seen:
                seen.append(other)
    return len(seen)


def matrix_of_neighbours(neighbours):
    """O(n^2)"""
    n = len(neighbours)
    matrix = [[False] * n for _ in range(n)]
    for node, others in enumerate(neighbours):
        for other in others:
            matrix[node][other] = True
    seen, stack = {0}, [0]
    while stack:
        row = matrix[stack.pop()]
        for other in range(n):
            if row[other] and other not in seen:
                seen.add(other)
                stack.append(other)
    return len(seen)
