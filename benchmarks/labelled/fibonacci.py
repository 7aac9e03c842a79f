"""The n-th Fibonacci number, modulo a prime so that numbers stay small."""

import random

SIZES = [8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]
REFERENCE = "two_variables"
_PRIME = 1_000_003


def make_input(n: int, rng: random.Random) -> tuple[int, int]:
    return n, rng.randrange(100)


def two_variables(n, start):
    """Linear, but for these n too quick to be timed."""
    a, b = start, start + 1
    for _ in range(n):
        a, b = b, (a + b) % _PRIME
    return a


def recursive(n, start):
    """O(2^n)"""
    if n < 2:
        return (start + n) % _PRIME
    return (recursive(n - 1, start) + recursive(n - 2, start)) % _PRIME


def recursive_with_a_list(n, start):
    """O(2^n)"""
    return (
        sum([recursive_with_a_list(n - 1, start), recursive_with_a_list(n - 2, start)]) % _PRIME if n > 1 else start + n
    )
