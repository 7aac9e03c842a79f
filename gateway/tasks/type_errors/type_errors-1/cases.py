"""Hidden inputs, each of the kind that its test is named after. Multiples of 0.5 add up exactly in any order."""

import random

Made = tuple[list[int | float | str]]


def text_only(rng: random.Random) -> Made:
    return ([str(rng.randint(1, 99)) for _ in range(rng.randint(2, 5))],)


def negative_text(rng: random.Random) -> Made:
    return ([str(-rng.randint(1, 99)), rng.randint(1, 99), str(-rng.randint(1, 99) - 0.5)],)


def spaces(rng: random.Random) -> Made:
    return ([f" {rng.randint(1, 99)} ", f"{rng.randint(1, 99)}\n", f"\t{rng.randint(1, 99)}"],)


def exponent(rng: random.Random) -> Made:
    return ([f"{rng.randint(1, 9)}e{rng.randint(1, 5)}", rng.randint(1, 99)],)


def floats(rng: random.Random) -> Made:
    return ([rng.randint(1, 99) + 0.5, rng.randint(1, 99), rng.randint(1, 99) + 0.5, rng.randint(1, 99)],)


def cancels(rng: random.Random) -> Made:
    number = rng.randint(1, 999)
    return ([str(number), -number, "0"],)


def plus_sign(rng: random.Random) -> Made:
    return ([f"+{rng.randint(1, 99)}", rng.randint(1, 99)],)


def many(rng: random.Random) -> Made:
    numbers = [rng.randint(-999, 999) for _ in range(rng.randint(250, 320))]
    return ([str(number) if rng.random() < 0.3 else number for number in numbers],)
