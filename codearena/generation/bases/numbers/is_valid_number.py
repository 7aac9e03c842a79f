"""Numbers of cards and the digit that guards them."""

import random

from codearena.generation.base import FunctionBase, Probe


def is_valid_number(number: str) -> bool:
    """Return whether the last digit of number is the right check digit by the Luhn algorithm."""
    digits = [int(digit) for digit in number if digit != " "]
    total = 0
    for at, digit in enumerate(reversed(digits)):
        if at % 2 == 1:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return len(digits) > 1 and total % 10 == 0


def right(rng: random.Random) -> tuple[str]:
    return (_completed(_digits(rng, 15)),)


def right_with_odd_length(rng: random.Random) -> tuple[str]:
    return (_completed(_digits(rng, 10)),)


def wrong_check_digit(rng: random.Random) -> tuple[str]:
    number = _completed(_digits(rng, 15))
    return (number[:-1] + str((int(number[-1]) + rng.randint(1, 9)) % 10),)


def one_digit_changed(rng: random.Random) -> tuple[str]:
    number, at = _completed(_digits(rng, 15)), rng.randrange(15)
    return (number[:at] + str((int(number[at]) + rng.randint(1, 9)) % 10) + number[at + 1 :],)


def grouped(rng: random.Random) -> tuple[str]:
    number = _completed(_digits(rng, 15))
    return (" ".join(number[at : at + 4] for at in range(0, 16, 4)),)


def fives(rng: random.Random) -> tuple[str]:
    return (_completed("5" * rng.randint(2, 9)),)


def fours(rng: random.Random) -> tuple[str]:
    return (_completed("4" * rng.randint(2, 9)),)


def zeros(rng: random.Random) -> tuple[str]:
    return ("0" * rng.randint(2, 9),)


def many(rng: random.Random) -> tuple[str]:
    return (_completed(_digits(rng, 300)),)


def make_input(n: int, rng: random.Random) -> tuple[str]:
    return (_digits(rng, n),)


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _completed(digits: str) -> str:
    """Return the digits with the check digit that makes the number right."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    return digits + str(-(doubled + sum(int(digit) for digit in digits[-2::-2])) % 10)


BASE = FunctionBase(
    solves=is_valid_number,
    title="Check digit",
    category="medium",
    level="medium",
    description="""
        `is_valid_number(number)` returns whether a string of digits, which may have spaces between them, is right by
        the Luhn algorithm: counted from the right, every second digit is doubled, the last one is not; if the double
        has two digits, 9 is subtracted; the sum of all must be divisible by 10. A number of fewer than two digits is
        never right. The string holds nothing but the digits 0 to 9 and spaces.
    """,
    hints=(
        "From which side are the digits counted, and is the first one doubled?",
        "The double of 5 is 10, which counts as 1.",
        "Check the position of the first doubled digit for even and odd lengths, and what one digit gives.",
    ),
    visible={
        "right": ("4539 3195 0343 6467",),
        "wrong": ("8273 1232 7352 0569",),
        "one digit": ("0",),
    },
    hidden={
        "another right one": right,
        "an odd number of digits": right_with_odd_length,
        "a wrong check digit": wrong_check_digit,
        "one digit changed": one_digit_changed,
        "in groups": grouped,
        "fives": fives,
        "fours": fours,
        "zeros": zeros,
        "two digits": ("18",),
        "no digits": ("",),
        "a space and a digit": (" 0",),
        "many digits": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
