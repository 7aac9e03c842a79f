"""Ascending ints, and a target near the end: the far end is where a search from the front pays for every value."""

import random


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    values = sorted(rng.sample(range(2 * n), n))
    return values, values[rng.randrange(n - n // 16 - 1, n)]
