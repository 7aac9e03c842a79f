"""A board whose rows are lists of their own."""

import random

from codearena.generation.base import FunctionBase, Probe

Cells = list[tuple[int, int]]


def mark_cells(rows: int, columns: int, cells: Cells) -> list[list[int]]:
    """Return a board of zeros on which every cell (row, column) counts how often it was marked.

    Raises:
        IndexError: a cell is not on the board.
    """
    board = [[0] * columns for _ in range(rows)]
    for row, column in cells:
        if row < 0 or column < 0:
            raise IndexError(f"({row}, {column}) is not on the board")
        board[row][column] += 1
    return board


def one_cell(rng: random.Random) -> tuple[int, int, Cells]:
    return 3, 4, [(rng.randrange(3), rng.randrange(4))]


def marked_twice(rng: random.Random) -> tuple[int, int, Cells]:
    cell = (rng.randrange(4), rng.randrange(2))
    return 4, 2, [cell, (0, 0), cell]


def corners(rng: random.Random) -> tuple[int, int, Cells]:
    rows, columns = rng.randint(2, 5), rng.randint(2, 5)
    return rows, columns, [(0, 0), (rows - 1, columns - 1)]


def not_square(rng: random.Random) -> tuple[int, int, Cells]:
    return 2, rng.randint(4, 7), [(1, 3), (0, 2)]


def below(rng: random.Random) -> tuple[int, int, Cells]:
    rows = rng.randint(1, 4)
    return rows, 9, [(rows, 0)]


def to_the_right(rng: random.Random) -> tuple[int, int, Cells]:
    columns = rng.randint(1, 4)
    return 9, columns, [(0, columns)]


def negative_row(rng: random.Random) -> tuple[int, int, Cells]:
    return 3, 3, [(0, 0), (-rng.randint(1, 3), 1)]


def negative_column(rng: random.Random) -> tuple[int, int, Cells]:
    return 3, 3, [(0, 0), (1, -rng.randint(1, 3))]


def many(rng: random.Random) -> tuple[int, int, Cells]:
    return 9, 11, [(rng.randrange(9), rng.randrange(11)) for _ in range(300)]


def make_input(n: int, rng: random.Random) -> tuple[int, int, Cells]:
    return 8, 8, [(rng.randrange(8), rng.randrange(8)) for _ in range(n)]


BASE = FunctionBase(
    solves=mark_cells,
    title="Mark cells of a board",
    category="type_errors",
    level="easy",
    description="""
        `mark_cells(rows, columns, cells)` returns a board as a list of `rows` lists of `columns` ints: each int says
        how often its cell occurs in the list `cells` of tuples (row, column), both counted from 0. A cell that is not
        on the board, a negative row or column included, raises IndexError. A board without rows is an empty list.
    """,
    hints=(
        "Mark one cell and look at the whole board.",
        "[[0] * columns] * rows is the same row, several times.",
        "Check what is row and what is column, and that Python takes negative positions for others.",
    ),
    visible={
        "one mark": (2, 3, [(0, 1)]),
        "twice": (1, 2, [(0, 0), (0, 0)]),
        "not on the board": (2, 2, [(2, 0)]),
        "no marks": (2, 2, []),
    },
    hidden={
        "one cell": one_cell,
        "a cell marked twice": marked_twice,
        "corners": corners,
        "not a square": not_square,
        "below the board": below,
        "to the right of the board": to_the_right,
        "a negative row": negative_row,
        "a negative column": negative_column,
        "no rows": (0, 3, []),
        "no columns": (2, 0, []),
        "minus one": (2, 2, [(-1, 0)]),
        "minus one as a column": (2, 2, [(0, -1)]),
        "many marks": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
