"""How many pairs have a given sum."""

import random

from codearena.generation.base import FunctionBase, Probe


def count_pairs(numbers: list[int], total: int) -> int:
    """Return how many pairs of positions i < j have numbers[i] + numbers[j] == total."""
    seen: dict[int, int] = {}
    pairs = 0
    for number in numbers:
        pairs += seen.get(total - number, 0)
        seen[number] = seen.get(number, 0) + 1
    return pairs


def some(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(0, 9) for _ in range(10)], 9


def twice_the_half(rng: random.Random) -> tuple[list[int], int]:
    half = rng.randint(1, 20)
    return [half, half + 1, half, half], 2 * half


def half_once(rng: random.Random) -> tuple[list[int], int]:
    half = rng.randint(5, 20)
    return [half, half + 1, half + 2], 2 * half


def none(rng: random.Random) -> tuple[list[int], int]:
    return rng.sample(range(0, 40, 2), 6), 2 * rng.randint(1, 19) + 1


def all_equal(rng: random.Random) -> tuple[list[int], int]:
    return [3] * rng.randint(3, 7), 6


def negative(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(-5, 5) for _ in range(12)], rng.randint(-3, 0)


def zeros(rng: random.Random) -> tuple[list[int], int]:
    return [0, rng.randint(1, 9), 0, 0], 0


def many(rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(-50, 50) for _ in range(300)], rng.randint(-20, 20)


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    return [rng.randint(0, 4 * n) for _ in range(n)], 4 * n


BASE = FunctionBase(
    solves=count_pairs,
    title="Pairs with a sum",
    category="medium",
    level="medium",
    description="""
        `count_pairs(numbers, total)` returns how many pairs of different positions of the list of ints `numbers` hold
        two numbers whose sum is `total`. A pair counts once, whatever the order of its positions; equal numbers at
        different positions are different pairs. Fewer than two numbers have no pair. The time must grow linearly with
        the length of the list.
    """,
    hints=(
        "For a number, which other number does it need?",
        "Go through the list once and remember how often each number has been seen before.",
        "Look up first and remember afterwards, or a number makes a pair with itself.",
    ),
    visible={
        "two pairs": ([1, 5, 7, -1, 5], 10),
        "none": ([1, 2, 3], 7),
        "an empty list": ([], 0),
    },
    hidden={
        "some": some,
        "the half twice": twice_the_half,
        "the half once": half_once,
        "no pair": none,
        "all equal": all_equal,
        "one number": ([4], 8),
        "two numbers": ([4, 5], 9),
        "negative numbers": negative,
        "zeros": zeros,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
