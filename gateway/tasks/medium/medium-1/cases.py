"""Hidden inputs, each of the kind that its test is named after."""

import random
from typing import Any

Made = tuple[list[Any], Any]
_FRUIT = ("apple", "banana", "cherry", "date", "elder", "fig", "grape", "kiwi", "lemon", "mango", "olive", "plum", "quince")


def first(rng: random.Random) -> Made:
    values = _ascending(rng, rng.randint(3, 9))
    return values, values[0]


def the_one(rng: random.Random) -> Made:
    value = rng.randint(-999, 999)
    return [value], value


def not_the_one(rng: random.Random) -> Made:
    value = rng.randint(-999, 999)
    return [value], value - rng.choice((-1, 1))


def second_of_two(rng: random.Random) -> Made:
    values = _ascending(rng, 2)
    return values, values[1]


def first_of_two(rng: random.Random) -> Made:
    values = _ascending(rng, 2)
    return values, values[0]


def below_all(rng: random.Random) -> Made:
    values = _ascending(rng, rng.randint(3, 8))
    return values, values[0] - rng.randint(1, 50)


def above_all(rng: random.Random) -> Made:
    values = _ascending(rng, rng.randint(3, 8))
    return values, values[-1] + rng.randint(1, 50)


def negative(rng: random.Random) -> Made:
    values = sorted(rng.sample(range(-500, 0), rng.randint(3, 8)))
    return values, rng.choice(values)


def floats(rng: random.Random) -> Made:
    values = [number / 4 for number in sorted(rng.sample(range(-60, 60), rng.randint(3, 8)))]
    return values, rng.choice(values)


def strings(rng: random.Random) -> Made:
    values = sorted(rng.sample(_FRUIT, rng.randint(4, 8)))
    return values, rng.choice(values)


def missing_string(rng: random.Random) -> Made:
    values = sorted(rng.sample(_FRUIT, rng.randint(5, 9)))
    return [value for value in values if value != values[2]], values[2]


def late(rng: random.Random) -> Made:
    values = _ascending(rng, rng.randint(250, 350))
    return values, values[-rng.randint(2, 5)]


def missing(rng: random.Random) -> Made:
    values = _ascending(rng, rng.randint(250, 350))
    target = rng.choice(values)
    return [value for value in values if value != target], target


def _ascending(rng: random.Random, count: int) -> list[int]:
    return sorted(rng.sample(range(-2000, 2000), count))
