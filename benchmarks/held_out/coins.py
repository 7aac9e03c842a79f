"""In how many ways do coins of 1, 2, 5 and 10 make an amount of n, in any order of kinds?"""

import random

SIZES = [20, 50, 100, 200, 500, 1000]
REFERENCE = "table"
_COINS = (1, 2, 5, 10)


def make_input(n: int, rng: random.Random) -> tuple[int]:
    return (n,)


def table(amount):
    """O(n)"""
    ways = [1] + [0] * amount
    for coin in _COINS:
        for total in range(coin, amount + 1):
            ways[total] += ways[total - coin]
    return ways[amount]


def by_tens_and_fives(amount):
    """O(n^2)"""
    ways = 0
    for tens in range(amount // 10 + 1):
        for fives in range((amount - 10 * tens) // 5 + 1):
            ways += (amount - 10 * tens - 5 * fives) // 2 + 1
    return ways


def by_all_but_ones(amount):
    """O(n^3)"""
    ways = 0
    for tens in range(0, amount + 1, 10):
        for fives in range(tens, amount + 1, 5):
            for _ in range(fives, amount + 1, 2):
                ways += 1
    return ways


def formula_for_twos(amount):
    """O(n)"""
    ways = 0
    for tens in range(amount // 10 + 1):
        rest = amount - 10 * tens
        most = rest // 5
        even = sum((rest - 5 * fives) // 2 + 1 for fives in range(0, min(most, 1) + 1))
        more = max(0, most - 1)
        pairs, odd = divmod(more, 2)
        total = even
        high, low = (rest - 10) // 2 + 1, (rest - 15) // 2 + 1
        total += pairs * (high + low) - 5 * pairs * (pairs - 1)
        if odd:
            total += (rest - 10 - 10 * pairs) // 2 + 1
        ways += total
    return ways
