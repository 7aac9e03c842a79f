"""The largest sum of a window that slides over a list."""

import random

from codearena.generation.base import FunctionBase, Probe


def max_window_sum(numbers: list[int], width: int) -> int:
    """Return the largest sum of `width` neighbours in numbers.

    Raises:
        ValueError: width is below 1 or above the number of numbers.
    """
    if width < 1 or width > len(numbers):
        raise ValueError(f"a window of {width} does not fit into {len(numbers)} numbers")
    total = best = sum(numbers[:width])
    for at in range(width, len(numbers)):
        total += numbers[at] - numbers[at - width]
        best = max(best, total)
    return best


def first_window(rng: random.Random) -> tuple[list[int], int]:
    return sorted(_numbers(rng, 9), reverse=True), rng.randint(2, 4)


def last_window(rng: random.Random) -> tuple[list[int], int]:
    return sorted(_numbers(rng, 9)), rng.randint(2, 4)


def all_negative(rng: random.Random) -> tuple[list[int], int]:
    return [-abs(number) - 1 for number in _numbers(rng, 8)], rng.randint(2, 3)


def width_one(rng: random.Random) -> tuple[list[int], int]:
    return _numbers(rng, 7), 1


def whole_list(rng: random.Random) -> tuple[list[int], int]:
    return _numbers(rng, 6), 6


def all_but_one(rng: random.Random) -> tuple[list[int], int]:
    return _numbers(rng, 6), 5


def too_wide(rng: random.Random) -> tuple[list[int], int]:
    return _numbers(rng, 5), 6


def negative_width(rng: random.Random) -> tuple[list[int], int]:
    return _numbers(rng, 5), -rng.randint(1, 4)


def many(rng: random.Random) -> tuple[list[int], int]:
    return _numbers(rng, rng.randint(200, 300)), rng.randint(20, 40)


def make_input(n: int, rng: random.Random) -> tuple[list[int], int]:
    return _numbers(rng, n), max(1, n // 3)


def _numbers(rng: random.Random, count: int) -> list[int]:
    return [rng.randint(-999, 999) for _ in range(count)]


BASE = FunctionBase(
    solves=max_window_sum,
    title="Largest sum of a window",
    category="easy",
    level="easy",
    description="""
        `max_window_sum(numbers, width)` returns the largest sum of `width` numbers that stand next to each other in the
        list `numbers`. A width below 1, or above the length of the list, raises ValueError; so does every width for an
        empty list. The list is not changed. The time must grow linearly with the length of the list, whatever the
        width is.
    """,
    hints=(
        "Write down all windows of a list of four numbers, for the widths 1, 2 and 4.",
        "Two neighbouring windows differ by the number that enters and the number that leaves.",
        "Check which positions enter and leave, what the best sum starts with, and which widths are refused.",
    ),
    visible={
        "in the middle": ([1, 5, 9, -2, 3], 2),
        "a whole list": ([4, -1, 7], 3),
        "an empty list": ([], 1),
        "a width of zero": ([1, 2], 0),
    },
    hidden={
        "the first window": first_window,
        "the last window": last_window,
        "negative numbers only": all_negative,
        "a width of one": width_one,
        "the one number": ([-7], 1),
        "the width of the list": whole_list,
        "all but one": all_but_one,
        "one too wide": too_wide,
        "a negative width": negative_width,
        "a few hundred numbers": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
