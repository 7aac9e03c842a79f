"""A picture of characters, turned by a quarter."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the picture turned clockwise by so many quarters."""
    first, *rows = sys.stdin.read().splitlines()
    for _ in range(int(first) % 4):
        rows = ["".join(column) for column in zip(*rows[::-1])]
    print(*rows, sep="\n")


def once(rng: random.Random) -> str:
    return _picture(rng, 1, rng.randint(2, 4), rng.randint(2, 6))


def twice(rng: random.Random) -> str:
    return _picture(rng, 2, rng.randint(2, 4), rng.randint(2, 6))


def three_times(rng: random.Random) -> str:
    return _picture(rng, 3, rng.randint(2, 4), rng.randint(2, 6))


def full_turns(rng: random.Random) -> str:
    return _picture(rng, 4 * rng.randint(1, 9), 3, 5)


def to_the_left(rng: random.Random) -> str:
    return _picture(rng, -rng.choice([1, 2, 3, 5]), 3, 4)


def many_turns(rng: random.Random) -> str:
    return _picture(rng, rng.randint(1_000_000_000, 2_000_000_000), 2, 5)


def one_row(rng: random.Random) -> str:
    return _picture(rng, 1, 1, rng.randint(2, 6))


def one_column(rng: random.Random) -> str:
    return _picture(rng, 1, rng.randint(2, 6), 1)


def large(rng: random.Random) -> str:
    return _picture(rng, rng.choice([1, 3]), 20, 30)


def _picture(rng: random.Random, turns: int, rows: int, columns: int) -> str:
    picture = ["".join(rng.choice("#.ox*") for _ in range(columns)) for _ in range(rows)]
    return "\n".join([str(turns), *picture]) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Turn a picture",
    category="easy",
    level="easy",
    description="""
        Read a number of quarter turns and a picture from standard input, and print the picture turned clockwise by so
        many quarters. The number stands on the first line and may be 0, negative (counter-clockwise) or very large. All
        lines after it, at least one, are the rows of the picture; they have equal lengths of at least 1 and hold no
        spaces.
    """,
    hints=(
        "Where does the lower left corner go to in one clockwise turn?",
        "Read the rows from the last to the first: the first characters of all rows make the first new row.",
        "Four turns change nothing, and a turn to the left is three turns to the right.",
    ),
    visible={
        "one turn": "1\nab\ncd\nef\n",
        "no turn": "0\nxy\n",
        "to the left": "-1\nabc\ndef\n",
    },
    hidden={
        "once": once,
        "twice": twice,
        "three times": three_times,
        "full turns": full_turns,
        "to the left by some": to_the_left,
        "a great many": many_turns,
        "one row": one_row,
        "one column": one_column,
        "a large picture": large,
    },
    compare="exact",
)
