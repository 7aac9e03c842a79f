"""A few searches of one ascending list. The gaps between its values are random: where one stands has to be searched."""

import random
from itertools import accumulate

_SEARCHES = 8
_GAPS = range(4, 16)


def make_input(n: int, rng: random.Random) -> tuple[list[int], list[int]]:
    values = list(accumulate(rng.choices(_GAPS, k=n)))
    return values, [rng.choice(values) if rng.random() < 0.5 else rng.randrange(values[-1]) for _ in range(_SEARCHES)]
