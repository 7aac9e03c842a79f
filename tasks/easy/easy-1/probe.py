"""Lists of small ints whose mean is not whole, so that every right way to compute it gives the same float."""

import random


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    numbers = [rng.randrange(100) for _ in range(n)]
    # The sum becomes n/2 more than a multiple of n: a mean that ends in .5 is exact in binary.
    numbers[-1] += n // 2 - sum(numbers) % n
    return (numbers,)
