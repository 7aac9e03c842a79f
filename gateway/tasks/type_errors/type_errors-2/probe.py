"""Ints, about ten of each: enough distinct ones that counting each by a walk over the list shows."""

import random


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    distinct = max(1, n // 10)
    return ([rng.randrange(distinct) for _ in range(n)],)
