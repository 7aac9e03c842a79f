"""A cache that drops what was not used for the longest time."""

import random
from collections import OrderedDict

from codearena.generation.base import ClassBase, Steps


class LRUCache:
    """Keeps at most `capacity` values by key and drops the least recently used one first."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("the capacity must be positive")
        self._capacity = capacity
        self._kept: OrderedDict[str, int] = OrderedDict()

    def get(self, key: str) -> int | None:
        """Return the value of key, which counts as a use, or None."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def put(self, key: str, value: int) -> str | None:
        """Store the value, which counts as a use, and return the key that had to go, or None."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._capacity:
            dropped, _ = self._kept.popitem(last=False)
            return dropped
        return None

    def keys(self) -> list[str]:
        """Return the keys, the least recently used one first."""
        return list(self._kept)


def fill_beyond(rng: random.Random) -> Steps:
    capacity = rng.randint(2, 4)
    return [("LRUCache", capacity), *(("put", f"k{at}", rng.randint(1, 99)) for at in range(capacity + 2)), ("keys",)]


def used_by_get(rng: random.Random) -> Steps:
    first, second = rng.randint(1, 99), rng.randint(1, 99)
    return [("LRUCache", 2), ("put", "a", first), ("put", "b", second), ("get", "a"), ("put", "c", 3), ("keys",)]


def used_by_put(rng: random.Random) -> Steps:
    value = rng.randint(100, 999)
    return [
        ("LRUCache", 2),
        ("put", "a", 1),
        ("put", "b", 2),
        ("put", "a", value),
        ("put", "c", 3),
        ("get", "a"),
        ("keys",),
    ]


def falsy_value(rng: random.Random) -> Steps:
    return [
        ("LRUCache", rng.randint(2, 5)),
        ("put", "zero", 0),
        ("get", "zero"),
        ("put", "", 5),
        ("get", ""),
        ("keys",),
    ]


def capacity_one(rng: random.Random) -> Steps:
    return [
        ("LRUCache", 1),
        ("put", "x", rng.randint(1, 9)),
        ("put", "y", rng.randint(1, 9)),
        ("get", "x"),
        ("get", "y"),
    ]


def exactly_full(rng: random.Random) -> Steps:
    capacity = rng.randint(2, 6)
    return [("LRUCache", capacity), *(("put", f"k{at}", at) for at in range(capacity)), ("put", "k0", 7), ("keys",)]


def unknown_key(rng: random.Random) -> Steps:
    return [
        ("LRUCache", 2),
        ("put", "a", 1),
        ("put", "b", 2),
        ("get", f"no-{rng.randint(1, 9)}"),
        ("put", "c", 3),
        ("keys",),
    ]


def long_life(rng: random.Random) -> Steps:
    steps: list[tuple[object, ...]] = [("LRUCache", 5)]
    for _ in range(120):
        key = f"k{rng.randrange(9)}"
        steps.append(("get", key) if rng.random() < 0.5 else ("put", key, rng.randint(0, 99)))
    return [*steps, ("keys",)]


BASE = ClassBase(
    solves=LRUCache,
    title="Least recently used cache",
    category="medium",
    level="medium",
    description="""
        `LRUCache(capacity)` keeps at most `capacity` values by key; a capacity below 1 raises ValueError.

        - `get(key)` returns the value of `key`, or None if it is not kept.
        - `put(key, value)` stores a value, in place of the one that the key has. If there are then more than `capacity`
          keys, the least recently used one goes, and `put` returns that key; otherwise it returns None.
        - `keys()` returns a list of the keys, the least recently used one first.

        A `get` that finds its key, and every `put`, is a use of the key; `keys` is not. All methods but
        `keys` take constant time.
    """,
    hints=(
        "Follow the order of use by hand through a put, a get and two more puts.",
        "Which calls are uses? Each of them must move its key to the end of the order.",
        "A key that is put again takes no new place, and nothing goes before there is one key too many.",
    ),
    visible={
        "put and get": [("LRUCache", 2), ("put", "a", 1), ("get", "a"), ("get", "b")],
        "one too many": [("LRUCache", 2), ("put", "a", 1), ("put", "b", 2), ("put", "c", 3), ("keys",)],
        "a get is a use": [
            ("LRUCache", 2),
            ("put", "a", 1),
            ("put", "b", 2),
            ("get", "a"),
            ("put", "c", 3),
            ("get", "b"),
        ],
        "no capacity": [("LRUCache", 0)],
    },
    hidden={
        "two beyond the capacity": fill_beyond,
        "used by get": used_by_get,
        "used by put": used_by_put,
        "a value of zero and an empty key": falsy_value,
        "a capacity of one": capacity_one,
        "exactly full": exactly_full,
        "a get that finds nothing": unknown_key,
        "a negative capacity": [("LRUCache", -1)],
        "empty": [("LRUCache", 3), ("keys",), ("get", "a"), ("keys",)],
        "a long life": long_life,
    },
)
