"""Products of square matrices; n is their width."""

import random

SIZES = [4, 6, 8, 12, 16, 24, 32, 48]
REFERENCE = "by_columns"


def make_input(n: int, rng: random.Random) -> tuple[list[list[int]], list[list[int]]]:
    left, right = ([[rng.randrange(10) for _ in range(n)] for _ in range(n)] for _ in range(2))
    return left, right


def by_columns(left, right):
    """O(n^3)"""
    columns = list(zip(*right, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def by_index(left, right):
    """O(n^3)"""
    n = len(left)
    product = [[0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            for k in range(n):
                product[i][j] += left[i][k] * right[k][j]
    return product


def shortest_paths(left, right):
    """O(n^3)"""
    n, best = len(left), [list(row) for row in left]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                best[i][j] = min(best[i][j], best[i][k] + best[k][j])
    return best
