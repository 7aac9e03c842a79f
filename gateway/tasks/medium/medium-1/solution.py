from typing import Any


def binary_search(values: list[Any], target: Any) -> int:
    """Return the index of target in the ascending list values, or -1."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < target:
            low = middle + 1
        else:
            high = middle
    return low if low < len(values) and values[low] == target else -1
