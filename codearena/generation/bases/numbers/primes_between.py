"""Primes of a range."""

import random
import sys
from math import isqrt

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print how many primes there are in each range, and the sum of them."""
    for line in sys.stdin.read().splitlines():
        first, last = map(int, line.split())
        primes = [number for number in range(first, last + 1) if _is_prime(number)]
        print(len(primes), sum(primes))


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, isqrt(number) + 1))


def some(rng: random.Random) -> str:
    return f"{rng.randint(0, 50)} {rng.randint(60, 200)}\n"


def from_zero(rng: random.Random) -> str:
    return f"0 {rng.randint(1, 30)}\n1 {rng.randint(2, 9)}\n"


def prime_ends(rng: random.Random) -> str:
    one, other = sorted(rng.sample([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31], 2))
    return f"{one} {other}\n{other} {other}\n"


def squares(rng: random.Random) -> str:
    square = rng.choice([4, 9, 25, 49, 121, 169])
    return f"{square} {square}\n{square - 1} {square + 1}\n"


def no_primes(rng: random.Random) -> str:
    return rng.choice(["24 28\n", "90 96\n", "114 126\n", "0 1\n"])


def single(rng: random.Random) -> str:
    return "".join(f"{number} {number}\n" for number in rng.sample(range(40), 9))


def several(rng: random.Random) -> str:
    return "".join(f"{first} {first + rng.randint(0, 40)}\n" for first in rng.sample(range(300), 7))


def large(rng: random.Random) -> str:
    return f"{rng.randint(0, 1000)} {rng.randint(20_000, 30_000)}\n"


BASE = ProgramBase(
    solves=main,
    title="Primes between",
    category="easy",
    level="easy",
    description="""
        Each line of standard input holds two whole numbers, 0 <= first <= last <= 30000. For each line print two
        numbers on a line: how many primes there are from first to last, both included, and the sum of these primes. 0
        and 1 are no primes, 2 is the least one. There may be no lines.
    """,
    hints=(
        "Which numbers up to 10 are primes, and are both ends of a range in it?",
        "A number that is no prime has a divisor that is not above its square root.",
        "Check 0, 1 and 2, the square of a prime, and a range that ends with a prime.",
    ),
    visible={
        "up to ten": "1 10\n",
        "one number": "7 7\n8 8\n",
        "none": "",
    },
    hidden={
        "some": some,
        "from zero on": from_zero,
        "primes at the ends": prime_ends,
        "squares of primes": squares,
        "no primes": no_primes,
        "single numbers": single,
        "the least": "0 2\n2 2\n0 0\n1 1\n",
        "several lines": several,
        "a large range": large,
    },
)
