from collections import Counter


def pairs(numbers):
    """Return how many pairs of equal numbers there are."""
    return sum(count * (count - 1) // 2 for count in Counter(numbers).values())
