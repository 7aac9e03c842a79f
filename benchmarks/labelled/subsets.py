"""Which sums do the subsets of n numbers have, up to a bound?"""

import random

SIZES = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]
REFERENCE = "by_mask"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randrange(1, 10**6) for _ in range(n)],)


def by_mask(numbers):
    """O(2^n)"""
    sums = [0]
    for number in numbers:
        sums += [total + number for total in sums]
    return max(total for total in sums if total % 2 == 0)


def by_choice(numbers, at=0, total=0):
    """O(2^n)"""
    if at == len(numbers):
        return total if total % 2 == 0 else 0
    return max(by_choice(numbers, at + 1, total), by_choice(numbers, at + 1, total + numbers[at]))
