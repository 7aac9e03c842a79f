"""Data sets of classes: LeetCodeDataset and DebugBench, whose answer is a method of `Solution`, and ClassEval."""

import ast
from typing import Any

from codearena.tasks.importers.entry import method_of, parameters_of
from codearena.tasks.importers.item import (
    STANDARD_IMPORTS,
    Draft,
    RefusedError,
    Row,
    compiles,
    id_of,
    items_of,
    level_of,
    text_of,
)
from codearena.tasks.importers.scripts import script_of
from codearena.tasks.scripts import ScriptError, read_script
from codearena.tasks.tagged import JSON, TagError, to_json

_SHOWN = 2
"""Tests of LeetCodeDataset that are visible: its first ones are those of the statement."""

# The statement gives lists where the answer may be of any like type, and in some problems in any order.
_CHECKER = """\
def plain(value):
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def check(args, kwargs, expected, got):
    got, expected = plain(got), plain(expected)
    if isinstance(expected, float) and isinstance(got, (int, float)):
        return abs(got - expected) <= 1e-5
    return type(got) is type(expected) and got == expected
"""


def leetcode(row: Row) -> Draft:
    """LeetCodeDataset: task_id, prompt with imports and node classes, completion, entry_point, test with `check`.

    The prompt stands before the attempt and before the tests: both have its ListNode, and neither the other's.
    """
    prompt, solution = text_of(row, "prompt", default=STANDARD_IMPORTS), text_of(row, "completion", "solution")
    compiles(solution, "completion")
    record: dict[str, JSON] = {
        "id": id_of("leetcode", text_of(row, "task_id")),
        "title": text_of(row, "task_id"),
        "description": text_of(row, "problem_description", "query"),
        "level": level_of(row.get("difficulty", "")),
        "tags": [str(each)[:100] for each in items_of(row, "tags")],
        "entry_point": text_of(row, "entry_point", default="") or method_of(solution),
        "prelude": prompt,
        "solution": solution,
        "script": script_of(f"{prompt}\n\n{text_of(row, 'test')}", visible=_SHOWN),
        "limits": {"call_cpu_s": 10.0, "call_wall_s": 30.0, "attempt_cpu_s": 60.0, "attempt_wall_s": 120.0},
    }
    return Draft(record)


def debugbench(row: Row) -> Draft:
    """DebugBench: slug, description, examples, solution, buggy_code, subtype; it has no tests but its examples.

    Those that say `Input: a = ..., b = ...` and `Output: ...` in literals of Python are the tests, the last one hidden.
    """
    if (language := text_of(row, "language", default="python3").lower()) not in ("python3", "python"):
        raise RefusedError(f"language: is {language}")
    solution = text_of(row, "solution")
    compiles(solution, "solution")
    entry_point = method_of(solution)
    names = parameters_of(solution, entry_point.rpartition(".")[2])
    found = [_example(str(text), names) for text in items_of(row, "examples")]
    tests: list[JSON] = [{"name": f"example {number}", **each} for number, each in enumerate(found, start=1) if each]
    if len(tests) < 2:
        raise RefusedError(f"examples: {len(tests)} of {len(found)} say input and output in literals, 2 are needed")
    for test in tests[:-1]:
        test["visible"] = True  # type: ignore[index,call-overload]
    record: dict[str, JSON] = {
        "id": id_of("debugbench", text_of(row, "slug"), row.get("id", "")),  # agents see it: it tells no kind of bug
        "title": text_of(row, "slug"),
        "description": "\n\n".join([text_of(row, "description"), text_of(row, "constraints", default="")]).strip(),
        "level": level_of(row.get("level", "")),
        "metadata": {name: str(row[name]) for name in ("category", "subtype") if row.get(name)},
        "entry_point": entry_point,
        "prelude": STANDARD_IMPORTS,
        "buggy": text_of(row, "buggy_code"),
        "solution": solution,
        "checker": _CHECKER,
        "tests": tests,
    }
    return Draft(record, [f"{len(found) - len(tests)} examples"] if len(found) > len(tests) else [])


def _example(text: str, names: list[str]) -> dict[str, JSON] | None:
    """The test that an example says; None if it is not in literals, or of other arguments than the method has."""
    _, _, rest = text.partition("Input:")
    given, _, rest = rest.partition("Output:")
    right = rest.partition("Explanation:")[0]
    try:
        call = ast.parse(f"f({given.strip()})", mode="eval").body
        assert isinstance(call, ast.Call)
        kwargs = {str(each.arg): _literal(each.value) for each in call.keywords}
        expected = _literal(ast.parse(right.strip(), mode="eval").body)
        if list(kwargs) != names or call.args:
            return None
        return {"args": to_json(list(kwargs.values())), "expect": to_json(expected), "compare": "custom"}
    except (SyntaxError, ValueError, RecursionError, TagError):
        return None


def _literal(node: ast.expr) -> Any:
    """As Python reads it, and true, false and null as JSON does."""
    words = {"true": True, "false": False, "null": None}
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in words:
            each.__class__, value = ast.Constant, words[each.id]  # type: ignore[assignment]
            each.value, each.kind = value, None  # type: ignore[attr-defined]
    return ast.literal_eval(node)


def classeval(row: Row) -> Draft:
    """ClassEval: task_id, class_name, class_description, skeleton, import_statement, solution_code, test of unittest.

    The first test of each test class is visible.
    """
    imports = "\n".join(map(str, items_of(row, "import_statement"))) + "\n"
    solution, test = text_of(row, "solution_code"), text_of(row, "test")
    compiles(f"{imports}{solution}", "solution_code")
    script = f"{imports}{test}"
    try:
        tests = read_script(script, []).tests
    except ScriptError as error:
        raise RefusedError(f"test: {error}") from error
    first = {test.name.partition(".")[0]: test.name for test in reversed(tests)}
    record: dict[str, JSON] = {
        "id": id_of(*text_of(row, "task_id").partition("_")[::2]),
        "title": text_of(row, "class_name"),
        "description": text_of(row, "skeleton", "class_description"),
        "prelude": imports,
        "solution": solution,
        "script": {"source": script, "visible": [*sorted(first.values())] if len(first) < len(tests) else []},
    }
    return Draft(record)
