"""The growth class that the syntax tree suggests."""

import ast
from pathlib import Path

import pytest

from judge_service.analysis.complexity_estimate import estimate_complexity

_TASKS = Path(__file__).resolve().parents[3] / "gateway/tasks"

_BINARY_SEARCH = """
def f(a, t):
    lo, hi = 0, len(a)
    while lo < hi:
        mid = (lo + hi) // 2
        if a[mid] < t:
            lo = mid + 1
        else:
            hi = mid
    return lo
"""
_KEPT_SUMS = """
def f(a):
    @lru_cache(None)
    def ending(i):
        return a[i] if i == 0 else max(a[i], ending(i - 1) + a[i])
    return max(ending(i) for i in range(len(a)))
"""
_KEPT_CHAINS = """
def f(a):
    @cache
    def chain(i):
        return 1 + max((chain(j) for j in range(i) if a[j] < a[i]), default=0)
    return max((chain(i) for i in range(len(a))), default=0)
"""
_MERGE_SORT = """
def sort(a):
    if len(a) < 2:
        return a
    half = len(a) // 2
    return merge(sort(a[:half]), sort(a[half:]))

def merge(a, b):
    out = []
    while a and b:
        out.append((a if a[-1] > b[-1] else b).pop())
    return out[::-1]
"""
_HEAP_SORT = """
def f(a):
    def sift(node, end):
        while True:
            child = 2 * node + 1
            if child >= end:
                return
            if child + 1 < end and a[child + 1] > a[child]:
                child += 1
            if a[node] >= a[child]:
                return
            a[node], a[child] = a[child], a[node]
            node = child
    for node in range(len(a) // 2 - 1, -1, -1):
        sift(node, len(a))
    for end in range(len(a) - 1, 0, -1):
        a[0], a[end] = a[end], a[0]
        sift(0, end)
    return a
"""
_SIEVE = """
def f(n):
    kept = [True] * (n + 1)
    for number in range(2, n + 1):
        if kept[number]:
            for multiple in range(number * number, n + 1, number):
                kept[multiple] = False
    return kept
"""
_WINDOW_OF_A_SET = """
def f(s):
    best = left = 0
    seen = set()
    for right in range(len(s)):
        while s[right] in seen:
            seen.remove(s[left])
            left += 1
        seen.add(s[right])
        best = max(best, right - left + 1)
    return best
"""
_MULTIPLES_IN_A_ROW = """
def f(a):
    i, last = 0, 0
    while i < len(a):
        last = 2 * a[i]
        i += 1
    return last
"""
_WINDOW = """
def f(s):
    best = left = 0
    seen = set()
    for right in range(len(s)):
        while s[right] in seen:
            seen.discard(s[left])
            left += 1
        seen.add(s[right])
        best = max(best, right - left)
    return best
"""


@pytest.mark.parametrize(
    ("source", "growth"),
    [
        ("def f(a, b):\n return a + b", "O(1)"),
        ("def f(a):\n return max(a[0], 7)", "O(1)"),
        ("def f(a):\n for i in range(10):\n  for c in 'abc': a += i", "O(1)"),
        (_BINARY_SEARCH, "O(log n)"),
        ("def f(n):\n while n:\n  n >>= 1", "O(log n)"),
        (
            "def f(a, t, lo, hi):\n m = (lo + hi) // 2\n if a[m] < t:\n  return f(a, t, m, hi)\n return f(a, t, lo, m)",
            "O(log n)",
        ),
        ("def f(a):\n return sum(a) / len(a)", "O(n)"),
        ("def f(rows):\n return [cell for row in rows for cell in row]", "O(n)"),
        ("def f(a, t):\n seen = {}\n for x in a:\n  if t - x in seen: return x\n  seen[x] = 1", "O(n)"),
        (_WINDOW, "O(n)"),
        (_WINDOW_OF_A_SET, "O(n)"),
        (_MULTIPLES_IN_A_ROW, "O(n)"),
        ("def f(n):\n return 1 if n == 0 else n * f(n - 1)", "O(n)"),
        ("def f(node):\n return 1 + max(f(node.left), f(node.right))", "O(n)"),
        ("@cache\ndef f(n):\n return n if n < 2 else f(n - 1) + f(n - 2)", "O(n)"),
        (_KEPT_SUMS, "O(n)"),
        (_KEPT_CHAINS, "O(n^2)"),
        ("def f(a):\n return sorted(a)[0]", "O(n log n)"),
        (_MERGE_SORT, "O(n log n)"),
        (_HEAP_SORT, "O(n log n)"),
        (_SIEVE, "O(n log n)"),
        ("import heapq\ndef f(a):\n h = []\n for x in a: heapq.heappush(h, x)", "O(n log n)"),
        ("def f(a):\n return [x * y for x in a for y in a]", "O(n^2)"),
        ("def f(a):\n out = []\n for x in a:\n  if x not in out: out.append(x)", "O(n^2)"),
        ("def f(a):\n return [sum(a[i:]) for i in range(len(a))]", "O(n^2)"),
        ("def f(a):\n while a: a.pop(0)", "O(n^2)"),
        ("def f(a):\n return {x: a.count(x) for x in a}", "O(n^2)"),
        ("def f(a):\n for x in a: g(a)\ndef g(a):\n return max(a)", "O(n^2)"),
        ("def f(a):\n for x in a: b = sorted(a)", "O(n^2 log n)"),
        ("def f(n):\n return n if n < 2 else f(n - 1) + f(n - 2)", "O(2^n)"),
        ("n = int(input())\nfor i in range(n):\n for j in range(n): print(i)", "O(n^2)"),
    ],
)
def test_estimate(source: str, growth: str) -> None:
    assert estimate_complexity(ast.parse(source)) == growth


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n for child in x.children: f(child)",
        "def f(n):\n return g(n - 1)\ndef g(n):\n return f(n - 1)",
        "def f(a):\n" + "".join(f"{' ' * depth}for x{depth} in a:\n" for depth in range(1, 6)) + "      pass",
    ],
    ids=["as many calls as children", "a ring of functions", "beyond the known classes"],
)
def test_what_the_tree_does_not_tell_is_unknown(source: str) -> None:
    assert estimate_complexity(ast.parse(source)) == ""


@pytest.mark.parametrize(
    ("task", "file", "growth"),
    [
        ("hard/hard-1", "buggy.py", "O(n^3)"),
        ("hard/hard-1", "solution.py", "O(n)"),
        ("medium/medium-1", "solution.py", "O(log n)"),
        ("type_errors/type_errors-2", "solution.py", "O(n)"),
    ],
)
def test_estimate_of_code_from_the_tasks(task: str, file: str, growth: str) -> None:
    assert estimate_complexity(ast.parse((_TASKS / task / file).read_text())) == growth
