"""Islands on a map."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print how many islands there are, and the size of the largest one."""
    rows = sys.stdin.read().split()
    land = {(x, y) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell == "#"}
    sizes: list[int] = []
    while land:
        waiting = [land.pop()]
        size = 0
        while waiting:
            x, y = waiting.pop()
            size += 1
            for neighbour in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                if neighbour in land:
                    land.remove(neighbour)
                    waiting.append(neighbour)
        sizes.append(size)
    print(len(sizes), max(sizes, default=0))


def some(rng: random.Random) -> str:
    return _map(rng, 7, 7, 0.4)


def only_water(rng: random.Random) -> str:
    return _map(rng, 3, rng.randint(1, 6), 0.0)


def only_land(rng: random.Random) -> str:
    return _map(rng, rng.randint(2, 5), rng.randint(2, 5), 1.0)


def diagonal(rng: random.Random) -> str:
    return rng.choice(["#.\n.#\n", ".#\n#.\n", "#.#\n.#.\n#.#\n"])


def rings(rng: random.Random) -> str:
    return "#####\n#...#\n#." + rng.choice("#.") + ".#\n#...#\n#####\n"


def one_row(rng: random.Random) -> str:
    return "".join(rng.choice("#.") for _ in range(12)) + "\n"


def one_column(rng: random.Random) -> str:
    return "".join(rng.choice("#.") + "\n" for _ in range(12))


def hooks(rng: random.Random) -> str:
    return rng.choice(["#.#\n#.#\n###\n", "###\n..#\n###\n", "##.\n.##\n..#\n"])


def large(rng: random.Random) -> str:
    return _map(rng, 30, 40, 0.55)


def _map(rng: random.Random, height: int, width: int, land: float) -> str:
    return "".join("".join("#" if rng.random() < land else "." for _ in range(width)) + "\n" for _ in range(height))


BASE = ProgramBase(
    solves=main,
    title="Islands",
    category="medium",
    level="medium",
    description="""
        Read a map from standard input: rows of equal length, in which # is land and . is water. Land belongs to one
        island with the land right above, below, to the left and to the right of it, but not with what only touches it
        at a corner. Print two numbers on one line: how many islands there are, and how many cells of land the largest
        one has, 0 if there is none. A map may be empty.
    """,
    hints=(
        "Start at any land, and find all that belongs to the same island.",
        "Take land away as soon as it has been found, or it is found twice.",
        "Check all four directions, corners, and a map without land.",
    ),
    visible={
        "two islands": "##.\n..#\n.##\n",
        "water": "...\n",
        "one cell": "#\n",
    },
    hidden={
        "some": some,
        "water only": only_water,
        "land only": only_land,
        "corners only": diagonal,
        "a ring": rings,
        "one row": one_row,
        "one column": one_column,
        "hooks": hooks,
        "no map": "",
        "a large map": large,
    },
    optimal="O(n)",
)
