"""Records, sorted by columns that the input names."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the records in the order that the first line asks for."""
    first, *lines = sys.stdin.read().splitlines()
    for key in reversed(first.split()):
        column = int(key.lstrip("+-")) - 1
        lines.sort(key=lambda line, at=column: int(line.split()[at]), reverse=key.startswith("-"))
    print(*lines, sep="\n")


def one_key(rng: random.Random) -> str:
    return _records(rng, "1", 6, 30)


def downwards(rng: random.Random) -> str:
    return _records(rng, "-2", 6, 30)


def two_keys(rng: random.Random) -> str:
    return _records(rng, "1 2", 9, 3)


def mixed_directions(rng: random.Random) -> str:
    return _records(rng, rng.choice(["-1 +2", "1 -2", "-3 1"]), 10, 3)


def ties_keep_their_order(rng: random.Random) -> str:
    return _records(rng, "-3", 9, 2)


def three_keys(rng: random.Random) -> str:
    return _records(rng, "3 -1 2", 14, 2)


def numbers_not_texts(rng: random.Random) -> str:
    return f"1\n10 1 1\n9 2 2\n-5 3 3\n{rng.randint(100, 200)} 4 4\n-40 5 5\n"


def no_keys(rng: random.Random) -> str:
    return _records(rng, "", 5, 9)


def many(rng: random.Random) -> str:
    return _records(rng, "2 -1", 150, 20)


def _records(rng: random.Random, keys: str, count: int, largest: int) -> str:
    lines = [" ".join(str(rng.randint(-largest, largest)) for _ in range(3)) for _ in range(count)]
    return "\n".join([keys, *lines]) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Sort records",
    category="hard",
    level="hard",
    description="""
        The first line of standard input names columns, with spaces between them: 1 is the first column. Each line
        after it, at least one, is a record of three whole numbers. Print the records sorted by the first column that
        is named; those that are equal there by the second one, and so on. A column with a minus before its number is
        sorted downwards, one with a plus or without a sign upwards. Records that are equal in all named columns keep
        their order, in both directions; if no column is named, all do.
    """,
    hints=(
        "Are 10 and 9 compared as numbers or as texts?",
        "Sorting keeps the order of equal records, so sort by the least important column first.",
        "Check which column a number means, both directions, and that equal records keep their order downwards, too.",
    ),
    visible={
        "by the first": "1\n3 0 0\n1 0 0\n2 0 0\n",
        "downwards": "-2\n1 5 0\n2 7 0\n3 5 0\n",
        "two columns": "1 -2\n1 1 0\n0 5 0\n1 9 0\n",
    },
    hidden={
        "one column": one_key,
        "one column downwards": downwards,
        "two columns upwards": two_keys,
        "mixed directions": mixed_directions,
        "equal records": ties_keep_their_order,
        "three columns": three_keys,
        "numbers, not texts": numbers_not_texts,
        "no columns": no_keys,
        "one record": "2\n1 2 3\n",
        "many": many,
    },
    compare="exact",
)
