"""How many parts does a graph of n nodes and n edges have?"""

import random

SIZES = [100, 300, 1000, 3000, 10000]
REFERENCE = "union_find"


def make_input(n: int, rng: random.Random) -> tuple[int, list[list[int]]]:
    return n, [[rng.randrange(n), rng.randrange(n)] for _ in range(n)]


def union_find(n, edges):
    """O(n)"""
    parent, parts = list(range(n)), n
    for left, right in edges:
        while parent[left] != left:
            parent[left] = parent[parent[left]]
            left = parent[left]
        while parent[right] != right:
            parent[right] = parent[parent[right]]
            right = parent[right]
        if left != right:
            parent[left] = right
            parts -= 1
    return parts


def flooded(n, edges):
    """O(n)"""
    near = [[] for _ in range(n)]
    for left, right in edges:
        near[left].append(right)
        near[right].append(left)
    seen, parts = [False] * n, 0
    for start in range(n):
        if not seen[start]:
            parts += 1
            seen[start] = True
            stack = [start]
            while stack:
                for node in near[stack.pop()]:
                    if not seen[node]:
                        seen[node] = True
                        stack.append(node)
    return parts


def renamed_each_time(n, edges):
    """O(n^2)"""
    part = list(range(n))
    for left, right in edges:
        old, new = part[left], part[right]
        if old != new:
            part = [new if each == old else each for each in part]
    return len(set(part))


def edges_searched_for_each_node(n, edges):
    """O(n^2)"""
    seen, parts = set(), 0
    for start in range(n):
        if start in seen:
            continue
        parts += 1
        stack = [start]
        seen.add(start)
        while stack:
            here = stack.pop()
            for left, right in edges:
                if left == here or right == here:
                    other = right if left == here else left
                    if other not in seen:
                        seen.add(other)
                        stack.append(other)
    return parts
