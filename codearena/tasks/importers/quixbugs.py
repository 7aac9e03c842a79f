"""QuixBugs: a folder of small programs, each with one line wrong, and their tests.

python_programs/NAME.py, correct_python_programs/NAME.py, and json_testcases/NAME.json, or for programs on graphs
python_testcases/test_NAME.py with node.py.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from codearena.tasks.importers.item import Draft, RefusedError, Row, compiles, text_of
from codearena.tasks.importers.rows import Placed
from codearena.tasks.importers.scripts import script_of
from codearena.tasks.tagged import JSON

# Right programs need hours for these, and the data set's own tests leave them out.
_TOO_SLOW = {"levenshtein": "amanaplanacanalpanama", "knapsack": "6404180"}
_OF_TESTS = ("pytest", "load_testdata", "node", "python_programs", "correct_python_programs")

# What the programs return is compared with what JSON can say: lists for tuples and for what generators yield.
_PLAIN = """\
def plain(value):
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        return value
    return value if isinstance(value, dict) else [plain(each) for each in value]


def same(got, expected, tolerance=1e-9):
    if isinstance(expected, float) and isinstance(got, (int, float)):
        return abs(got - expected) <= tolerance
    return got == expected


"""


def quixbugs_folder(path: Path) -> Iterator[Placed]:
    """Every program of a checkout of the data set."""
    programs = path / "python_programs"
    for file in sorted(programs.glob("*.py")):
        name = file.stem
        if name.endswith("_test") or name in ("node", "__init__"):
            continue
        row = {"name": name, "buggy": file.read_text("utf-8"), "solution": _read(path, "correct_python_programs", name)}
        cases = path / "json_testcases" / f"{name}.json"
        row["cases"] = cases.read_text("utf-8") if cases.exists() else ""
        row["test"] = _read(path, "python_testcases", f"test_{name}")
        row["node"] = _read(path, "python_testcases", "node") or _read(path, "python_programs", "node")
        yield str(file), row


def _read(path: Path, folder: str, name: str) -> str:
    file = path / folder / f"{name}.py"
    return file.read_text("utf-8") if file.exists() else ""


def quixbugs(row: Row) -> Draft:
    """name, buggy, solution, and cases: lines of [arguments, expected]; or test and node."""
    name, solution = text_of(row, "name"), text_of(row, "solution")
    compiles(solution, "solution")
    left_out: list[str] = []
    node = text_of(row, "node", default="")
    cases = text_of(row, "cases", default="")
    script = _of_cases(name, cases, left_out) if cases else _of_test(text_of(row, "test"), node)
    record: dict[str, JSON] = {
        "id": f"quixbugs/{name}",
        "title": name,
        "description": _description(name, text_of(row, "buggy")),
        "entry_point": name,
        "buggy": text_of(row, "buggy"),
        "solution": solution,
        "prelude": "" if cases else f"{node}\n",
        "script": script_of(script, visible=2),
        "limits": {"call_cpu_s": 10.0, "call_wall_s": 20.0, "attempt_cpu_s": 60.0, "attempt_wall_s": 120.0},
    }
    return Draft(record, left_out)


def _description(name: str, source: str) -> str:
    """What the program says of itself, in the text at its end, else its name."""
    texts = [
        node.value.value
        for node in (ast.parse(source).body if _parses(source) else [])
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    return "\n".join(texts).strip() or f"Repair {name}."


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def _of_cases(name: str, cases: str, left_out: list[str]) -> str:
    lines = []
    for number, line in enumerate(filter(None, map(str.strip, cases.splitlines())), start=1):
        if _TOO_SLOW.get(name, "\0") in line:
            left_out.append(f"test {number}, for which a right program takes hours")
            continue
        try:
            args, expected = json.loads(line)
        except ValueError as error:
            raise RefusedError(f"cases: {number}: is no pair of arguments and result: {error}") from error
        given = args if isinstance(args, list) else [args]
        # The second argument of this one is how far it may be off.
        tolerance = f", {given[-1]!r}" if name == "sqrt" else ""
        lines.append(f"assert same(plain({name}(*{given!r})), {expected!r}{tolerance})")
    return _PLAIN + "\n".join(lines) + "\n"


def _of_test(test: str, node: str) -> str:
    """The tests without the imports that choose between the buggy and the right program: the attempt is neither."""
    tree = ast.parse(test)
    tree.body = [statement for statement in tree.body if not _chooses(statement)]
    return f"import pytest\n{node}\n{ast.unparse(tree)}\n"


def _chooses(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        return "use_correct" in ast.unparse(statement.test) or "__name__" in ast.unparse(statement.test)
    names = [each.name for each in statement.names] if isinstance(statement, ast.Import) else []
    if isinstance(statement, ast.ImportFrom):
        names = [statement.module or ""]
    return any(name.partition(".")[0] in _OF_TESTS for name in names)
