"""Hidden inputs, each of the kind that its test is named after."""

import random
from collections.abc import Hashable

Made = tuple[list[Hashable]]


def one(rng: random.Random) -> Made:
    return ([_word(rng)],)


def all_different(rng: random.Random) -> Made:
    return (list(rng.sample(range(100), rng.randint(4, 9))),)


def mixed(rng: random.Random) -> Made:
    number = rng.randint(2, 99)
    return (_drawn(rng, [number, str(number), None, float(number) + 0.5]),)


def nothing_twice(rng: random.Random) -> Made:
    return ([None, _word(rng), None],)


def negative(rng: random.Random) -> Made:
    return (_drawn(rng, [0, -1, -rng.randint(2, 9)]),)


def tuples(rng: random.Random) -> Made:
    low, high = rng.sample(range(50), 2)
    return (_drawn(rng, [(low, high), (high, low), (low,)]),)


def accents(rng: random.Random) -> Made:
    return (_drawn(rng, ["é", "e", "è", "ë"]),)


def many(rng: random.Random) -> Made:
    kinds = rng.randint(5, 15)
    return ([rng.randrange(kinds) for _ in range(rng.randint(250, 320))],)


def _word(rng: random.Random) -> str:
    return "".join(rng.choices("abcdefgh", k=rng.randint(3, 7)))


def _drawn(rng: random.Random, items: list[Hashable]) -> list[Hashable]:
    return [*items, *rng.choices(items, k=rng.randint(2, 8))]
