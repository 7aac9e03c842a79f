"""In how many ways a grid can be crossed."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the number of ways from the top left to the bottom right, to the right and down only."""
    rows = sys.stdin.read().split()
    ways = [1] + [0] * (len(rows[0]) - 1)
    for row in rows:
        for column, cell in enumerate(row):
            if cell == "#":
                ways[column] = 0
            elif column > 0:
                ways[column] += ways[column - 1]
    print(ways[-1] % 1_000_000_007)


def open_grid(rng: random.Random) -> str:
    return _grid(rng, rng.randint(2, 6), rng.randint(2, 6), 0.0)


def some_walls(rng: random.Random) -> str:
    return _grid(rng, 6, 7, 0.15)


def blocked_start(rng: random.Random) -> str:
    width = rng.randint(1, 4)
    return "#" + "." * width + "\n." + "." * width + "\n"


def blocked_goal(rng: random.Random) -> str:
    return "..\n" * rng.randint(1, 4) + ".#\n"


def one_row(rng: random.Random) -> str:
    return "." * rng.randint(2, 9) + "\n"


def one_column(rng: random.Random) -> str:
    return ".\n" * rng.randint(2, 9)


def walled_off(rng: random.Random) -> str:
    return "." * 4 + "\n" + "#" * 4 + "\n" + "....\n" * rng.randint(1, 3)


def one_gap(rng: random.Random) -> str:
    at = rng.randrange(5)
    return ".....\n" + "#" * at + "." + "#" * (4 - at) + "\n.....\n"


def beyond_the_modulus(rng: random.Random) -> str:
    return _grid(rng, rng.randint(20, 30), rng.randint(20, 30), 0.0)


def large(rng: random.Random) -> str:
    return _grid(rng, 40, 40, 0.05)


def _grid(rng: random.Random, height: int, width: int, walls: float) -> str:
    cells = [["#" if rng.random() < walls else "." for _ in range(width)] for _ in range(height)]
    cells[0][0] = cells[-1][-1] = "."
    return "".join("".join(row) + "\n" for row in cells)


BASE = ProgramBase(
    solves=main,
    title="Ways across a grid",
    category="medium",
    level="medium",
    description="""
        Read a grid from standard input: rows of equal length, in which # is a wall and . is free. Print in how many
        ways one can go from the top left to the bottom right cell, if each step leads one cell to the right or one
        down, and never into a wall. As the number may be huge, print its remainder by 1000000007. If the first or the
        last cell is a wall there is no way, so print 0; if it is the same cell and free there is one.
    """,
    hints=(
        "From which two cells can a cell be entered?",
        "The ways to a cell are the ways to the one above and the ways to the one on the left, together.",
        "Check the first row and the first column behind a wall, and a wall at the very start.",
    ),
    visible={
        "two by three": "...\n...\n",
        "a wall": "...\n.#.\n...\n",
        "one cell": ".\n",
    },
    hidden={
        "an open grid": open_grid,
        "some walls": some_walls,
        "a wall at the start": blocked_start,
        "a wall at the end": blocked_goal,
        "one row": one_row,
        "one column": one_column,
        "walled off": walled_off,
        "one gap": one_gap,
        "a row with a wall": "..#..\n",
        "more than the modulus": beyond_the_modulus,
        "a large grid": large,
    },
    optimal="O(n)",
)
