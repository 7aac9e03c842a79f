"""An order in which everything comes after what it needs."""

import random
from heapq import heapify, heappop, heappush
from itertools import pairwise

from codearena.generation.base import FunctionBase


def build_order(needs: dict[str, list[str]]) -> list[str]:
    """Return all names so that each stands behind all that it needs, the alphabetically first possible one next.

    Raises:
        ValueError: some names need each other in a circle.
    """
    missing = {name: set(needed) for name, needed in needs.items()}
    for each in needs.values():
        for name in each:
            missing.setdefault(name, set())
    ready = [name for name, needed in missing.items() if not needed]
    heapify(ready)
    order: list[str] = []
    while ready:
        order.append(heappop(ready))
        for name, needed in missing.items():
            if order[-1] in needed:
                needed.remove(order[-1])
                if not needed:
                    heappush(ready, name)
    if len(order) < len(missing):
        raise ValueError("some names need each other")
    return order


def chain(rng: random.Random) -> tuple[dict[str, list[str]]]:
    names = rng.sample("abcdefgh", 5)
    return (_shuffled(rng, {name: [needed] for needed, name in pairwise(names)}),)


def independent(rng: random.Random) -> tuple[dict[str, list[str]]]:
    return ({name: [] for name in rng.sample("abcdefgh", 5)},)


def diamond(rng: random.Random) -> tuple[dict[str, list[str]]]:
    top, left, right, bottom = rng.sample("abcd", 4)
    return ({bottom: [left, right], left: [top], right: [top]},)


def circle(rng: random.Random) -> tuple[dict[str, list[str]]]:
    one, two, three, free = rng.sample("abcdefgh", 4)
    return ({one: [two], two: [three], three: [one], free: []},)


def needs_itself(rng: random.Random) -> tuple[dict[str, list[str]]]:
    return ({rng.choice("xyz"): [], "a": ["a"]},)


def only_needed(rng: random.Random) -> tuple[dict[str, list[str]]]:
    return ({"app": rng.sample(["zlib", "base", "core"], 3)},)


def named_twice(rng: random.Random) -> tuple[dict[str, list[str]]]:
    one, two = rng.sample("abcd", 2)
    return ({one: [two, two], "e": [one, two, one]},)


def freed_early(rng: random.Random) -> tuple[dict[str, list[str]]]:
    return (_shuffled(rng, {"a": ["m"], "m": [], "n": [], "z": ["a"], "b": ["n"]}),)


def many(rng: random.Random) -> tuple[dict[str, list[str]]]:
    names = rng.sample([f"t{number}" for number in range(100)], 60)
    return (_shuffled(rng, {name: rng.sample(names[:at], min(at, 2)) for at, name in enumerate(names)}),)


def _shuffled(rng: random.Random, needs: dict[str, list[str]]) -> dict[str, list[str]]:
    return dict(rng.sample(sorted(needs.items()), len(needs)))


BASE = FunctionBase(
    solves=build_order,
    title="Build order",
    category="medium",
    level="medium",
    description="""
        `build_order(needs)` takes a dict from a name to the list of names that it needs. It returns a list of all
        names, each once, also of those that are only needed and are no key of the dict. Every name stands behind all
        names that it needs; wherever several names could come next, the alphabetically first one does. A name may be
        listed twice among those that another needs. If names need each other in a circle, or one needs itself, it
        raises ValueError. An empty dict gives an empty list.
    """,
    hints=(
        "What can stand first? And once that stands, what has become possible?",
        "Keep for every name what it still lacks, and keep the names that lack nothing in a heap.",
        "Look at names that are only needed, at one listed twice, and at how a circle shows at the end.",
    ),
    visible={
        "a chain": ({"c": ["b"], "b": ["a"]},),
        "a choice": ({"x": [], "m": [], "a": ["x"]},),
        "a circle": ({"a": ["b"], "b": ["a"]},),
        "nothing": ({},),
    },
    hidden={
        "a chain of five": chain,
        "independent": independent,
        "a diamond": diamond,
        "a circle beside a free one": circle,
        "one needs itself": needs_itself,
        "only needed": only_needed,
        "named twice": named_twice,
        "free before others": freed_early,
        "sixty": many,
    },
)
