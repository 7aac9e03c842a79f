"""A table of numbers, read in a spiral."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the numbers of a table in the order of a spiral from the top left corner inwards."""
    rows = [line.split() for line in sys.stdin.read().splitlines()[1:]]
    spiral: list[str] = []
    while rows:
        spiral += rows.pop(0)
        # A quarter turn to the left brings the next side to the top.
        rows = [list(column) for column in zip(*rows)][::-1]
    print(*spiral)


def square(rng: random.Random) -> str:
    side = rng.randint(3, 6)
    return _table(rng, side, side)


def wide(rng: random.Random) -> str:
    return _table(rng, rng.randint(2, 3), rng.randint(4, 7))


def high(rng: random.Random) -> str:
    return _table(rng, rng.randint(4, 7), rng.randint(2, 3))


def one_row(rng: random.Random) -> str:
    return _table(rng, 1, rng.randint(2, 6))


def one_column(rng: random.Random) -> str:
    return _table(rng, rng.randint(2, 6), 1)


def one_number(rng: random.Random) -> str:
    return _table(rng, 1, 1)


def two_by_two(rng: random.Random) -> str:
    return _table(rng, 2, 2)


def large(rng: random.Random) -> str:
    return _table(rng, 15, 20)


def _table(rng: random.Random, rows: int, columns: int) -> str:
    table = [" ".join(str(rng.randint(-99, 99)) for _ in range(columns)) for _ in range(rows)]
    return "\n".join([f"{rows} {columns}", *table]) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Spiral",
    category="medium",
    level="medium",
    description="""
        Read a table of whole numbers from standard input and print its numbers in the order of a spiral: the first row
        from left to right, then down the last column, back along the last row, up the first column, and so on inwards,
        each number once.

        The first line holds the number of rows and the number of columns, both at least 1. Each line after it holds a
        row, numbers with spaces between them. Print all numbers on one line, with spaces between them.
    """,
    hints=(
        "Follow the spiral by hand on a table of two rows and three columns.",
        "Take a whole side each time; what is left is a smaller table.",
        "Check tables of one row and of one column: no number may be printed twice, and none may be left out.",
    ),
    visible={
        "three by three": "3 3\n1 2 3\n4 5 6\n7 8 9\n",
        "two rows": "2 3\n1 2 3\n4 5 6\n",
        "one number": "1 1\n-5\n",
    },
    hidden={
        "a square": square,
        "wide": wide,
        "high": high,
        "one row": one_row,
        "one column": one_column,
        "any one number": one_number,
        "two by two": two_by_two,
        "a large one": large,
    },
    optimal="O(n)",
)
