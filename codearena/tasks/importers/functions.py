"""Data sets of functions with assertions: HumanEval, HumanEvalPack (HumanEvalFix), MBPP, and EvalPlus's of both."""

import ast
import random
from typing import Any

from codearena.tasks.importers.item import (
    STANDARD_IMPORTS,
    Draft,
    RefusedError,
    Row,
    compiles,
    id_of,
    items_of,
    text_of,
)
from codearena.tasks.importers.scripts import assertions_in, called_in, definitions_in, script_of
from codearena.tasks.tagged import JSON, TagError, to_json

_MOST_PLUS_TESTS = 60
"""Of EvalPlus, which has a thousand for a function: so many are drawn, the same ones each time."""


_CLOSE: dict[str, JSON] = {"relative": 1e-6, "absolute": 1e-6}
_LIKE: dict[str, JSON] = {"compare": "approx", "tolerance": _CLOSE, "expect": None}
"""As EvalPlus compares numbers."""


def humaneval(row: Row) -> Draft:
    """HumanEval: task_id, prompt, canonical_solution, test, entry_point; EvalPlus's: base_input and plus_input, too.

    HumanEvalPack: declaration, buggy_solution, and example_test, whose assertions are the visible ones.
    """
    entry_point = text_of(row, "entry_point")
    head = text_of(row, "declaration", "prompt")
    solution = head + text_of(row, "canonical_solution")
    compiles(solution, "canonical_solution")
    record: dict[str, JSON] = {
        "id": id_of(*text_of(row, "task_id").partition("/")[::2]),
        "title": entry_point,
        "description": text_of(row, "docstring", "instruction", "prompt"),
        "entry_point": entry_point,
        "solution": solution,
        "prelude": STANDARD_IMPORTS,
        "metadata": {name: str(row[name]) for name in ("bug_type", "failure_symptoms") if row.get(name)},
    }
    if body := text_of(row, "buggy_solution", default=""):
        record["buggy"] = head + body
    return _with_inputs(row, record) if row.get("plus_input") else _with_check(row, record, head)


def _with_check(row: Row, record: dict[str, JSON], head: str) -> Draft:
    """Helpers that the prompt brings beside the function are the tests' own, so that an attempt's do not count."""
    helpers = definitions_in(f"{head.rstrip()}\n    pass\n", (str(record["entry_point"]),))
    parts = (text_of(row, name, default="") for name in ("import", "test_setup", "test"))
    script = "\n".join((STANDARD_IMPORTS, helpers, *parts))
    record["script"] = script_of(script, assertions_in(text_of(row, "example_test", default="")))
    return Draft(record)


def mbpp(row: Row) -> Draft:
    """MBPP: task_id, text or prompt, code, test_list, test_setup_code or test_imports, challenge_test_list.

    EvalPlus's has plus_input, or a `test` with lists of inputs and results. The first of test_list is visible: the
    prompt of the data set shows it, since it alone tells the function's name.
    """
    solution = text_of(row, "code", "canonical_solution")
    compiles(solution, "code")
    assertions = [str(each) for each in [*items_of(row, "test_list"), *items_of(row, "challenge_test_list")]]
    entry_point = text_of(row, "entry_point", default="") or (called_in(assertions[0]) if assertions else "")
    if not entry_point:
        raise RefusedError("test_list: missing or empty")
    record: dict[str, JSON] = {
        "id": id_of("mbpp", str(row.get("task_id", "")).removeprefix("Mbpp/")),
        "title": entry_point,
        "description": text_of(row, "prompt", "text"),
        "entry_point": entry_point,
        "solution": solution,
        "prelude": STANDARD_IMPORTS,
    }
    if "inputs" in text_of(row, "test", default="") and (tests := _listed(text_of(row, "test"))):
        record["tests"] = tests
        return Draft(record)
    if row.get("plus_input"):
        return _with_inputs(row, record)
    setup = "\n".join([text_of(row, "test_setup_code", default=""), *map(str, items_of(row, "test_imports"))])
    record["script"] = script_of("\n".join([STANDARD_IMPORTS, setup, *assertions, ""]))
    return Draft(record)


def _listed(test: str) -> list[JSON]:
    """The tests of a script that goes over `inputs` and `results`; none if it has no such lists of literals."""
    found: dict[str, Any] = {}
    for node in ast.parse(test).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except (ValueError, RecursionError):
                continue
    inputs, results = found.get("inputs"), found.get("results")
    if not isinstance(inputs, list) or not isinstance(results, list) or len(inputs) != len(results):
        return []
    chosen = _drawn(len(inputs))
    return [_case(number, inputs[number], results[number]) for number in chosen]


def _case(number: int, args: Any, expected: Any) -> JSON:
    try:
        given, expect = to_json(list(args)), to_json(expected)
    except TagError as error:
        raise RefusedError(f"inputs: {number}: {error}") from error
    return {"name": f"input {number}", "visible": number == 0, "args": given, **_LIKE, "expect": expect}


def _drawn(count: int) -> list[int]:
    return sorted({0, *random.Random(count).sample(range(count), min(count, _MOST_PLUS_TESTS))})


def _with_inputs(row: Row, record: dict[str, JSON]) -> Draft:
    """Inputs alone: what is right, the reference says. A function for each makes it, as if it were drawn."""
    inputs = [*items_of(row, "base_input"), *items_of(row, "plus_input")]
    chosen = _drawn(len(inputs))
    # The mapping of JSON to Python that the data set itself has is by Python's own reading of it.
    lines = [f"def input_{number}(rng):\n    return tuple({inputs[number]!r})\n" for number in chosen]
    record["cases"] = "\n".join(lines)
    record["tests"] = [
        {
            "name": f"input {number}",
            "args": to_json(list(inputs[number])),
            "make": f"input_{number}",
            **_LIKE,
        }
        for number in chosen
    ]
    if shown := [each for each in items_of(row, "test_list") if isinstance(each, str)]:
        record["script"] = {"source": f"{STANDARD_IMPORTS}{shown[0]}\n", "visible": ["assert-1"]}
    return Draft(record, [f"{len(inputs) - len(chosen)} inputs"] if len(inputs) > len(chosen) else [])
