"""Oracles of the bases on searching."""

from itertools import combinations, count, pairwise


def insertion_range(values: list[int], target: int) -> tuple[int, int]:
    return sum(value < target for value in values), sum(value <= target for value in values)


def rotated_minimum(values: list[int]) -> int:
    return values.index(min(values))


def smallest_capacity(weights: list[int], days: int) -> int:
    if days < 1:
        raise ValueError
    if len(weights) <= 10:
        splits = combinations(range(1, len(weights)), min(days, max(1, len(weights))) - 1)
        return min(max(_loads(weights, split)) for split in splits)
    return next(capacity for capacity in count(max(weights)) if _needed(weights, capacity) <= days)


def _loads(weights: list[int], split: tuple[int, ...]) -> list[int]:
    ends = [0, *split, len(weights)]
    return [sum(weights[start:end]) for start, end in pairwise(ends)]


def _needed(weights: list[int], capacity: int) -> int:
    left, days = list(weights), 0
    while left:
        load = next(number for number in range(len(left), 0, -1) if sum(left[:number]) <= capacity)
        left, days = left[load:], days + 1
    return days


def closest_value(values: list[int], target: int) -> int:
    return min(values, key=lambda value: (abs(value - target), value))


def range_sums(stdin: str) -> str:
    first, *lines = stdin.splitlines()
    numbers = [int(word) for word in first.split()]
    asked = [tuple(map(int, line.split())) for line in lines]
    return "\n".join(str(sum(numbers[start - 1 : end])) for start, end in asked)
