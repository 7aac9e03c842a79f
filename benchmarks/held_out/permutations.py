"""Shortest round trip through n places: every order is tried, or every set of places."""

import random

SIZES = [3, 4, 5, 6, 7, 8, 9, 10]
REFERENCE = "by_sets"


def make_input(n: int, rng: random.Random) -> tuple[list[list[int]]]:
    return ([[rng.randrange(1, 100) for _ in range(n)] for _ in range(n)],)


def by_sets(far):
    """O(2^n)"""
    n = len(far)
    best = {(1, 0): 0}
    for mask in range(1, 1 << n, 2):
        for last in range(n):
            here = best.get((mask, last))
            if here is not None:
                for to in range(1, n):
                    if not mask >> to & 1:
                        key = (mask | 1 << to, to)
                        best[key] = min(best.get(key, 10**9), here + far[last][to])
    full = (1 << n) - 1
    return min(best[full, last] + far[last][0] for last in range(n) if (full, last) in best)


def by_recursion(far):
    """O(2^n)"""
    n = len(far)
    known = {}

    def least(left, at):
        if not left:
            return far[at][0]
        if (left, at) not in known:
            known[left, at] = min(far[at][to] + least(left & ~(1 << to), to) for to in range(n) if left >> to & 1)
        return known[left, at]

    return least((1 << n) - 2, 0)


def every_subset_first(far):
    """O(2^n)"""
    n = len(far)
    subsets = [[place for place in range(1, n) if mask >> place & 1] for mask in range(1 << n)]
    subsets.sort(key=len)
    best = {}
    for subset in subsets:
        for last in subset:
            rest = [place for place in subset if place != last]
            code = sum(1 << place for place in subset)
            before = code & ~(1 << last)
            best[code, last] = min((best[before, place] + far[place][last] for place in rest), default=far[0][last])
    full = (1 << n) - 2
    return min(best[full, last] + far[last][0] for last in range(1, n)) if n > 1 else far[0][0]
