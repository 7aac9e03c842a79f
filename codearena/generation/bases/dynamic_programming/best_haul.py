"""What to take along if the bag bears only so much."""

import random

from codearena.generation.base import FunctionBase


def best_haul(items: list[tuple[int, int]], capacity: int) -> int:
    """Return the largest total value of items (weight, value) that weigh no more than capacity together."""
    best = [0] * (capacity + 1)
    for weight, value in items:
        for room in range(capacity, weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    return best[capacity]


def some(rng: random.Random) -> tuple[list[tuple[int, int]], int]:
    return _items(rng, 6), rng.randint(8, 15)


def each_once(rng: random.Random) -> tuple[list[tuple[int, int]], int]:
    return [(1, rng.randint(2, 9)), (5, 1)], rng.randint(3, 5)


def exact_fit(rng: random.Random) -> tuple[list[tuple[int, int]], int]:
    items = _items(rng, 4)
    return items, sum(weight for weight, _ in items)


def one_short(rng: random.Random) -> tuple[list[tuple[int, int]], int]:
    items = _items(rng, 4)
    return items, sum(weight for weight, _ in items) - 1


def best_ratio_is_wrong(rng: random.Random) -> tuple[list[tuple[int, int]], int]:
    width = rng.randint(5, 9)
    return [(width + 1, 2 * width), (width, width + 3), (width, width + 3)], 2 * width


def all_too_heavy(rng: random.Random) -> tuple[list[tuple[int, int]], int]:
    return [(rng.randint(10, 20), 5) for _ in range(3)], rng.randint(1, 9)


def no_room(rng: random.Random) -> tuple[list[tuple[int, int]], int]:
    return _items(rng, 3), 0


def weightless(rng: random.Random) -> tuple[list[tuple[int, int]], int]:
    return [(0, rng.randint(1, 9)), (0, 4), (3, 5)], rng.randint(0, 3)


def many(rng: random.Random) -> tuple[list[tuple[int, int]], int]:
    return _items(rng, 40), rng.randint(60, 120)


def _items(rng: random.Random, count: int) -> list[tuple[int, int]]:
    return [(rng.randint(1, 9), rng.randint(1, 30)) for _ in range(count)]


BASE = FunctionBase(
    solves=best_haul,
    title="Best haul",
    category="medium",
    level="medium",
    description="""
        `best_haul(items, capacity)` returns the largest total value of items that can be carried at once. `items` is a
        list of tuples (weight, value) of ints, weights at least 0 and values positive; each item can be taken once, and
        whole. Their weights together must not be more than `capacity`, an int of at least 0. It returns 0 if nothing
        can be taken.
    """,
    hints=(
        "Keep the best value for every capacity from 0 on, and add one item at a time.",
        "With an item of weight w, the best for capacity c may become the best for c - w, plus the item's value.",
        "Each item may be used once: the order in which capacities are visited decides whether it is.",
    ),
    visible={
        "two of three": ([(1, 10), (3, 40), (4, 50)], 5),
        "nothing fits": ([(5, 10)], 4),
        "no items": ([], 3),
    },
    hidden={
        "some": some,
        "each only once": each_once,
        "an exact fit": exact_fit,
        "one short of all": one_short,
        "the best ratio is wrong": best_ratio_is_wrong,
        "all too heavy": all_too_heavy,
        "no room": no_room,
        "without weight": weightless,
        "one item that just fits": ([(4, 7)], 4),
        "forty items": many,
    },
)
