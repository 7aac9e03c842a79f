"""Tasks made for tests: one by its fields, and any by chance."""

import random
import string
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

from codearena.tasks.calls import CompareMode
from codearena.tasks.record import from_record
from codearena.tasks.task import CATEGORIES, COMPLEXITIES, Level, Split, Task

MINIMAL: dict[str, Any] = {
    "id": "double",
    "description": "Return twice the number.",
    "entry_point": "double",
    "buggy": "def double(n): return n\n",
    "solution": "def double(n): return 2 * n\n",
    "tests": [{"name": "two", "args": [2], "expect": 4}],
}


def record_of(**fields: Any) -> dict[str, Any]:
    """A record with these fields, and others where it would be none; None: without the field."""
    return {name: value for name, value in (MINIMAL | fields).items() if value is not None}


def task_of(**fields: Any) -> Task:
    """The task of such a record."""
    return from_record(record_of(**fields), "made")


_CHARACTERS = string.printable + "\u00e9\u4e2d\U0001f40d\u2028\u2029\x85\ufeff\x7f\x1b\u00a0'\"\\:#-?!&*|>%@`{}[],"


def any_text(rng: random.Random, most: int = 30) -> str:
    """Of characters that are awkward in JSON, YAML or Python; at least one."""
    return "".join(rng.choices(_CHARACTERS, k=rng.randint(1, most)))


def any_value(rng: random.Random, depth: int = 3) -> Any:
    """Of any type that a test can have."""
    return rng.choice(_SCALARS)(rng) if depth == 0 or rng.random() < 0.6 else _container(rng, depth - 1)


def _hashable(rng: random.Random, depth: int) -> Any:
    if depth > 0 and rng.random() < 0.2:
        kind: Callable[[list[Any]], Any] = rng.choice([tuple, frozenset])
        return kind([_hashable(rng, depth - 1) for _ in range(rng.randrange(3))])
    while (value := rng.choice(_SCALARS)(rng)) != value or isinstance(value, bytearray):
        pass
    return value


def _container(rng: random.Random, depth: int) -> Any:
    size = rng.randrange(4)
    return rng.choice(
        [
            lambda: [any_value(rng, depth) for _ in range(size)],
            lambda: tuple(any_value(rng, depth) for _ in range(size)),
            lambda: {_hashable(rng, depth) for _ in range(size)},
            lambda: frozenset(_hashable(rng, depth) for _ in range(size)),
            lambda: {_hashable(rng, depth): any_value(rng, depth) for _ in range(size)},
            lambda: {rng.choice(["!tuple", "!", "a", "!dict"]): any_value(rng, depth)},
            lambda: {any_text(rng, 5): any_value(rng, depth) for _ in range(size)},
        ]
    )()


_SCALARS: list[Callable[[random.Random], Any]] = [
    lambda rng: None,
    lambda rng: rng.random() < 0.5,
    lambda rng: rng.choice([0, -1, 10, 2**53, 2**53 + 1, -(2**70), 10**5000, rng.randrange(1000)]),
    lambda rng: rng.choice([0.0, -0.0, 1e-300, 1e16, 2.0, float("inf"), float("-inf"), rng.random()]),
    lambda rng: any_text(rng),
    lambda rng: rng.choice(["", "yes", "null", "1", "1.5", "2024-01-01", "!tuple", "=", "<<", "0x1f", "\ud800", "\0"]),
    lambda rng: rng.choice([b"", b"text", b"\xff\x00", "é\n".encode()]),
    lambda rng: bytearray(rng.randbytes(3)),
    lambda rng: rng.choice([1 + 2j, -0.5j, complex("inf")]),
    lambda rng: rng.choice([Decimal("1.50"), Decimal("-0"), Decimal("1E+5"), Decimal("Infinity")]),
    lambda rng: Fraction(rng.randrange(9), 7),
    lambda rng: date(2024, 2, rng.randint(1, 29)),
    lambda rng: time(rng.randrange(24), 30, 0, rng.randrange(10**6)),
    lambda rng: datetime(
        2024, 2, 29, 12, 30, tzinfo=rng.choice([None, UTC, timezone(timedelta(hours=-3, minutes=30))])
    ),
    lambda rng: timedelta(rng.randrange(-3, 3), rng.randrange(86400), rng.randrange(10**6)),
]


def any_task(rng: random.Random, number: int) -> Task:
    """With any fields that a task can have."""
    fields: dict[str, Any] = {
        "id": rng.choice([f"HumanEval/{number}", f"t-{number}", f"Set:{number}.x_Y", "a" * 150 + f"/{number}"]),
        "title": any_text(rng),
        "category": rng.choice([*CATEGORIES, "strings", "2d-grids"]),
        "level": rng.choice(list(Level)),
        "split": rng.choice(list(Split)),
        "source": rng.choice(["", "a set", any_text(rng)]),
        "tags": [any_text(rng, 8) for _ in range(rng.randrange(3))],
        "metadata": rng.choice(
            [{}, {"n": 1.5, "deep": [{"!x": None}], any_text(rng, 5): True, "public": {"k": "\ud800"}}]
        ),
        "description": any_text(rng, 200),
        "buggy": any_source(rng),
        "solution": any_source(rng),
        "prelude": rng.choice(["", any_source(rng)]),
        "driver": rng.choice(["", any_source(rng)]),
        "provides": rng.choice([[], ["helper", "Node"]]),
        "checks": rng.choice([[], [{"name": "rule", "rule": "forbid_call", "argument": "eval", "visible": True}]]),
        "limits": rng.choice([{}, {"call_cpu_s": 5, "memory_bytes": 2**30}]),
        "hints": [any_text(rng) for _ in range(rng.randrange(3))],
        "optimal_complexity": rng.choice(["", *COMPLEXITIES]),
        "needs": rng.choice([[], ["numpy"]]),
        "certificate": rng.choice([None, {"revision": "ab", "strength": 0.5, "runs": [1, None]}]),
    }
    return Task.model_validate(fields | rng.choice([_with_calls, _with_script, _with_program])(rng))


def any_source(rng: random.Random) -> str:
    """Python or not: nothing of the attempt's side is compiled before it is run."""
    end = rng.choice(["\n", "\r\n", "\r", "\n\n"])
    text = any_text(rng).replace("\0", "")
    return rng.choice([f"x = 1{end}    # {text}{end}", text, f"  {text}{end}\tdef f(: {end}", f"{end}{text}"])


def _with_calls(rng: random.Random) -> dict[str, Any]:
    tests = [_any_test(rng, number) for number in range(rng.randint(1, 4))]
    fields = {
        "entry_point": rng.choice(["f", "Solution().f"]),
        "tests": tests,
        "cases": "def made(rng): return (1,)\r\n",
    }
    by_checker = any(test.get("compare") == CompareMode.CUSTOM for test in tests)
    probe = {"sizes": [1, 5], "vary": rng.choice([None, 0]), "source": "def make_input(n, rng): return [n]\n"}
    checker = {"checker": "def check(args, kwargs, expected, got): return True\n"}
    return fields | (checker if by_checker else {"probe": rng.choice([None, probe])})


def _any_test(rng: random.Random, number: int) -> dict[str, Any]:
    name = f"{number} {any_text(rng, 8)}"
    expectation = rng.choice(
        [
            {"expect": None},
            {"expect": any_value(rng)},
            {"raises": {"type": "ValueError", "message_contains": any_text(rng)}},
            {"compare": CompareMode.CUSTOM},
            {"expect": any_value(rng), "compare": CompareMode.APPROX, "tolerance": {"absolute": 0.5}},
        ]
    )
    args = {
        "args": [any_value(rng) for _ in range(rng.randrange(3))],
        "kwargs": rng.choice([{}, {"!tuple": any_value(rng)}, {"key": any_value(rng), "b": any_value(rng)}]),
        "env": rng.choice([{}, {"HOME": any_text(rng)}]),
    }
    steps = [{"call": "Stack", "args": [any_value(rng)]}, {"call": "push", "kwargs": {"item": any_value(rng)}}]
    if "raises" not in expectation and expectation.get("compare") is None and rng.random() < 0.3:
        return {"name": name, "calls": steps} | expectation
    return {"name": name, "visible": rng.random() < 0.5} | args | expectation


def _with_script(rng: random.Random) -> dict[str, Any]:
    ends = rng.choice(["\n", "\r\n"])
    source = ends.join(
        ["def check(candidate):", "    assert candidate(1) == 2", "    assert candidate(2) == '\u2028'", ""]
    )
    script = {"source": source, "visible": rng.choice([[], ["assert-1"]]), "withholds": rng.choice([[], ["helper"]])}
    return {"entry_point": "f", "script": script}


def _with_program(rng: random.Random) -> dict[str, Any]:
    def run(number: int) -> dict[str, Any]:
        answers = rng.choice([{"stdout": any_text(rng)}, {"answers": [any_text(rng), b"\xff"]}, {"stdout": ""}])
        limits = rng.choice([None, {"call_cpu_s": 3}])
        return {
            "name": f"run {number}",
            "stdin": rng.choice([any_text(rng), b"\xfe\0", "\0"]),
            "arguments": ["-x"],
            "limits": limits,
        } | answers

    compare = rng.choice([{}, {"compare": "tokens"}, {"compare": "numbers", "tolerance": {"relative": 0.01}}])
    return {"program": {"tests": [run(number) for number in range(rng.randint(1, 3))]} | compare}
