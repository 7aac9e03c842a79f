"""How many of the bits of n are set?"""

import random

SIZES = [16, 256, 4096, 65536, 1048576]
REFERENCE = "shifted"


def make_input(n: int, rng: random.Random) -> tuple[int]:
    return (n - 1,)


def shifted(number):
    """O(log n)"""
    count = 0
    while number:
        count += number & 1
        number >>= 1
    return count


def lowest_taken_off(number):
    """O(log n)"""
    count = 0
    while number:
        number &= number - 1
        count += 1
    return count


def divided(number):
    """O(log n)"""
    return 0 if number == 0 else number % 2 + divided(number // 2)


def added_in_parallel(number):
    """O(1)"""
    number = number - ((number >> 1) & 0x55555555)
    number = (number & 0x33333333) + ((number >> 2) & 0x33333333)
    number = (number + (number >> 4)) & 0x0F0F0F0F
    return (number * 0x01010101 & 0xFFFFFFFF) >> 24


def table_of_all(number):
    """O(n)"""
    counts = [0] * (number + 1)
    for each in range(1, number + 1):
        counts[each] = counts[each >> 1] + (each & 1)
    return counts[number]
