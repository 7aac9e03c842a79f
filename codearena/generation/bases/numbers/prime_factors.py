"""A number as a product of primes."""

import random

from codearena.generation.base import FunctionBase


def prime_factors(number: int) -> list[tuple[int, int]]:
    """Return the primes that divide number, ascending, each with how often it does.

    Raises:
        ValueError: number is below 1.
    """
    if number < 1:
        raise ValueError("only positive numbers have factors here")
    factors: list[tuple[int, int]] = []
    candidate = 2
    while candidate * candidate <= number:
        power = 0
        while number % candidate == 0:
            number //= candidate
            power += 1
        if power:
            factors.append((candidate, power))
        candidate += 1
    if number > 1:
        factors.append((number, 1))
    return factors


def a_prime(rng: random.Random) -> tuple[int]:
    return (rng.choice([3, 5, 7, 97, 101, 7919, 65537]),)


def square_of_a_prime(rng: random.Random) -> tuple[int]:
    return (rng.choice([9, 25, 49, 121, 10201]),)


def a_power(rng: random.Random) -> tuple[int]:
    return (rng.choice([2, 3, 5]) ** rng.randint(3, 9),)


def two_large(rng: random.Random) -> tuple[int]:
    one, other = rng.sample([97, 101, 103, 107, 109, 113], 2)
    return (one * other,)


def small_and_large(rng: random.Random) -> tuple[int]:
    return (2 ** rng.randint(1, 4) * 3 * rng.choice([101, 103, 997]),)


def anything(rng: random.Random) -> tuple[int]:
    return (rng.randint(1000, 99999),)


def mixed_powers(rng: random.Random) -> tuple[int]:
    return (2 ** rng.randint(1, 3) * 3 ** rng.randint(2, 3) * 7**2,)


def negative(rng: random.Random) -> tuple[int]:
    return (-rng.randint(1, 99),)


BASE = FunctionBase(
    solves=prime_factors,
    title="Prime factors",
    category="medium",
    level="medium",
    description="""
        `prime_factors(number)` returns the prime factors of a positive int as a list of tuples (prime, power), primes
        ascending: 360 gives [(2, 3), (3, 2), (5, 1)]. 1 has no prime factors. A number below 1 raises ValueError. For a
        prime the time must not grow faster than its square root.
    """,
    hints=(
        "Divide by each candidate for as long as it goes; then no multiple of it can divide what is left.",
        "What is left, if it is more than 1 when the candidates end, is a prime.",
        "Try 4, 9 and 7: where do the candidates end, and is the last factor there?",
    ),
    visible={
        "three primes": (360,),
        "a prime": (13,),
        "one": (1,),
        "zero": (0,),
    },
    hidden={
        "two": (2,),
        "four": (4,),
        "six": (6,),
        "another prime": a_prime,
        "the square of a prime": square_of_a_prime,
        "a power": a_power,
        "two large primes": two_large,
        "small and large": small_and_large,
        "several powers": mixed_powers,
        "anything": anything,
        "negative": negative,
        "a large prime": (1_000_003,),
    },
)
