"""The shortest way through a maze."""

import random
import sys
from collections import deque

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the least number of steps from S to G, or -1."""
    rows = sys.stdin.read().splitlines()
    cells = {(x, y): cell for y, row in enumerate(rows) for x, cell in enumerate(row) if cell != "#"}
    start = next(place for place, cell in cells.items() if cell == "S")
    steps = {start: 0}
    waiting = deque([start])
    while waiting:
        x, y = place = waiting.popleft()
        if cells[place] == "G":
            print(steps[place])
            return
        for neighbour in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            if neighbour in cells and neighbour not in steps:
                steps[neighbour] = steps[place] + 1
                waiting.append(neighbour)
    print(-1)


def open_field(rng: random.Random) -> str:
    return _maze(rng, rng.randint(3, 6), rng.randint(3, 8), 0.0)


def scattered_walls(rng: random.Random) -> str:
    return _maze(rng, 8, 8, 0.2)


def walled_in(rng: random.Random) -> str:
    return "S.#" + "." * rng.randint(1, 5) + "G\n.##" + "." * 3 + "\n###\n"


def diagonal_gap(rng: random.Random) -> str:
    return rng.choice(["S#\n#G\n", ".#G\nS.#\n", "#G\nS#\n"])


def corridor(rng: random.Random) -> str:
    return "S" + "." * rng.randint(1, 9) + "G\n"


def column(rng: random.Random) -> str:
    return "G\n" + ".\n" * rng.randint(1, 9) + "S\n"


def detour(rng: random.Random) -> str:
    width = rng.randint(3, 7)
    return "S" + "." * width + "\n" + "#" * width + ".\n" + "G" + "." * width + "\n"


def uneven_rows(rng: random.Random) -> str:
    return "S.\n" + "." * rng.randint(3, 6) + "\n.\n..G\n"


def large(rng: random.Random) -> str:
    return _maze(rng, 25, 30, 0.25)


def _maze(rng: random.Random, height: int, width: int, walls: float) -> str:
    cells = [["#" if rng.random() < walls else "." for _ in range(width)] for _ in range(height)]
    start, goal = rng.sample([(x, y) for x in range(width) for y in range(height)], 2)
    cells[start[1]][start[0]], cells[goal[1]][goal[0]] = "S", "G"
    return "".join("".join(row) + "\n" for row in cells)


BASE = ProgramBase(
    solves=main,
    title="Way through a maze",
    category="medium",
    level="medium",
    description="""
        Read a maze from standard input and print the least number of steps from S to G, or -1 if there is no way. The
        lines are the rows of the maze: # is a wall, all other cells can be entered. There is exactly one S and exactly
        one G. A step leads to the next cell above, below, to the left or to the right; nothing lies beyond the ends of
        the rows, which may have different lengths.
    """,
    hints=(
        "Which cells can be reached with one step, and which with two?",
        "A breadth-first search meets each cell for the first time on a shortest way.",
        "Check all four directions, that no step is diagonal, and what is printed if G is never met.",
    ),
    visible={
        "around a wall": "S#G\n...\n",
        "no way": "S#G\n",
        "side by side": "SG\n",
    },
    hidden={
        "an open field": open_field,
        "scattered walls": scattered_walls,
        "walled in": walled_in,
        "no way but diagonally": diagonal_gap,
        "a corridor": corridor,
        "a column": column,
        "a detour": detour,
        "rows of different lengths": uneven_rows,
        "a large maze": large,
    },
    optimal="O(n)",
)
