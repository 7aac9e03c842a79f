"""A table of results, with ranks that ties share."""

import random

from codearena.generation.base import FunctionBase


def standings(points: dict[str, int]) -> list[tuple[int, str, int]]:
    """Return (rank, name, points) for each name, the best first; equal points share a rank."""
    table: list[tuple[int, str, int]] = []
    ordered = sorted(points.items(), key=lambda item: (-item[1], item[0]))
    for place, (name, score) in enumerate(ordered, start=1):
        shared = place > 1 and table[-1][2] == score
        table.append((table[-1][0] if shared else place, name, score))
    return table


def all_different(rng: random.Random) -> tuple[dict[str, int]]:
    return (dict(zip("edcba", rng.sample(range(50), 5), strict=True)),)


def tie_at_the_top(rng: random.Random) -> tuple[dict[str, int]]:
    best = rng.randint(20, 30)
    return ({"zoe": best, "bob": rng.randint(1, 9), "amy": best, "cat": 10},)


def tie_at_the_end(rng: random.Random) -> tuple[dict[str, int]]:
    least = rng.randint(0, 5)
    return ({"b": least, "x": 9, "a": least, "y": 8},)


def three_alike(rng: random.Random) -> tuple[dict[str, int]]:
    return (dict.fromkeys(rng.sample("pqr", 3), 5) | {"o": 4, "s": rng.randint(6, 9)},)


def negative(rng: random.Random) -> tuple[dict[str, int]]:
    return ({name: rng.randint(-3, 0) for name in rng.sample("abcdef", 6)},)


def case_in_names(rng: random.Random) -> tuple[dict[str, int]]:
    return ({"b": 1, "B": 1, "a": rng.randint(0, 1), "A": 1},)


def many(rng: random.Random) -> tuple[dict[str, int]]:
    return ({f"p{number}": rng.randint(0, 40) for number in rng.sample(range(1000), 150)},)


BASE = FunctionBase(
    solves=standings,
    title="Standings with shared ranks",
    category="medium",
    level="medium",
    description="""
        `standings(points)` takes a dict from names to points (ints) and returns a list of tuples (rank, name,
        points): more points first, names with equal points in the order of `<` on strings. The rank is 1 plus the
        number of names with more points, so equal points share a rank, and the ranks after a tie leave a gap: 1, 2,
        2, 4. An empty dict gives an empty list.
    """,
    hints=(
        "Sort by points downwards and by name upwards, then give out the ranks.",
        "A name has the rank of the one before it if both have equal points, and its own place otherwise.",
        "Places count from 1. Check the first name, a tie of three, and the rank that follows it.",
    ),
    visible={
        "a tie for the second place": ({"ann": 9, "bob": 7, "cid": 7, "dan": 5},),
        "one name": ({"ann": 0},),
        "nobody": ({},),
    },
    hidden={
        "all different": all_different,
        "a tie at the top": tie_at_the_top,
        "a tie at the end": tie_at_the_end,
        "three alike": three_alike,
        "all alike": ({"c": 2, "a": 2, "b": 2},),
        "negative points": negative,
        "case in names": case_in_names,
        "many names": many,
    },
)
