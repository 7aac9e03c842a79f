"""How high a tree is, and whether it is balanced."""

import random
from typing import Any

from codearena.generation.base import FunctionBase

Tree = tuple[int, Any, Any] | None


def balanced_height(tree: Tree) -> int:
    """Return the height of the tree, or -1 if the subtrees of a node differ by more than 1 in height."""
    if tree is None:
        return 0
    _, left, right = tree
    heights = balanced_height(left), balanced_height(right)
    if min(heights) < 0 or abs(heights[0] - heights[1]) > 1:
        return -1
    return max(heights) + 1


def perfect(rng: random.Random) -> tuple[Tree]:
    return (_perfect(rng, rng.randint(2, 4)),)


def left_deeper_by_one(rng: random.Random) -> tuple[Tree]:
    depth = rng.randint(1, 3)
    return ((1, _perfect(rng, depth + 1), _perfect(rng, depth)),)


def right_deeper_by_one(rng: random.Random) -> tuple[Tree]:
    depth = rng.randint(1, 3)
    return ((1, _perfect(rng, depth), _perfect(rng, depth + 1)),)


def left_too_deep(rng: random.Random) -> tuple[Tree]:
    depth = rng.randint(0, 2)
    return ((1, _perfect(rng, depth + 2), _perfect(rng, depth)),)


def right_too_deep(rng: random.Random) -> tuple[Tree]:
    depth = rng.randint(0, 2)
    return ((1, _perfect(rng, depth), _perfect(rng, depth + 2)),)


def fault_below(rng: random.Random) -> tuple[Tree]:
    """The root's subtrees are of one height, and one of them is not balanced inside."""
    crooked: Tree = (1, (2, (3, None, None), None), None)
    left, right = rng.sample([crooked, _perfect(rng, 3)], 2)
    return ((0, left, right),)


def chain(rng: random.Random) -> tuple[Tree]:
    tree: Tree = None
    for number in range(rng.randint(3, 6)):
        tree = (number, tree, None) if rng.random() < 0.5 else (number, None, tree)
    return (tree,)


def grown(rng: random.Random) -> tuple[Tree]:
    return (_grown(rng, 7),)


def _perfect(rng: random.Random, depth: int) -> Tree:
    return (rng.randint(0, 9), _perfect(rng, depth - 1), _perfect(rng, depth - 1)) if depth else None


def _grown(rng: random.Random, depth: int) -> Tree:
    """Return a balanced tree whose sides are of equal height or not, by chance."""
    if depth <= 0:
        return None
    return (rng.randint(0, 9), _grown(rng, depth - 1), _grown(rng, depth - rng.randint(1, min(2, depth))))


BASE = FunctionBase(
    solves=balanced_height,
    title="Height of a balanced tree",
    category="easy",
    level="easy",
    description="""
        A binary tree is None, or a tuple (value, left, right) with two trees. Its height is the number of nodes on
        the longest way from the root down, 0 for None. It is balanced if at every node, not only at the root, the
        heights of both sides differ by no more than 1. `balanced_height(tree)` returns the height of a balanced tree,
        and -1 for a tree that is not balanced.
    """,
    hints=(
        "What does a node have to know of each of its sides?",
        "A side that is not balanced makes all nodes above it unbalanced.",
        "Check the height of None, what a node adds, and how far two heights may be apart.",
    ),
    visible={
        "three nodes": ((1, (2, None, None), (3, None, None)),),
        "a chain of three": ((1, (2, (3, None, None), None), None),),
        "no tree": (None,),
    },
    hidden={
        "perfect": perfect,
        "the left deeper by one": left_deeper_by_one,
        "the right deeper by one": right_deeper_by_one,
        "the left too deep": left_too_deep,
        "the right too deep": right_too_deep,
        "a fault below the root": fault_below,
        "one node": ((5, None, None),),
        "a chain": chain,
        "a large one": grown,
    },
)
