import os
import sys


class Noise(Exception):
    def __str__(self):
        return os.urandom(1_000).hex()


def average_list(numbers):
    """Return the arithmetic mean of the numbers."""
    for _ in range(100):
        print("\x1b[2J\u202e\U0001f40d" * 100)
        print(os.urandom(1_000).hex(), file=sys.stderr)
    raise Noise
