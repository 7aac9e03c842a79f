"""The sum of the decimal digits of n."""

import random

SIZES = [10, 100, 1000, 10000, 100000]
REFERENCE = "divided"


def make_input(n: int, rng: random.Random) -> tuple[int]:
    return (n + rng.randrange(max(1, n // 2)),)


def divided(number):
    """O(log n)"""
    total = 0
    while number:
        number, digit = divmod(number, 10)
        total += digit
    return total


def by_text(number):
    """O(log n)"""
    return sum(int(digit) for digit in str(number))


def recursive(number):
    """O(log n)"""
    return number if number < 10 else number % 10 + recursive(number // 10)


def counted_up(number):
    """O(n)"""
    digits = [0] * 12
    for _ in range(number):
        place = 0
        while digits[place] == 9:
            digits[place] = 0
            place += 1
        digits[place] += 1
    return sum(digits)
