"""The distances from one node to all others, in links."""

import random
from collections import deque
from itertools import pairwise

from codearena.generation.base import FunctionBase, Probe


def fewest_hops(links: dict[int, list[int]], start: int) -> dict[int, int]:
    """Return for every node that can be reached from start the least number of links on the way to it."""
    hops = {start: 0}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for neighbour in links.get(node, []):
            if neighbour not in hops:
                hops[neighbour] = hops[node] + 1
                waiting.append(neighbour)
    return hops


def chain(rng: random.Random) -> tuple[dict[int, list[int]], int]:
    nodes = rng.sample(range(50), 6)
    return {one: [other] for one, other in pairwise(nodes)}, nodes[rng.randint(0, 2)]


def shortcut(rng: random.Random) -> tuple[dict[int, list[int]], int]:
    a, b, c, d = rng.sample(range(9), 4)
    return {a: rng.sample([b, d], 2), b: [c], c: [d], d: []}, a


def one_way(rng: random.Random) -> tuple[dict[int, list[int]], int]:
    a, b, c = rng.sample(range(9), 3)
    return {a: [b], c: [a, b]}, a


def circle(rng: random.Random) -> tuple[dict[int, list[int]], int]:
    count = rng.randint(3, 7)
    return {at: [(at + 1) % count] for at in range(count)}, rng.randrange(count)


def to_itself(rng: random.Random) -> tuple[dict[int, list[int]], int]:
    node = rng.randint(1, 9)
    return {node: [node, 0], 0: [0, node]}, node


def late_detour(rng: random.Random) -> tuple[dict[int, list[int]], int]:
    return {0: [1, 2], 1: [3], 3: [4], 4: [5], 2: [5], 5: [6], 6: [rng.randint(0, 4)]}, 0


def unknown_start(rng: random.Random) -> tuple[dict[int, list[int]], int]:
    return {1: [2]}, rng.randint(3, 9)


def many(rng: random.Random) -> tuple[dict[int, list[int]], int]:
    return {node: rng.sample(range(90), 2) for node in range(90)}, rng.randrange(90)


def make_input(n: int, rng: random.Random) -> tuple[dict[int, list[int]], int]:
    return {node: [node + 1, node + rng.randint(1, 9)] for node in range(n)}, 0


BASE = FunctionBase(
    solves=fewest_hops,
    title="Fewest hops",
    category="medium",
    level="medium",
    description="""
        `fewest_hops(links, start)` takes a dict from a node to the list of nodes that it links to; nodes are ints,
        and links lead one way. It returns a dict with every node that can be reached from `start`, each with the
        least number of links that lead to it. The start is always in it, with 0, even if it has no links. A node that
        is no key of `links` has none. The time must grow linearly with the number of links.
    """,
    hints=(
        "Visit the nodes in the order of their distance: first the start, then all that it links to, and so on.",
        "A queue keeps that order: take from one end, and add at the other.",
        "A node gets its number when it is seen first, and never another one.",
    ),
    visible={
        "a detour": ({1: [2, 3], 2: [4], 3: [4], 4: [5]}, 1),
        "no links": ({}, 7),
        "one way": ({1: [2]}, 2),
    },
    hidden={
        "a chain": chain,
        "a shortcut": shortcut,
        "links lead one way": one_way,
        "a circle": circle,
        "links to oneself": to_itself,
        "a detour seen first": late_detour,
        "a start that links nowhere": unknown_start,
        "ninety nodes": many,
    },
    probe=Probe(make_input, sizes=(50, 200, 800, 3200, 12800)),
    optimal="O(n)",
)
