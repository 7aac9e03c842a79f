"""What does a table of n names say of one of them?"""

import random

SIZES = [10, 50, 250, 1000, 5000]
REFERENCE = "by_key"


def make_input(n: int, rng: random.Random) -> tuple[dict[str, int], str]:
    return {f"k{number}": rng.randrange(100) for number in range(n)}, f"k{n - 1 - rng.randrange(max(1, n // 10))}"


def by_key(table, name):
    """O(1)"""
    if name not in table:
        raise KeyError(name)
    return table[name]


def by_get(table, name):
    """O(1)"""
    found = table.get(name)
    return -1 if found is None else found


def walked(table, name):
    """O(n)"""
    for key, value in table.items():
        if key == name:
            return value
    return -1


def from_a_list(table, name):
    """O(n)"""
    keys = list(table)
    return table[keys[keys.index(name)]] if name in keys else -1
