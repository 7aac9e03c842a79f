"""Mean, median and spread of numbers."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print count, mean, median and standard deviation."""
    values = sorted(map(float, sys.stdin.read().split()))
    count = len(values)
    if not values:
        print("no numbers")
        return
    mean = sum(values) / count
    median = (values[count // 2] + values[(count - 1) // 2]) / 2
    deviation = (sum((value - mean) ** 2 for value in values) / count) ** 0.5
    print(count, mean, median, deviation)


def odd_count(rng: random.Random) -> str:
    return _numbers(rng, rng.choice([3, 5, 7]))


def even_count(rng: random.Random) -> str:
    return _numbers(rng, rng.choice([4, 6, 8]))


def one(rng: random.Random) -> str:
    return _numbers(rng, 1)


def two(rng: random.Random) -> str:
    return _numbers(rng, 2)


def all_equal(rng: random.Random) -> str:
    return f"{rng.randint(-9, 9)} " * rng.randint(2, 6) + "\n"


def negative(rng: random.Random) -> str:
    return " ".join(str(-rng.randint(1, 99)) for _ in range(5)) + "\n"


def outlier(rng: random.Random) -> str:
    return f"1 2 3 4 {rng.randint(1000, 9999)}\n"


def several_lines(rng: random.Random) -> str:
    return f"{rng.randint(1, 9)}\n2.5\n\n-1e2  {rng.randint(1, 9)}\n"


def many(rng: random.Random) -> str:
    return _numbers(rng, 300)


def _numbers(rng: random.Random, count: int) -> str:
    return " ".join(f"{rng.randint(-9999, 9999) / 100}" for _ in range(count)) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Summary of numbers",
    category="easy",
    level="easy",
    description="""
        Read numbers from standard input, with white space between them, and print on one line: how many there are,
        their mean, their median and their standard deviation. The median is the number in the middle of the sorted
        numbers, or the mean of the two in the middle. The standard deviation is the root of the mean of the squares
        of the differences to the mean (divided by the count, not by one less). Print numbers with at least six
        correct digits. If there are no numbers print `no numbers`.
    """,
    hints=(
        "Work out the median of 1 2 3 and of 1 2 3 4 by hand.",
        "The median needs sorted numbers, sorted as numbers and not as texts.",
        "Check an even count, one number, and what the squares are divided by.",
    ),
    visible={
        "three numbers": "1 2 6\n",
        "an even count": "4 1 3 2\n",
        "no numbers": "\n",
    },
    hidden={
        "an odd count": odd_count,
        "another even count": even_count,
        "one number": one,
        "two numbers": two,
        "all equal": all_equal,
        "negative numbers": negative,
        "an outlier": outlier,
        "several lines": several_lines,
        "many": many,
    },
    compare="numbers",
)
