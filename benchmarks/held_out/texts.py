"""The text of the numbers from 1 to n, with commas between."""

import random

SIZES = [100, 1000, 5000, 10000, 20000]
REFERENCE = "joined"


def make_input(n: int, rng: random.Random) -> tuple[int, str]:
    return n, rng.choice(",;")


def joined(n, comma):
    """O(n)"""
    return len(comma.join(str(number) for number in range(1, n + 1)))


def put_together(n, comma):
    """O(n)"""
    parts = []
    for number in range(1, n + 1):
        parts.append(f"{number}")
    return len("".join(parts)) + len(comma) * (n - 1)


def in_front(n, comma):
    """O(n^2)"""
    text = ""
    for number in range(n, 0, -1):
        text = str(number) + (comma + text if text else "")
    return len(text)


def by_lengths(n, comma):
    """O(log n)"""
    length, low = 0, 1
    while low <= n:
        length += len(str(low)) * (min(n, 10 * low - 1) - low + 1)
        low *= 10
    return length + len(comma) * (n - 1)


def generated(n, comma):
    """O(n)"""

    def pieces():
        for number in range(1, n + 1):
            if number > 1:
                yield comma
            yield str(number)

    return sum(len(piece) for piece in pieces())
