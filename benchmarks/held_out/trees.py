"""How deep is a tree of n nodes that are put in one by one? It is a search tree of a random order."""

import random

SIZES = [64, 256, 1024, 4096]
REFERENCE = "put_in"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return (rng.sample(range(n), n),)


def put_in(keys):
    """O(n log n)"""
    left, right, deepest = {}, {}, 1
    root = keys[0]
    for key in keys[1:]:
        node, depth = root, 1
        while True:
            side = left if key < node else right
            depth += 1
            if node not in side:
                side[node] = key
                deepest = max(deepest, depth)
                break
            node = side[node]
    return deepest


def nested_lists(keys):
    """O(n log n)"""
    root, deepest = [keys[0], None, None], 1
    for key in keys[1:]:
        node, depth = root, 2
        while True:
            side = 1 if key < node[0] else 2
            if node[side] is None:
                node[side] = [key, None, None]
                break
            node, depth = node[side], depth + 1
        deepest = max(deepest, depth)
    return deepest


def parted_again_and_again(keys):
    """O(n log n)"""
    if not keys:
        return 0
    root = keys[0]
    smaller = [key for key in keys if key < root]
    larger = [key for key in keys if key > root]
    return 1 + max(parted_again_and_again(smaller), parted_again_and_again(larger))


def path_of_each(keys):
    """O(n^2)"""
    deepest = 0
    for key in keys:
        low, high, depth = -1, len(keys), 0
        for other in keys:
            if low < other < high:
                depth += 1
                if other == key:
                    break
                low, high = (low, other) if key < other else (other, high)
        for _ in keys:
            pass
        deepest = max(deepest, depth)
    return deepest
