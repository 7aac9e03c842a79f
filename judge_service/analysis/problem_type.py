"""What kind of problem a source works on, told by the words in its names and by the shape of its code."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from judge_service.analysis.nodes import FUNCTIONS, called, is_halving, walk
from judge_service.analysis.recursion_shape import recursion_shape

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_LEAST = 2  # points that a type needs: a word in a name is worth two, what the code looks like one


@dataclass(frozen=True)
class _Type:
    """words: of the function names that ask for it; shape: what the code of such a function often has."""

    name: str
    words: frozenset[str]
    shape: Callable[[ast.Module], bool]


def problem_type(tree: ast.Module) -> str:
    """The name of a type: of the one with the most points, the first of equals; empty if none has enough."""
    words = _words(tree)
    points = {kind.name: 2 * len(words & kind.words) + kind.shape(tree) for kind in _TYPES}
    best = max(points, key=points.__getitem__)
    return best if points[best] >= _LEAST else ""


def _words(tree: ast.Module) -> set[str]:
    """The words of the functions' names, in lower case and without a plural s."""
    names = [node.name for node in walk(tree) if isinstance(node, FUNCTIONS)]
    words = {word.lower() for name in names for word in _WORD.findall(name)}
    return words | {word.removesuffix("s") for word in words}


def _has_call(*names: str) -> Callable[[ast.Module], bool]:
    def has(tree: ast.Module) -> bool:
        return any(isinstance(node, ast.Call) and called(node) in names for node in walk(tree))

    return has


def _halves(tree: ast.Module) -> bool:
    return any(map(is_halving, walk(tree)))


def _takes_remainders(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Mod) for node in walk(tree))


def _adds_text(tree: ast.Module) -> bool:
    added = (node.value for node in walk(tree) if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add))
    return any(isinstance(value, ast.JoinedStr) or _is_text(value) for value in added)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _calls_itself(tree: ast.Module) -> bool:
    return any(recursion_shape(node).calls > 0 for node in walk(tree) if isinstance(node, FUNCTIONS))


def _two_loops(tree: ast.Module) -> bool:
    loops = [node for node in walk(tree) if isinstance(node, ast.For | ast.While)]
    return any(inner is not outer and isinstance(inner, ast.For | ast.While) for outer in loops for inner in outer.body)


_TYPES = (
    _Type("kadane", frozenset({"subarray", "kadane", "contiguous"}), _has_call("max")),
    _Type("two_sum", frozenset({"pair", "twosum", "two", "complement"}), _two_loops),
    _Type("sliding_window", frozenset({"window", "sliding", "substring", "longest", "shortest"}), _has_call("deque")),
    _Type("prefix_sum", frozenset({"prefix", "range", "cumulative", "running"}), _has_call("accumulate", "sum")),
    _Type("binary_search", frozenset({"search", "bisect", "binary", "lower", "upper", "bound"}), _halves),
    _Type("duplicates", frozenset({"duplicate", "unique", "distinct", "frequency", "frequencie"}), _has_call("set")),
    _Type("sorting", frozenset({"sort", "sorted", "merge", "quicksort", "rank", "order"}), _has_call("sorted", "sort")),
    _Type("dynamic_programming", frozenset({"knapsack", "lcs", "fibonacci", "coin", "subsequence"}), _calls_itself),
    _Type("graph", frozenset({"graph", "path", "bfs", "dfs", "node", "neighbor", "component"}), _has_call("popleft")),
    _Type("string_building", frozenset({"join", "format", "render", "reverse", "compress", "encode"}), _adds_text),
    _Type("greedy", frozenset({"schedule", "interval", "activity", "meeting", "jump"}), _has_call("heappush")),
    _Type("number_theory", frozenset({"prime", "gcd", "factor", "divisor", "factorial", "modulo"}), _takes_remainders),
)
