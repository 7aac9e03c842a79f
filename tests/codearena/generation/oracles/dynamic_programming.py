"""Oracles of the bases on dynamic programming."""

import functools
from itertools import combinations
from math import inf


def fewest_coins(coins: list[int], amount: int) -> int:
    """Level by level: all amounts that take one coin, two coins, and so on."""
    reached, count = {0}, 0
    while amount not in reached:
        further = reached | {total + coin for total in reached for coin in coins if total + coin <= amount}
        if further == reached:
            return -1
        reached, count = further, count + 1
    return count


def edit_distance(source: str, target: str) -> int:
    @functools.cache
    def distance(left: int, right: int) -> int:
        if left == 0 or right == 0:
            return left + right
        if source[left - 1] == target[right - 1]:
            return distance(left - 1, right - 1)
        return 1 + min(distance(left - 1, right), distance(left, right - 1), distance(left - 1, right - 1))

    return distance(len(source), len(target))


def longest_rise(values: list[int]) -> int:
    best: list[int] = []
    for at, value in enumerate(values):
        best.append(1 + max((best[earlier] for earlier in range(at) if values[earlier] < value), default=0))
    return max(best, default=0)


def best_haul(items: list[tuple[int, int]], capacity: int) -> int:
    if len(items) <= 8:
        chosen = [some for count in range(len(items) + 1) for some in combinations(items, count)]
        return max(sum(value for _, value in some) for some in chosen if sum(weight for weight, _ in some) <= capacity)

    @functools.cache
    def best(at: int, room: int) -> float:
        if room < 0:
            return -inf
        if at == len(items):
            return 0
        return max(best(at + 1, room), best(at + 1, room - items[at][0]) + items[at][1])

    return int(best(0, capacity))


def grid_paths(stdin: str) -> str:
    rows = stdin.split()

    @functools.cache
    def ways(y: int, x: int) -> int:
        if y == len(rows) or x == len(rows[0]) or rows[y][x] == "#":
            return 0
        if (y, x) == (len(rows) - 1, len(rows[0]) - 1):
            return 1
        return ways(y + 1, x) + ways(y, x + 1)

    return str(ways(0, 0) % (10**9 + 7))


def common_subsequence(stdin: str) -> str:
    one, other, *_ = stdin.split("\n")

    @functools.cache
    def length(left: int, right: int) -> int:
        if left == len(one) or right == len(other):
            return 0
        if one[left] == other[right]:
            return 1 + length(left + 1, right + 1)
        return max(length(left + 1, right), length(left, right + 1))

    return str(length(0, 0))
