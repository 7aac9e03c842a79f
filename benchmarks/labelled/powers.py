"""A power modulo a prime, many times."""

import random

SIZES = [16, 64, 256, 1024, 4096, 16384, 65536]
VARY = 0
REFERENCE = "squaring"
_PRIME = 1_000_003


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    return [rng.randrange(2, _PRIME) for _ in range(2000)], n


def squaring(base, n):
    """O(log n)"""
    result = 1
    while n:
        if n & 1:
            result = result * base % _PRIME
        base = base * base % _PRIME
        n >>= 1
    return result


def squaring_recursively(base, n):
    """O(log n)"""
    if n == 0:
        return 1
    half = squaring_recursively(base, n // 2)
    return half * half % _PRIME * (base if n % 2 else 1) % _PRIME


def multiplying(base, n):
    """O(n)"""
    result = 1
    for _ in range(n):
        result = result * base % _PRIME
    return result


def halving_twice(base, n):
    """O(n)"""
    if n == 0:
        return 1
    if n == 1:
        return base
    return halving_twice(base, n // 2) * halving_twice(base, n - n // 2) % _PRIME
