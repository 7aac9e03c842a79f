"""A tree, level by level."""

import random
from typing import Any

from codearena.generation.base import FunctionBase

Tree = tuple[int, Any, Any] | None


def level_lists(tree: Tree) -> list[list[int]]:
    """Return the values of each level of the tree, from the root down and from left to right."""
    levels: list[list[int]] = []
    nodes = [tree] if tree else []
    while nodes:
        levels.append([value for value, _, _ in nodes])
        nodes = [child for _, left, right in nodes for child in (left, right) if child is not None]
    return levels


def full(rng: random.Random) -> tuple[Tree]:
    return (_tree(rng, 3, 1.0),)


def only_left(rng: random.Random) -> tuple[Tree]:
    return ((1, (2, (rng.randint(3, 9), None, None), None), None),)


def only_right(rng: random.Random) -> tuple[Tree]:
    return ((1, None, (2, None, (rng.randint(3, 9), None, None))),)


def gaps(rng: random.Random) -> tuple[Tree]:
    return ((1, (2, None, (rng.randint(4, 9), None, None)), (3, (rng.randint(4, 9), None, None), None)),)


def zeros(rng: random.Random) -> tuple[Tree]:
    return ((0, (0, None, None), (rng.randint(0, 1), (0, None, None), None)),)


def duplicates(rng: random.Random) -> tuple[Tree]:
    value = rng.randint(1, 9)
    return ((value, (value, None, None), (value, None, (value, None, None))),)


def negative(rng: random.Random) -> tuple[Tree]:
    return ((-1, (rng.randint(-9, -2), None, None), (-3, None, None)),)


def some(rng: random.Random) -> tuple[Tree]:
    return ((50, _tree(rng, 5, 0.8), _tree(rng, 5, 0.7)),)


def _tree(rng: random.Random, depth: int, chance: float) -> Tree:
    if depth == 0 or rng.random() > chance:
        return None
    return (rng.randint(0, 99), _tree(rng, depth - 1, chance), _tree(rng, depth - 1, chance))


BASE = FunctionBase(
    solves=level_lists,
    title="Levels of a tree",
    category="easy",
    level="easy",
    description="""
        A binary tree is None, or a tuple (value, left, right) with two trees. `level_lists(tree)` returns a list with
        a list for each level of the tree, from the root down; it holds the values of that level from left to right.
        Levels without a node are not there, so None gives an empty list.
    """,
    hints=(
        "All nodes of a level can be known before the next level is looked at.",
        "The next level is made of the children of this one: for each node its left child, then its right one.",
        "A child that is None is no node; a value of 0 is a value.",
    ),
    visible={
        "two levels": ((1, (2, None, None), (3, None, None)),),
        "no tree": (None,),
        "a gap": ((1, None, (3, (4, None, None), None)),),
    },
    hidden={
        "full": full,
        "left children only": only_left,
        "right children only": only_right,
        "gaps in the middle": gaps,
        "one node": ((7, None, None),),
        "zeros": zeros,
        "duplicates": duplicates,
        "negative values": negative,
        "a large one": some,
    },
)
