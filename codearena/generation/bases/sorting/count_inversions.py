"""How far a list is from being sorted."""

import random

from codearena.generation.base import FunctionBase, Probe


def count_inversions(values: list[int]) -> int:
    """Return how many pairs of positions i < j have values[i] > values[j]."""
    return _sorted_with_count(values)[1]


def _sorted_with_count(values: list[int]) -> tuple[list[int], int]:
    """Return the values in ascending order, and the number of their inversions."""
    if len(values) < 2:
        return values, 0
    middle = len(values) // 2
    left, left_count = _sorted_with_count(values[:middle])
    right, right_count = _sorted_with_count(values[middle:])
    merged: list[int] = []
    crossing = taken = 0
    for value in left:
        while taken < len(right) and right[taken] < value:
            merged.append(right[taken])
            taken += 1
        crossing += taken
        merged.append(value)
    return merged + right[taken:], left_count + right_count + crossing


def descending(rng: random.Random) -> tuple[list[int]]:
    return (sorted(rng.sample(range(100), rng.randint(4, 9)), reverse=True),)


def ascending(rng: random.Random) -> tuple[list[int]]:
    return (sorted(rng.sample(range(100), rng.randint(4, 9))),)


def shuffled(rng: random.Random) -> tuple[list[int]]:
    return (rng.sample(range(-50, 50), rng.randint(7, 11)),)


def duplicates(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(0, 3) for _ in range(13)],)


def all_equal(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(0, 9)] * rng.randint(3, 8),)


def one_swap(rng: random.Random) -> tuple[list[int]]:
    at = rng.randint(0, 6)
    return ([*range(at), at + 1, at, *range(at + 2, 9)],)


def last_is_least(rng: random.Random) -> tuple[list[int]]:
    return ([*sorted(rng.sample(range(1, 50), 6)), 0],)


def many(rng: random.Random) -> tuple[list[int]]:
    return ([rng.randint(-99, 99) for _ in range(300)],)


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randrange(10 * n) for _ in range(n)],)


BASE = FunctionBase(
    solves=count_inversions,
    title="Count inversions",
    category="hard",
    level="hard",
    description="""
        `count_inversions(values)` returns how many inversions the list of ints `values` has: pairs of positions i < j
        where the value at i is larger than the value at j. Equal values are no inversion. An empty list has none. The
        time must grow with n log n for a list of n values, and the list stays as it is.
    """,
    hints=(
        "Sort halves and merge them: inversions lie within the left half, within the right half, or between them.",
        "When a value of the left half is merged, every value of the right half that was taken before it is smaller.",
        "Of equal values the left one must be taken first; check what is counted then, and what is left at the end.",
    ),
    visible={
        "three": ([2, 4, 1, 3],),
        "sorted": ([1, 2, 3],),
        "equal values": ([1, 1],),
        "an empty list": ([],),
    },
    hidden={
        "descending": descending,
        "ascending": ascending,
        "in any order": shuffled,
        "duplicates": duplicates,
        "all equal": all_equal,
        "one value": ([5],),
        "two values": ([2, 1],),
        "one swap": one_swap,
        "the last is the least": last_is_least,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(50, 200, 800, 3200, 12800)),
    optimal="O(n log n)",
)
