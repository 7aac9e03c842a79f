"""Oracles of the bases on trees."""

from typing import Any

Tree = tuple[int, Any, Any] | None


def _nodes(tree: Tree, depth: int = 0) -> list[tuple[int, int, Tree]]:
    """(depth, value, subtree) of every node, from left to right."""
    if tree is None:
        return []
    return [*_nodes(tree[1], depth + 1), (depth, tree[0], tree), *_nodes(tree[2], depth + 1)]


def balanced_height(tree: Tree) -> int:
    def height(of: Tree) -> int:
        return max((depth + 1 for depth, _, _ in _nodes(of)), default=0)

    if any(abs(height(node[1]) - height(node[2])) > 1 for _, _, node in _nodes(tree) if node):
        return -1
    return height(tree)


def is_search_tree(tree: Tree) -> bool:
    for _, value, node in _nodes(tree):
        assert node
        if any(other >= value for _, other, _ in _nodes(node[1])) or any(
            other <= value for _, other, _ in _nodes(node[2])
        ):
            return False
    return True


def level_lists(tree: Tree) -> list[list[int]]:
    levels = range(1 + max((depth for depth, _, _ in _nodes(tree)), default=-1))
    return [[value for depth, value, _ in _nodes(tree) if depth == level] for level in levels]


def common_ancestor(parents: dict[str, str], one: str, other: str) -> str | None:
    def line(name: str) -> list[str]:
        return [name, *(line(parents[name]) if name in parents else [])]

    return next((name for name in line(other) if name in line(one)), None)
