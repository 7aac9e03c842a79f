"""Ways to climb n stairs, modulo a prime."""

import random

SIZES = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
REFERENCE = "two_variables"
_PRIME = 1_000_003


def make_input(n: int, rng: random.Random) -> tuple[int, int]:
    return n, rng.randrange(100)


def two_variables(n, start):
    """O(n)"""
    a, b = start, start + 1
    for _ in range(n):
        a, b = b, (a + b) % _PRIME
    return a


def table(n, start):
    """O(n)"""
    ways = [start, start + 1]
    for i in range(2, n + 1):
        ways.append((ways[i - 1] + ways[i - 2]) % _PRIME)
    return ways[n]


def from_the_start_each_time(n, start):
    """O(n^2)"""
    best = 0
    for upto in range(0, n + 1):
        a, b = start, start + 1
        for _ in range(upto):
            a, b = b, (a + b) % _PRIME
        best = a
    return best


def matrix_power(n, start):
    """O(log n)"""

    def times(x, y):
        return (
            (x[0] * y[0] + x[1] * y[2]) % _PRIME,
            (x[0] * y[1] + x[1] * y[3]) % _PRIME,
            (x[2] * y[0] + x[3] * y[2]) % _PRIME,
            (x[2] * y[1] + x[3] * y[3]) % _PRIME,
        )

    answer = 0
    for _ in range(200):
        result, base, exponent = (1, 0, 0, 1), (1, 1, 1, 0), n
        while exponent:
            if exponent & 1:
                result = times(result, base)
            base = times(base, base)
            exponent >>= 1
        answer = (result[2] * (start + 1) + result[3] * start) % _PRIME
    return answer
