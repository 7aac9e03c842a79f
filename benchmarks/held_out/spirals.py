"""The sum of a square table of numbers along its diagonals; n is its width."""

import random

SIZES = [8, 16, 32, 64, 128]
REFERENCE = "two_diagonals"


def make_input(n: int, rng: random.Random) -> tuple[list[list[int]]]:
    return ([[rng.randrange(10) for _ in range(n)] for _ in range(n)],)


def two_diagonals(table):
    """O(n)"""
    total = 0
    for place, row in enumerate(table):
        total += row[place] + row[-1 - place]
    return total


def by_sum(table):
    """O(n)"""
    return sum(row[place] + row[len(row) - 1 - place] for place, row in enumerate(table))


def every_cell(table):
    """O(n^2)"""
    total = 0
    for place, row in enumerate(table):
        for other, cell in enumerate(row):
            if other == place:
                total += cell
            if other == len(row) - 1 - place:
                total += cell
    return total


def with_a_mirrored_copy(table):
    """O(n^2)"""
    mirrored = [list(reversed(row)) for row in table]
    return sum(table[place][place] + mirrored[place][place] for place in range(len(table)))
