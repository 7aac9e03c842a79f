"""Ints, about 25 of each: enough distinct ones that counting each by a walk over the list shows."""

import random


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    distinct = max(1, n // 25)
    return ([rng.randrange(distinct) for _ in range(n)],)
