"""Oracles of the bases on searching."""

from itertools import accumulate


def insertion_range(values: list[int], target: int) -> tuple[int, int]:
    return sum(value < target for value in values), sum(value <= target for value in values)


def rotated_minimum(values: list[int]) -> int:
    return values.index(min(values))


def smallest_capacity(weights: list[int], days: int) -> int:
    """Over all ways to part the weights: the least largest load of the first packages in one day, in two, and so on."""
    if days < 1:
        raise ValueError
    sums = [0, *accumulate(weights)]
    best = sums
    for _ in range(min(days, len(sums)) - 1):
        best = [min(max(best[cut], total - sums[cut]) for cut in range(at + 1)) for at, total in enumerate(sums)]
    return best[-1]


def closest_value(values: list[int], target: int) -> int:
    return min(values, key=lambda value: (abs(value - target), value))


def range_sums(stdin: str) -> str:
    first, *lines = stdin.splitlines()
    numbers = [int(word) for word in first.split()]
    asked = [tuple(map(int, line.split())) for line in lines]
    return "\n".join(str(sum(numbers[start - 1 : end])) for start, end in asked)
