"""The sum of the numbers below n, many times."""

import random

SIZES = [16, 64, 256, 1024, 4096, 16384, 65536]
VARY = 0
REFERENCE = "formula"


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    return [rng.randrange(1000) for _ in range(5000)], n


def formula(step, n):
    """O(1)"""
    total = 0
    for _ in range(5):
        total = step * (n * (n - 1) // 2)
    return total


def formula_of_parts(step, n):
    """O(1)"""
    even, odd = n // 2, n - n // 2
    return step * (even * (even - 1) // 2 + odd * (odd - 1) // 2 + even * odd)


def adding(step, n):
    """O(n)"""
    total = 0
    for number in range(n):
        total += step * number
    return total


def by_range(step, n):
    """O(n)"""
    return step * sum(range(n))


def by_halves(step, n):
    """O(log n)"""
    total, count, low = 0, n, 0
    while count > 0:
        half = count - count // 2
        total += half * low + half * (half - 1) // 2
        low += half
        count -= half
    return step * total
