"""Hidden inputs, each of the kind that its test is named after."""

import random

Made = tuple[list[int]]


def one(rng: random.Random) -> Made:
    return ([rng.randint(1, 999)],)


def one_negative(rng: random.Random) -> Made:
    return ([rng.randint(-999, -1)],)


def zeros_and_negatives(rng: random.Random) -> Made:
    numbers = [0, *(rng.randint(-50, 0) for _ in range(rng.randint(2, 6)))]
    rng.shuffle(numbers)
    return (numbers,)


def best_at_start(rng: random.Random) -> Made:
    return (_positive(rng, 10, 30) + [-rng.randint(60, 200)] + _positive(rng, 1, 9),)


def best_at_end(rng: random.Random) -> Made:
    return (_positive(rng, 1, 9) + [-rng.randint(60, 200)] + _positive(rng, 10, 30),)


def worth_crossing(rng: random.Random) -> Made:
    first, last = rng.randint(20, 60), rng.randint(20, 60)
    return ([first, -rng.randint(1, 15), last, -rng.randint(70, 99), rng.randint(1, 10)],)


def not_worth_crossing(rng: random.Random) -> Made:
    first = rng.randint(5, 40)
    return ([first, -first - rng.randint(1, 9), first + rng.randint(1, 9), -rng.randint(70, 99), rng.randint(1, 10)],)


def equal_parts(rng: random.Random) -> Made:
    part = rng.randint(2, 60)
    return ([part, -part - rng.randint(1, 40), part],)


def some(rng: random.Random) -> Made:
    return ([rng.randint(-9, 9) for _ in range(rng.randint(8, 14))],)


def large_ints(rng: random.Random) -> Made:
    return ([rng.randint(10**12, 10**13), -rng.randint(1, 99), rng.randint(10**12, 10**13)],)


def many(rng: random.Random) -> Made:
    return ([rng.randint(-60, 60) for _ in range(rng.randint(120, 160))],)


def _positive(rng: random.Random, low: int, high: int) -> list[int]:
    return [rng.randint(low, high) for _ in range(2)]
