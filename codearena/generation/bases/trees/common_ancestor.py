"""Who is above two members of a family."""

import random

from codearena.generation.base import FunctionBase


def common_ancestor(parents: dict[str, str], one: str, other: str) -> str | None:
    """Return the nearest name that is at or above both names, or None if there is none."""
    line = {one}
    while one in parents:
        one = parents[one]
        line.add(one)
    while other not in line:
        if other not in parents:
            return None
        other = parents[other]
    return other


def siblings(rng: random.Random) -> tuple[dict[str, str], str, str]:
    top, one, two = rng.sample("abcdef", 3)
    return {one: top, two: top}, one, two


def one_above_the_other(rng: random.Random) -> tuple[dict[str, str], str, str]:
    a, b, c, d = rng.sample("abcdef", 4)
    return {b: a, c: b, d: c}, rng.choice([b, c]), d


def the_other_way_round(rng: random.Random) -> tuple[dict[str, str], str, str]:
    a, b, c, d = rng.sample("abcdef", 4)
    return {b: a, c: b, d: c}, d, rng.choice([b, c])


def the_same(rng: random.Random) -> tuple[dict[str, str], str, str]:
    a, b = rng.sample("abcdef", 2)
    return {b: a}, b, b


def two_families(rng: random.Random) -> tuple[dict[str, str], str, str]:
    a, b, c, d = rng.sample("abcdef", 4)
    return {b: a, d: c}, b, d


def the_root(rng: random.Random) -> tuple[dict[str, str], str, str]:
    a, b, c = rng.sample("abcdef", 3)
    one, other = rng.sample([a, c], 2)
    return {b: a, c: b}, one, other


def at_different_depths(rng: random.Random) -> tuple[dict[str, str], str, str]:
    a, b, c, d, e, f = rng.sample("abcdef", 6)
    one, other = rng.sample([e, f], 2)
    return {b: a, c: b, d: c, e: d, f: b}, one, other


def many(rng: random.Random) -> tuple[dict[str, str], str, str]:
    parents = {f"n{at}": f"n{rng.randrange(at // 3, at)}" for at in range(1, 120)}
    return parents, f"n{rng.randint(60, 119)}", f"n{rng.randint(60, 119)}"


BASE = FunctionBase(
    solves=common_ancestor,
    title="Nearest common ancestor",
    category="medium",
    level="medium",
    description="""
        `common_ancestor(parents, one, other)` takes a dict from a name to the name of its parent; a name that is no
        key has no parent. It returns the nearest name that both names lead up to, where a name also leads to itself:
        if one of them is above the other, it is the answer, and of two equal names it is that name. If they have
        nothing in common it returns None.
    """,
    hints=(
        "Write down the line of names from each of the two up to the end.",
        "Remember the whole line of the first name, then walk up from the second one until a name is in it.",
        "Both lines start with the names themselves. What ends the walk if the lines do not meet?",
    ),
    visible={
        "cousins": ({"b": "a", "c": "a", "d": "b", "e": "c"}, "d", "e"),
        "one above the other": ({"b": "a", "d": "b"}, "d", "b"),
        "nothing in common": ({}, "x", "y"),
    },
    hidden={
        "siblings": siblings,
        "the first above the second": one_above_the_other,
        "the second above the first": the_other_way_round,
        "the same name": the_same,
        "a name without parents": ({}, "x", "x"),
        "two families": two_families,
        "the one that is above all": the_root,
        "at different depths": at_different_depths,
        "a large family": many,
    },
)
