from collections.abc import Hashable


def count_frequencies(items: list[Hashable]) -> dict[Hashable, int]:
    """Return how often each item occurs.

    Raises:
        TypeError: an item is not hashable.
    """
    counts: dict[Hashable, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts
