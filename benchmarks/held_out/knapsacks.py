"""The most value that fits into a bag that takes n, of n things."""

import random

SIZES = [5, 10, 15, 20, 40, 80, 160]
REFERENCE = "one_row"


def make_input(n: int, rng: random.Random) -> tuple[list[int], list[int]]:
    return [rng.randrange(1, 10) for _ in range(n)], [rng.randrange(1, 100) for _ in range(n)]


def one_row(weights, worth):
    """O(n^2)"""
    best = [0] * (len(weights) + 1)
    for weight, value in zip(weights, worth, strict=True):
        for room in range(len(weights), weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    return best[-1]


def whole_table(weights, worth):
    """O(n^2)"""
    n = len(weights)
    best = [[0] * (n + 1) for _ in range(n + 1)]
    for item in range(1, n + 1):
        for room in range(n + 1):
            best[item][room] = best[item - 1][room]
            if weights[item - 1] <= room:
                with_it = best[item - 1][room - weights[item - 1]] + worth[item - 1]
                best[item][room] = max(best[item][room], with_it)
    return best[n][n]


def every_choice(weights, worth):
    """O(2^n)"""
    n, best = len(weights), 0
    for mask in range(1 << n):
        weight = value = 0
        for item in range(n):
            if mask >> item & 1:
                weight += weights[item]
                value += worth[item]
        if weight <= n:
            best = max(best, value)
    return best
