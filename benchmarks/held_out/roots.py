"""The largest whole number whose square is not above n."""

import random

SIZES = [100, 1000, 10000, 100000, 1000000]
REFERENCE = "by_halving"


def make_input(n: int, rng: random.Random) -> tuple[int, int]:
    return n, rng.randrange(3)


def by_halving(n, extra):
    """O(log n)"""
    low, high = 0, n + 1
    while high - low > 1:
        middle = (low + high) // 2
        if middle * middle <= n:
            low = middle
        else:
            high = middle
    return low


def by_halving_recursively(n, extra):
    """O(log n)"""

    def search(low, high):
        if high - low <= 1:
            return low
        middle = low + (high - low) // 2
        return search(middle, high) if middle * middle <= n else search(low, middle)

    return search(0, n + 1)


def counted_down(n, extra):
    """O(n)"""
    root = n
    while root * root > n:
        root -= 1
    return root


def by_digits(n, extra):
    """O(log n)"""
    root, bit = 0, 1
    while bit * bit <= n:
        bit *= 2
    while bit:
        if (root + bit) * (root + bit) <= n:
            root += bit
        bit //= 2
    return root


def by_float(n, extra):
    """O(1)"""
    root = int(n**0.5)
    while root * root > n:
        root -= 1
    while (root + 1) * (root + 1) <= n:
        root += 1
    return root
