"""Whether a tree is in order."""

import random
from itertools import pairwise
from typing import Any

from codearena.generation.base import FunctionBase

Tree = tuple[int, Any, Any] | None


def is_search_tree(tree: Tree) -> bool:
    """Return whether every value is above all values to its left and below all values to its right."""
    values = _in_order(tree)
    return all(one < other for one, other in pairwise(values))


def _in_order(tree: Tree) -> list[int]:
    if tree is None:
        return []
    value, left, right = tree
    return [*_in_order(left), value, *_in_order(right)]


def ordered(rng: random.Random) -> tuple[Tree]:
    return (_ordered(rng, sorted(rng.sample(range(100), 9))),)


def wrong_at_the_left(rng: random.Random) -> tuple[Tree]:
    value = rng.randint(1, 9)
    return ((value, (value + 1, None, None), (value + 2, None, None)),)


def wrong_at_the_right(rng: random.Random) -> tuple[Tree]:
    value = rng.randint(1, 9)
    return ((value, (value - 1, None, None), (value - 2, None, None)),)


def wrong_grandchild(rng: random.Random) -> tuple[Tree]:
    """Each node is in order with its parent, but one is not with its parent's parent."""
    value = rng.randint(10, 20)
    return ((value, (value - 5, None, (value + 1, None, None)), (value + 5, None, None)),)


def wrong_grandchild_right(rng: random.Random) -> tuple[Tree]:
    value = rng.randint(10, 20)
    return ((value, (value - 5, None, None), (value + 5, (value - 1, None, None), None)),)


def equal_left(rng: random.Random) -> tuple[Tree]:
    value = rng.randint(0, 9)
    return ((value, (value, None, None), None),)


def equal_right(rng: random.Random) -> tuple[Tree]:
    value = rng.randint(0, 9)
    return ((value, None, (value, None, None)),)


def negative(rng: random.Random) -> tuple[Tree]:
    return (_ordered(rng, sorted(rng.sample(range(-60, 5), 7))),)


def one_out_of_order(rng: random.Random) -> tuple[Tree]:
    values = sorted(rng.sample(range(100), 12))
    at = rng.randint(0, 10)
    values[at], values[at + 1] = values[at + 1], values[at]
    return (_ordered(rng, values),)


def _ordered(rng: random.Random, values: list[int]) -> Tree:
    """Return a tree of any shape whose values are these, from left to right."""
    if not values:
        return None
    at = rng.randrange(len(values))
    return (values[at], _ordered(rng, values[:at]), _ordered(rng, values[at + 1 :]))


BASE = FunctionBase(
    solves=is_search_tree,
    title="Is it a search tree?",
    category="medium",
    level="medium",
    description="""
        A binary tree is None, or a tuple (value, left, right) with an int and two trees. `is_search_tree(tree)`
        returns whether it is a search tree: at every node all values on the left side, however deep, are smaller than
        the node's own, and all values on the right side are larger. A value that occurs twice makes it False. None is
        a search tree.
    """,
    hints=(
        "It is not enough that each node is in order with the two nodes right below it.",
        "In which order do you meet the values if you walk the left side, then the node, then the right side?",
        "That order must rise from each value to the next, without equal ones.",
    ),
    visible={
        "in order": ((5, (3, None, None), (8, None, None)),),
        "out of order": ((5, (8, None, None), None),),
        "no tree": (None,),
        "deep on the wrong side": ((5, (3, None, (7, None, None)), None),),
    },
    hidden={
        "nine in order": ordered,
        "wrong at the left": wrong_at_the_left,
        "wrong at the right": wrong_at_the_right,
        "wrong below the left": wrong_grandchild,
        "wrong below the right": wrong_grandchild_right,
        "equal at the left": equal_left,
        "equal at the right": equal_right,
        "one node": ((0, None, None),),
        "negative values": negative,
        "two neighbours changed over": one_out_of_order,
    },
)
