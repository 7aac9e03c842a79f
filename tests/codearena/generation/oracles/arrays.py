"""Oracles of the bases on arrays."""

import math


def rotate_left(values: list[int], places: int) -> list[int]:
    turned = list(values)
    for _ in range(places % max(1, len(values))):
        turned.append(turned.pop(0))
    return turned


def longest_plateau(values: list[int]) -> tuple[int, int]:
    runs = [
        (end - start, -start)
        for start in range(len(values))
        for end in range(start + 1, len(values) + 1)
        if len(set(values[start:end])) == 1
    ]
    length, start = max(runs, default=(0, 0))
    return -start, length


def products_of_others(numbers: list[int]) -> list[int]:
    return [math.prod(numbers[:at] + numbers[at + 1 :]) for at in range(len(numbers))]


def balance_point(weights: list[int]) -> int:
    return next((at for at in range(len(weights)) if sum(weights[:at]) == sum(weights[at + 1 :])), -1)


def max_window_sum(numbers: list[int], width: int) -> int:
    if width < 1:
        raise ValueError
    return max(sum(numbers[at : at + width]) for at in range(len(numbers) - width + 1))
