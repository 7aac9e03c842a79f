"""For each number, the product of all the others."""

import random

from codearena.generation.base import FunctionBase, Probe


def products_of_others(numbers: list[int]) -> list[int]:
    """Return for each position the product of the numbers at all other positions."""
    products: list[int] = []
    before = 1
    for number in numbers:
        products.append(before)
        before *= number
    after = 1
    for at in range(len(numbers) - 1, -1, -1):
        products[at] *= after
        after *= numbers[at]
    return products


def plain(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(2, 9) for _ in range(rng.randint(4, 7))],)


def one_zero(rng: random.Random) -> tuple[list[int]]:
    numbers = [rng.randint(2, 9) for _ in range(5)]
    numbers[rng.randrange(5)] = 0
    return (numbers,)


def two_zeros(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(1, 9), 0, rng.randint(1, 9), 0],)


def negative(rng: random.Random) -> tuple[list[int]]:
    return ([-rng.randint(2, 9) for _ in range(rng.randint(3, 6))],)


def two(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(2, 50), rng.randint(51, 99)],)


def beyond_64_bits(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(10**6, 10**7) for _ in range(6)],)


def signs(rng: random.Random) -> tuple[list[int]]:
    return ([rng.choice([-1, 1, 2]) for _ in range(60)],)


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.choice([-1, 1]) for _ in range(n)],)


BASE = FunctionBase(
    solves=products_of_others,
    title="Products of all others",
    category="medium",
    level="medium",
    description="""
        `products_of_others(numbers)` returns a list that holds, for each position of the list of ints `numbers`, the
        product of the numbers at all other positions. The product of no numbers is 1, so one number gives [1], and an
        empty list gives an empty list. Numbers may be zero and negative, so that division does not help. The time must
        grow linearly with the length of the list.
    """,
    hints=(
        "The others are the numbers before a position and the numbers behind it.",
        "A pass from the left can leave the product of what is before, one from the right that of what is behind.",
        "In each pass the running product is used first, and only then takes in the number of its own position.",
    ),
    visible={
        "three numbers": ([2, 3, 4],),
        "a zero": ([5, 0, 2],),
        "one number": ([7],),
        "an empty list": ([],),
    },
    hidden={
        "some numbers": plain,
        "one zero": one_zero,
        "two zeros": two_zeros,
        "negative numbers": negative,
        "two numbers": two,
        "the one number is zero": ([0],),
        "beyond 64 bits": beyond_64_bits,
        "sixty signs": signs,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
