"""An amount, paid with as few coins as possible."""

import random

from codearena.generation.base import FunctionBase, Probe


def fewest_coins(coins: list[int], amount: int) -> int:
    """Return the least number of coins that add up to amount, or -1 if none do."""
    unreachable = amount + 1
    fewest = [0] + [unreachable] * amount
    for coin in coins:
        for total in range(coin, amount + 1):
            fewest[total] = min(fewest[total], fewest[total - coin] + 1)
    return fewest[amount] if fewest[amount] < unreachable else -1


def greedy_fails(rng: random.Random) -> tuple[list[int], int]:
    unit = rng.randint(3, 9)
    return [1, unit, 2 * unit - 2], 2 * unit


def the_coin_itself(rng: random.Random) -> tuple[list[int], int]:
    coins = rng.sample(range(2, 30), 4)
    return coins, rng.choice(coins)


def out_of_reach(rng: random.Random) -> tuple[list[int], int]:
    return [4, 6, 10], 2 * rng.randint(1, 30) + 1


def below_all_coins(rng: random.Random) -> tuple[list[int], int]:
    return rng.sample(range(10, 20), 3), rng.randint(1, 9)


def one_coin(rng: random.Random) -> tuple[list[int], int]:
    coin = rng.randint(2, 9)
    return [coin], coin * rng.randint(2, 9)


def only_ones(rng: random.Random) -> tuple[list[int], int]:
    return [1], rng.randint(2, 40)


def unsorted(rng: random.Random) -> tuple[list[int], int]:
    return rng.sample([1, 5, 12, 25, 50], 5), rng.randint(16, 120)


def many(rng: random.Random) -> tuple[list[int], int]:
    return rng.sample(range(3, 60), 8), rng.randint(500, 900)


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    return rng.sample([1, 3, 7, 11, 19], 5), n


BASE = FunctionBase(
    solves=fewest_coins,
    title="Fewest coins",
    category="medium",
    level="medium",
    description="""
        `fewest_coins(coins, amount)` returns the least number of coins that add up to `amount` exactly. `coins` is a
        list of distinct positive ints in any order, each of which may be used any number of times; `amount` is an int
        of at least 0. It returns 0 for the amount 0, and -1 if no coins add up to the amount. For fixed coins the
        time must grow linearly with the amount.
    """,
    hints=(
        "Taking the largest coin first is wrong: try the coins 1, 3 and 4 for the amount 6.",
        "If the fewest coins for all smaller amounts are known, what follows for an amount and its last coin?",
        "Check the amount 0, an amount that equals a coin, and how an amount that cannot be paid is marked.",
    ),
    visible={
        "the largest first is wrong": ([1, 3, 4], 6),
        "cannot be paid": ([5, 10], 7),
        "nothing to pay": ([2], 0),
    },
    hidden={
        "greedy takes more": greedy_fails,
        "the coin itself": the_coin_itself,
        "out of reach": out_of_reach,
        "below all coins": below_all_coins,
        "one kind of coin": one_coin,
        "ones only": only_ones,
        "no coins": ([], 5),
        "no coins and nothing to pay": ([], 0),
        "in any order": unsorted,
        "a large amount": many,
    },
    probe=Probe(make_input, sizes=(50, 200, 800, 3200, 12800)),
    optimal="O(n)",
)
