"""The value of a polynomial of degree n at x, modulo a prime."""

import random

SIZES = [10, 30, 100, 300, 1000]
REFERENCE = "horner"
_PRIME = 1_000_003


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    return [rng.randrange(100) for _ in range(n + 1)], rng.randrange(2, _PRIME)


def horner(coefficients, x):
    """O(n)"""
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * x + coefficient) % _PRIME
    return value


def powers_on_the_way(coefficients, x):
    """O(n)"""
    value, power = 0, 1
    for coefficient in coefficients:
        value, power = (value + coefficient * power) % _PRIME, power * x % _PRIME
    return value


def each_power(coefficients, x):
    """O(n log n)"""
    return sum(coefficient * pow(x, place, _PRIME) for place, coefficient in enumerate(coefficients)) % _PRIME


def each_power_multiplied(coefficients, x):
    """O(n^2)"""
    value = 0
    for place, coefficient in enumerate(coefficients):
        power = 1
        for _ in range(place):
            power = power * x % _PRIME
        value = (value + coefficient * power) % _PRIME
    return value
