"""Sums of ranges, answered quickly."""

import random
import sys
from itertools import accumulate

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the sum of each range of numbers that is asked for."""
    first, *questions = sys.stdin.read().splitlines()
    sums = [0, *accumulate(map(int, first.split()))]
    for question in questions:
        start, end = map(int, question.split())
        print(sums[end] - sums[start - 1])


def single(rng: random.Random) -> str:
    return _asked(rng, 6, [(at, at) for at in range(1, 7)])


def everything(rng: random.Random) -> str:
    return _asked(rng, 7, [(1, 7)])


def from_the_start(rng: random.Random) -> str:
    return _asked(rng, 6, [(1, at) for at in range(1, 7)])


def to_the_end(rng: random.Random) -> str:
    return _asked(rng, 6, [(at, 6) for at in range(1, 7)])


def inside(rng: random.Random) -> str:
    return _asked(rng, 9, [(rng.randint(2, 4), rng.randint(5, 8)) for _ in range(3)])


def one_number(rng: random.Random) -> str:
    return _asked(rng, 1, [(1, 1), (1, 1)])


def no_questions(rng: random.Random) -> str:
    return _asked(rng, rng.randint(1, 5), [])


def many(rng: random.Random) -> str:
    pairs = [sorted((rng.randint(1, 200), rng.randint(1, 200))) for _ in range(100)]
    return _asked(rng, 200, [(start, end) for start, end in pairs])


def _asked(rng: random.Random, count: int, ranges: list[tuple[int, int]]) -> str:
    numbers = " ".join(str(rng.randint(-999, 999)) for _ in range(count))
    return "\n".join([numbers, *(f"{start} {end}" for start, end in ranges)]) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Sums of ranges",
    category="easy",
    level="easy",
    description="""
        The first line of standard input holds whole numbers with spaces between them, at least one. Each line after
        it holds two positions, 1 <= start <= end: the first number has the position 1. For each of these lines print,
        on a line of its own, the sum of the numbers from start to end, both included. There may be no such lines. A
        line must be answered in a time that does not depend on how many numbers its range has.
    """,
    hints=(
        "If the sums of all starts of the list are known, what is the sum of a range?",
        "The sum up to the end, less the sum of what stands before the start.",
        "Check a range of one number, one from the first number on, and one up to the last.",
    ),
    visible={
        "two ranges": "1 2 3 4 5\n2 4\n1 5\n",
        "one number": "7\n1 1\n",
        "no ranges": "1 2 3\n",
    },
    hidden={
        "single numbers": single,
        "everything": everything,
        "from the start": from_the_start,
        "to the end": to_the_end,
        "inside": inside,
        "only one number": one_number,
        "nothing asked": no_questions,
        "many": many,
    },
    optimal="O(n)",
)
