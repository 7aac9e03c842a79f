"""Hidden inputs. Some numbers are in every draw, so that a search for what leaks knows what to look for."""

import random

Made = tuple[list[int | float]]


def negative_numbers(rng: random.Random) -> Made:
    return ([rng.randint(-99, -1) for _ in range(rng.randint(3, 6))],)


def signs_cancel(rng: random.Random) -> Made:
    numbers = rng.sample(range(1, 60), rng.randint(2, 4))
    return (_shuffled(rng, [*numbers, *(-number for number in numbers)]),)


def floats(rng: random.Random) -> Made:
    return (_shuffled(rng, [2.75, *(rng.randint(-40, 40) / 4 for _ in range(rng.randint(2, 5)))]),)


def mixed(rng: random.Random) -> Made:
    return (_shuffled(rng, [rng.randint(1, 9) + 0.5, *(rng.randint(1, 50) for _ in range(rng.randint(2, 5)))]),)


def zeros(rng: random.Random) -> Made:
    return ([0] * rng.randint(2, 40),)


def equal_numbers(rng: random.Random) -> Made:
    return ([rng.randint(3, 500)] * rng.randint(3, 12),)


def negative_floats(rng: random.Random) -> Made:
    return (_shuffled(rng, [-0.125, *(-rng.randint(1, 400) / 8 for _ in range(rng.randint(1, 3)))]),)


def large_ints(rng: random.Random) -> Made:
    return (_shuffled(rng, [rng.randint(10**12, 9 * 10**12), 3_000_000_000_000]),)


def outlier(rng: random.Random) -> Made:
    return (_shuffled(rng, [991, *(rng.randint(0, 3) for _ in range(rng.randint(5, 15)))]),)


def many(rng: random.Random) -> Made:
    return ([rng.randint(-1000, 1000) for _ in range(rng.randint(300, 400))],)


def _shuffled(rng: random.Random, numbers: list[int | float]) -> list[int | float]:
    rng.shuffle(numbers)
    return numbers
