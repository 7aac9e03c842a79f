"""The length of the shortest way through a network of roads."""

import random
from heapq import heappop, heappush

from codearena.generation.base import FunctionBase


def shortest_path(roads: list[tuple[str, str, int]], start: str, goal: str) -> int:
    """Return the least total length of roads that lead from start to goal, or -1 if none do."""
    lengths: dict[str, list[tuple[str, int]]] = {}
    for one, other, length in roads:
        lengths.setdefault(one, []).append((other, length))
        lengths.setdefault(other, []).append((one, length))
    waiting, done = [(0, start)], set()
    while waiting:
        distance, place = heappop(waiting)
        if place == goal:
            return distance
        if place in done:
            continue
        done.add(place)
        for neighbour, length in lengths.get(place, []):
            heappush(waiting, (distance + length, neighbour))
    return -1


def detour_is_shorter(rng: random.Random) -> tuple[list[tuple[str, str, int]], str, str]:
    step = rng.randint(1, 9)
    return [("a", "b", 3 * step + 1), ("a", "c", step), ("c", "d", step), ("d", "b", step)], "a", "b"


def direct_is_shorter(rng: random.Random) -> tuple[list[tuple[str, str, int]], str, str]:
    step = rng.randint(2, 9)
    return [("a", "c", step), ("c", "b", step), ("a", "b", 2 * step - 1)], "a", "b"


def backwards(rng: random.Random) -> tuple[list[tuple[str, str, int]], str, str]:
    return [("b", "a", rng.randint(1, 9)), ("c", "b", rng.randint(1, 9))], "a", "c"


def out_of_reach(rng: random.Random) -> tuple[list[tuple[str, str, int]], str, str]:
    return [("a", "b", rng.randint(1, 9)), ("b", "a", 2), ("x", "y", rng.randint(1, 9))], "a", "y"


def two_roads(rng: random.Random) -> tuple[list[tuple[str, str, int]], str, str]:
    short = rng.randint(1, 9)
    return rng.sample([("a", "b", short), ("a", "b", short + rng.randint(1, 5))], 2), "a", "b"


def no_length(rng: random.Random) -> tuple[list[tuple[str, str, int]], str, str]:
    return [("a", "b", 0), ("b", "c", 0), ("a", "c", rng.randint(1, 9))], "a", "c"


def already_there(rng: random.Random) -> tuple[list[tuple[str, str, int]], str, str]:
    return [("a", "b", rng.randint(1, 9))], "a", "a"


def ring(rng: random.Random) -> tuple[list[tuple[str, str, int]], str, str]:
    places = "abcdefgh"
    return [(places[at - 1], places[at], rng.randint(1, 20)) for at in range(8)], "a", rng.choice("cdef")


def many(rng: random.Random) -> tuple[list[tuple[str, str, int]], str, str]:
    names = [f"p{number}" for number in range(40)]
    return [(rng.choice(names), rng.choice(names), rng.randint(1, 50)) for _ in range(120)], "p0", "p1"


BASE = FunctionBase(
    solves=shortest_path,
    title="Shortest path",
    category="hard",
    level="hard",
    description="""
        `shortest_path(roads, start, goal)` returns the length of the shortest path between two places. `roads` is a
        list of tuples (place, place, length); places are strings, lengths are ints of at least 0, and a road can be
        taken both ways. Two places may have several roads between them. The length of a path is the sum of its roads'
        lengths; from a place to itself it is 0, even if no road mentions the place. If no path exists the function
        returns -1.
    """,
    hints=(
        "Always go on from the place that is nearest to the start among those seen and not yet done.",
        "A heap of (distance, place) gives that place. What a place's distance is, is certain only when it comes out.",
        "Check that roads lead both ways, that a place is gone on from once, and what is added to which distance.",
    ),
    visible={
        "by way of c": ([("a", "b", 7), ("a", "c", 1), ("c", "b", 2)], "a", "b"),
        "no way": ([("a", "b", 1)], "a", "z"),
        "at the goal": ([], "a", "a"),
    },
    hidden={
        "a detour is shorter": detour_is_shorter,
        "the direct road is shorter": direct_is_shorter,
        "roads lead both ways": backwards,
        "out of reach": out_of_reach,
        "two roads between two places": two_roads,
        "roads of no length": no_length,
        "already there": already_there,
        "a ring": ring,
        "a network": many,
    },
)
