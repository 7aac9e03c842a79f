"""Greatest common divisor of n and a smaller number that shares a few steps with it."""

import random

SIZES = [10, 100, 1000, 10000, 100000]
REFERENCE = "by_remainders"


def make_input(n: int, rng: random.Random) -> tuple[int, int]:
    return n, max(1, round(n * 0.6180339887))


def by_remainders(a, b):
    """O(log n)"""
    while b:
        a, b = b, a % b
    return a


def recursive(a, b):
    """O(log n)"""
    return a if b == 0 else recursive(b, a % b)


def by_trial_down(a, b):
    """O(n)"""
    best = 1
    for divisor in range(1, b + 1):
        if a % divisor == 0 and b % divisor == 0:
            best = divisor
    return best


def by_lists_of_divisors(a, b):
    """O(n)"""
    left = [divisor for divisor in range(1, a + 1) if a % divisor == 0]
    right = {divisor for divisor in range(1, b + 1) if b % divisor == 0}
    return max(divisor for divisor in left if divisor in right)


def binary(a, b):
    """O(log n)"""
    shift = 0
    while (a | b) & 1 == 0:
        a, b, shift = a >> 1, b >> 1, shift + 1
    while a & 1 == 0:
        a >>= 1
    while b:
        while b & 1 == 0:
            b >>= 1
        if a > b:
            a, b = b, a
        b -= a
    return a << shift
