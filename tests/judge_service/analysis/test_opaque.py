"""Code that may cost more than it shows."""

import ast

import pytest

from judge_service.analysis.complexity_estimate import estimate_complexity
from judge_service.analysis.opaque import is_opaque


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import os.path",
        "from time import perf_counter",
        "from importlib import import_module",
        "import sys\nsys.modules['x']",
        "import sys\nsys.setprofile(None)",
        "exec('x = 1')",
        "__import__('time')",
        "rest = rest.__getitem__(slice(1, None))",
        "import datetime\ndatetime.datetime.now()",
    ],
)
def test_it_makes_code_reads_a_clock_or_hides_its_calls(source: str) -> None:
    assert is_opaque(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nsys.setrecursionlimit(10**6)",
        "import heapq, math, json, re, functools, itertools, collections",
        "class A:\n    def __init__(self):\n        super().__init__()\n        self.name = type(self).__name__",
        "from datetime import date, timedelta\ndate(2026, 1, 1) + timedelta(days=1)",
        "eval('1')",  # a task's own bug: what it costs is told
    ],
)
def test_common_code_does_not(source: str) -> None:
    assert not is_opaque(ast.parse(source))


def test_of_such_code_only_a_lot_is_told() -> None:
    loop = "import time\ndef f(a):\n    for x in a: pass\n"
    assert estimate_complexity(ast.parse(loop)) == ""
    assert estimate_complexity(ast.parse(loop + "    for x in a:\n        for y in a: pass\n")) == "O(n^2)"
