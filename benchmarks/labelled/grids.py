"""Edit distance of two texts of length n."""

import random

SIZES = [3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 24, 32, 48, 64, 96, 128]
REFERENCE = "two_rows"


def make_input(n: int, rng: random.Random) -> tuple[str, str]:
    left, right = ("".join(rng.choice("abcd") for _ in range(n)) for _ in range(2))
    return left, right


def two_rows(left, right):
    """O(n^2)"""
    above = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
        above = row
    return above[-1]


def whole_table(left, right):
    """O(n^2)"""
    best = {}
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            if i == 0 or j == 0:
                best[i, j] = i + j
            else:
                change = left[i - 1] != right[j - 1]
                best[i, j] = min(best[i - 1, j] + 1, best[i, j - 1] + 1, best[i - 1, j - 1] + change)
    return best[len(left), len(right)]


def recursive(left, right):
    """O(2^n)"""
    if not left or not right:
        return len(left) + len(right)
    change = left[-1] != right[-1]
    return min(
        recursive(left[:-1], right) + 1, recursive(left, right[:-1]) + 1, recursive(left[:-1], right[:-1]) + change
    )
