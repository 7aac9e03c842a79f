"""The median after each number."""

import random
import sys
from heapq import heappush, heappushpop

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the lower median of all numbers so far, after each one."""
    lower: list[int] = []  # negated, so that the largest comes first
    upper: list[int] = []
    for word in sys.stdin.read().split():
        if len(lower) == len(upper):
            heappush(lower, -heappushpop(upper, int(word)))
        else:
            heappush(upper, -heappushpop(lower, -int(word)))
        print(-lower[0])


def ascending(rng: random.Random) -> str:
    return _line(sorted(rng.sample(range(100), 7)))


def descending(rng: random.Random) -> str:
    return _line(sorted(rng.sample(range(100), 7), reverse=True))


def any_order(rng: random.Random) -> str:
    return _line([rng.randint(-99, 99) for _ in range(15)])


def duplicates(rng: random.Random) -> str:
    return _line([rng.randint(1, 3) for _ in range(12)])


def one(rng: random.Random) -> str:
    return _line([rng.randint(-99, 99)])


def two(rng: random.Random) -> str:
    return _line(rng.sample(range(-9, 9), 2))


def back_and_forth(rng: random.Random) -> str:
    return _line([sign * rng.randint(1, 99) for sign in [1, -1] * 8])


def several_lines(rng: random.Random) -> str:
    return _line([rng.randint(1, 9) for _ in range(4)]) + "\n" + _line([rng.randint(1, 9) for _ in range(3)])


def many(rng: random.Random) -> str:
    return _line([rng.randint(-999, 999) for _ in range(300)])


def _line(numbers: list[int]) -> str:
    return " ".join(map(str, numbers)) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Running median",
    category="hard",
    level="hard",
    description="""
        Read whole numbers from standard input, with white space between them. After each number print, on a line of
        its own, the lower median of all numbers up to it: the one in the middle of the sorted numbers, and of two in
        the middle the smaller one. The time must grow with n log n for n numbers, so the numbers must not be sorted
        anew each time. There may be no numbers.
    """,
    hints=(
        "Keep the smaller half and the larger half of the numbers apart. Which of them is needed from each half?",
        "Two heaps give the largest of the smaller half and the smallest of the larger half.",
        "A new number goes through one heap into the other. Check which half may be larger by one, and the signs.",
    ),
    visible={
        "three numbers": "5 1 3\n",
        "an even count": "1 2 3 4\n",
        "no numbers": "",
    },
    hidden={
        "ascending": ascending,
        "descending": descending,
        "in any order": any_order,
        "duplicates": duplicates,
        "one number": one,
        "two numbers": two,
        "back and forth": back_and_forth,
        "several lines": several_lines,
        "many": many,
    },
    optimal="O(n log n)",
)
