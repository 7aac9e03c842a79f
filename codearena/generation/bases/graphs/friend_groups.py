"""Groups that grow together: sets that are joined and asked."""

import random

from codearena.generation.base import ClassBase, Steps


class FriendGroups:
    """People from 0 to count - 1, at first each in a group of one."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))
        self._sizes = [1] * count
        self._groups = count

    def join(self, one: int, other: int) -> bool:
        """Join the groups of two people and return whether they were different groups."""
        first, second = self._root(one), self._root(other)
        if first == second:
            return False
        self._parents[second] = first
        self._sizes[first] += self._sizes[second]
        self._groups -= 1
        return True

    def together(self, one: int, other: int) -> bool:
        """Return whether two people are in one group."""
        return self._root(one) == self._root(other)

    def size(self, person: int) -> int:
        """Return how many people are in the person's group."""
        return self._sizes[self._root(person)]

    def groups(self) -> int:
        """Return how many groups there are."""
        return self._groups

    def _root(self, person: int) -> int:
        while self._parents[person] != person:
            person = self._parents[person]
        return person


def chain(rng: random.Random) -> Steps:
    joins = [("join", at, at + 1) for at in range(rng.randint(3, 6))]
    return [("FriendGroups", 8), *joins, ("together", 0, 2), ("size", 1), ("groups",), ("together", 0, 7)]


def joined_before(rng: random.Random) -> Steps:
    one, two, three = rng.sample(range(5), 3)
    return [
        ("FriendGroups", 5),
        ("join", one, two),
        ("join", two, three),
        ("join", one, three),
        ("size", three),
        ("groups",),
    ]


def two_groups(rng: random.Random) -> Steps:
    a, b, c, d, e = rng.sample(range(6), 5)
    joins = [("join", a, b), ("join", c, d), ("join", d, e)]
    asked = [("together", a, c), ("size", b), ("size", c), ("join", b, e), ("size", a), ("groups",), ("together", a, d)]
    return [("FriendGroups", 6), *joins, *asked]


def small_into_large(rng: random.Random) -> Steps:
    a, b, c, d = rng.sample(range(4), 4)
    return [("FriendGroups", 4), ("join", a, b), ("join", a, c), ("join", d, a), ("size", d), ("size", c), ("groups",)]


def oneself(rng: random.Random) -> Steps:
    at = rng.randrange(3)
    return [("FriendGroups", 3), ("join", at, at), ("together", at, at), ("size", at), ("groups",)]


def nobody_joined(rng: random.Random) -> Steps:
    count = rng.randint(2, 9)
    return [("FriendGroups", count), ("groups",), ("size", count - 1), ("together", 0, count - 1)]


def long_life(rng: random.Random) -> Steps:
    steps: list[tuple[object, ...]] = [("FriendGroups", 30)]
    for _ in range(60):
        one, two = rng.randrange(30), rng.randrange(30)
        steps.append(rng.choice([("join", one, two), ("together", one, two), ("size", one), ("groups",)]))
    return steps


BASE = ClassBase(
    solves=FriendGroups,
    title="Groups of friends",
    category="hard",
    level="hard",
    description="""
        `FriendGroups(count)` holds the people 0 to count - 1, each of them in a group of their own at first.

        - `join(one, other)` makes one group of the groups of two people. It returns True, or False if they were in one
          group already, and then changes nothing.
        - `together(one, other)` returns whether two people are in the same group; a person always is with themselves.
        - `size(person)` returns how many people are in the person's group, the person included.
        - `groups()` returns how many groups there are.
    """,
    hints=(
        "A person leads to another one of the group, and so on, up to one that stands for the whole group.",
        "Groups are joined at those that stand for them, not at the two people themselves.",
        "Check what a join changes: who leads where, whose size grows by how much, and the number of groups.",
    ),
    visible={
        "a join": [("FriendGroups", 3), ("join", 0, 1), ("together", 0, 1), ("together", 1, 2), ("groups",)],
        "joined already": [("FriendGroups", 3), ("join", 0, 1), ("join", 1, 0), ("groups",)],
        "sizes": [("FriendGroups", 4), ("join", 0, 1), ("join", 2, 0), ("size", 1), ("size", 3)],
    },
    hidden={
        "a chain": chain,
        "joined by way of a third": joined_before,
        "two groups become one": two_groups,
        "one person joins a larger group": small_into_large,
        "with oneself": oneself,
        "nobody joined": nobody_joined,
        "no people": [("FriendGroups", 0), ("groups",)],
        "a long life": long_life,
    },
)
