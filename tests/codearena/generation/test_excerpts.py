"""Parts of a module that stand alone."""

import pytest

from codearena.generation.excerpts import excerpt

MODULE = '''"""A module."""

import random
from math import gcd, lcm

Pair = tuple[int, int]
# The largest that is looked at.
LIMIT = 10
UNUSED = 3


def solve(pair: Pair) -> int:
    return gcd(*pair) if max(pair) < LIMIT else helper(pair)


def helper(pair: Pair) -> int:
    return min(pair)


def make(rng: random.Random) -> Pair:
    return rng.randint(1, LIMIT), 4
'''


def test_an_excerpt_holds_what_its_root_needs_and_nothing_else() -> None:
    assert excerpt(MODULE, ["solve"]) == (
        "from math import gcd\n\n"
        "Pair = tuple[int, int]\n"
        "# The largest that is looked at.\n"
        "LIMIT = 10\n\n\n"
        "def solve(pair: Pair) -> int:\n"
        "    return gcd(*pair) if max(pair) < LIMIT else helper(pair)\n\n\n"
        "def helper(pair: Pair) -> int:\n"
        "    return min(pair)\n"
    )


def test_an_excerpt_runs_alone() -> None:
    names: dict[str, object] = {}
    exec(excerpt(MODULE, ["make", "solve"]), names)
    assert {"random", "gcd", "LIMIT", "make", "solve"} <= names.keys()
    assert "lcm" not in names and "UNUSED" not in names


def test_a_decorator_belongs_to_its_function() -> None:
    assert excerpt("import functools\n\n\n@functools.cache\ndef f():\n    return 1\n", ["f"]).startswith(
        "import functools\n\n\n@functools.cache\ndef f():"
    )


def test_an_unknown_root_is_an_error() -> None:
    with pytest.raises(KeyError, match="absent"):
        excerpt(MODULE, ["absent"])
