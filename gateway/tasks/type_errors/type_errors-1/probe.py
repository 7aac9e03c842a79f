"""Ints, halves and both as text. Multiples of 0.5 add up exactly in any order, and the sum is a float either way."""

import random


def make_input(n: int, rng: random.Random) -> tuple[list[int | float | str]]:
    values: list[int | float | str] = ["0.5"]
    while len(values) < n:
        number = rng.randint(-5000, 5000)
        values.append(rng.choice((number, str(number), number + 0.5)))
    rng.shuffle(values)
    return (values,)
