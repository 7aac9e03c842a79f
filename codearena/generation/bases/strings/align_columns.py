"""A table of text whose columns are aligned."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the table with numbers to the right and all else to the left."""
    rows = [line.split("|") for line in sys.stdin.read().splitlines()]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [cell.rjust(width) if cell.isdecimal() else cell.ljust(width) for cell, width in zip(row, widths)]
        print(" | ".join(cells).rstrip())


def words(rng: random.Random) -> str:
    return _table(rng, 4, 3, 0.0)


def numbers(rng: random.Random) -> str:
    return _table(rng, 4, 3, 1.0)


def mixed(rng: random.Random) -> str:
    return _table(rng, 6, 4, 0.5)


def one_column(rng: random.Random) -> str:
    return _table(rng, 5, 1, 0.5)


def one_row(rng: random.Random) -> str:
    return _table(rng, 1, 5, 0.5)


def empty_cells(rng: random.Random) -> str:
    return f"a||{rng.randint(1, 999)}\n|long word|\n||\n"


def widest_last(rng: random.Random) -> str:
    return f"1|a\n22|b\n{rng.randint(1000, 99999)}|{'c' * rng.randint(5, 9)}\n"


def almost_numbers(rng: random.Random) -> str:
    return f"1.5|-7|1 2\n100|100|{rng.randint(1000, 9999)}\nlonger|longer|longer\n"


def unicode(rng: random.Random) -> str:
    return f"žába|{rng.randint(1, 9)}\nkůň a pes|100\n"


def large(rng: random.Random) -> str:
    return _table(rng, 40, 6, 0.4)


def _table(rng: random.Random, rows: int, columns: int, numbers: float) -> str:
    return "".join("|".join(_cell(rng, numbers) for _ in range(columns)) + "\n" for _ in range(rows))


def _cell(rng: random.Random, numbers: float) -> str:
    if rng.random() < numbers:
        return str(rng.randint(0, 10 ** rng.randint(1, 5)))
    return "".join(rng.choice("abcd") for _ in range(rng.randint(1, 8)))


BASE = ProgramBase(
    solves=main,
    title="Align columns",
    category="medium",
    level="medium",
    description="""
        Read a table from standard input: each line is a row, and its cells are separated by |. All rows have equally
        many cells; cells may be empty. Print the table with every column as wide as its longest cell. A cell of
        digits only is filled up with spaces on its left, every other cell on its right. Between two cells stands " |
        ", and white space at the end of a line is removed. Input without lines gives no output.
    """,
    hints=(
        "How wide is each column? All rows have to be known before the first one is printed.",
        "Numbers are pushed to the right, words to the left, and 1.5 and -7 are no digits only.",
        "Check the separator, empty cells, and what is left at the end of a line.",
    ),
    visible={
        "words and numbers": "name|count\nbread|7\nmilk|1200\n",
        "one cell": "a\n",
        "empty cells": "a||b\nlong|x|\n",
    },
    hidden={
        "words": words,
        "numbers": numbers,
        "both": mixed,
        "one column": one_column,
        "one row": one_row,
        "empty cells of all kinds": empty_cells,
        "the widest comes last": widest_last,
        "almost numbers": almost_numbers,
        "beyond ASCII": unicode,
        "nothing": "",
        "a large table": large,
    },
    compare="exact",
)
