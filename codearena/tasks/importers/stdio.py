"""Problems with standard input and output, and their variants that call a function.

APPS and TACO (`input_output`), CodeContests (`public_tests` and the others), LiveCodeBench (`public_test_cases`) and
ConDefects (folders of files), or a table with their fields.
"""

import base64
import binascii
import pickletools
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codearena.tasks.importers.entry import entry_of
from codearena.tasks.importers.item import (
    STANDARD_IMPORTS,
    Draft,
    RefusedError,
    Row,
    compiles,
    id_of,
    items_of,
    level_of,
    loaded,
    number_of,
    text_of,
)
from codearena.tasks.importers.rows import Placed
from codearena.tasks.program import MAX_ALL_ANSWERS_BYTES, MAX_ALL_STDIN_BYTES, MAX_ANSWER_BYTES, MAX_STDIN_BYTES
from codearena.tasks.tagged import JSON, to_json

_MOST_TESTS = 200
_LARGEST_TEXT = 64 * 1024 * 1024
_TEXT_STEPS = frozenset({"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE"})
_OTHER_STEPS = frozenset({"PROTO", "FRAME", "MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT", "STOP"})
"""What a pickle of one text is made of."""
_PYTHON3 = 3
"""Number of the language in CodeContests."""

# What comes nearest to each set's own evaluator: docs/programs.md.
_LIKE_APPS: dict[str, JSON] = {"compare": "numbers", "tolerance": {"relative": 1e-5, "absolute": 1e-8}}
_LIKE_CODECONTESTS: dict[str, JSON] = {
    **{"compare": "numbers", "tolerance": {"relative": 0.0, "absolute": 1e-5}},
    **{"ignore_case": True},
}
_LIKE_LIVECODEBENCH: dict[str, JSON] = {"compare": "numbers", "tolerance": {"relative": 0.0, "absolute": 0.0}}
_BY_WORD: dict[str, JSON] = {"compare": "tokens"}

_SLACK = 4.0
"""By how much a limit is extended: data sets state those of compiled languages."""

# A function's results were written down as they are, or as the only element of a list, and tuples as lists.
_CHECKER = """\
def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    return value


def equal(left, right):
    if isinstance(left, float) or isinstance(right, float):
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        return numbers and abs(left - right) <= 1e-6 * max(1.0, abs(left), abs(right))
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return left == right


def check(args, kwargs, expected, got):
    got, expected = plain(got), plain(expected)
    return equal(got, expected) or (isinstance(expected, list) and len(expected) == 1 and equal(got, expected[0]))
"""


@dataclass(frozen=True)
class Run:
    """One test: what goes in, what is to come out. shown: the problem's statement has it."""

    given: Any
    right: Any
    shown: bool


@dataclass(frozen=True)
class Problem:
    """What is the same of all sets. right, wrong: programs, of which the first that compiles is taken.

    comparison: fields of `program`; function: name of what is called; empty: the program is run.
    """

    runs: Sequence[Run]
    right: Sequence[str]
    comparison: Mapping[str, JSON]
    function: str = ""
    wrong: Sequence[str] = ()


def apps(row: Row) -> Draft:
    """APPS and TACO: question, solutions, input_output with inputs, outputs and perhaps fn_name, difficulty.

    The first two tests are those of the statement, and visible.
    """
    held = loaded(row.get("input_output"), "input_output")
    if not isinstance(held, Mapping) or not held.get("inputs"):
        raise RefusedError("input_output: has no test")
    inputs, outputs = held["inputs"], held.get("outputs", [])
    if len(inputs) != len(outputs):
        raise RefusedError(f"input_output: {len(inputs)} inputs, {len(outputs)} outputs")
    runs = [Run(*pair, shown=at < 2) for at, pair in enumerate(zip(inputs, outputs, strict=True))]
    name = "taco" if "raw_tags" in row or "picture_num" in row else "apps"
    record: dict[str, JSON] = {
        "id": id_of(name, row.get("problem_id", row.get("id", row.get("url", "")))),
        "description": text_of(row, "question"),
        "level": level_of(row.get("difficulty", "")),
        "tags": _tags(row, "tags", "skill_types"),
    }
    programs = [str(each) for each in items_of(row, "solutions")]
    function = str(held.get("fn_name") or "")
    return _made(row, record, Problem(runs, programs, _LIKE_APPS, function))


def codecontests(row: Row) -> Draft:
    """CodeContests: description, public_tests, private_tests, generated_tests, solutions, incorrect_solutions.

    Its incorrect solutions in Python 3 are the buggy side.
    """
    if text_of(row, "input_file", "output_file", default=""):
        raise RefusedError("input_file: the program reads a file and not standard input")
    runs = []
    for name in ("public_tests", "private_tests", "generated_tests"):
        tests = loaded(row.get(name), name) or {}
        pairs = zip(tests.get("input", ()), tests.get("output", ()), strict=True)
        runs += [Run(*pair, shown=name == "public_tests") for pair in pairs]
    record: dict[str, JSON] = {
        "id": id_of("codecontests", text_of(row, "name")),
        "title": text_of(row, "name"),
        "description": text_of(row, "description"),
        "level": level_of(row.get("cf_rating") or ""),
        "tags": _tags(row, "cf_tags"),
    }
    right, wrong = (_in_python(row, name) for name in ("solutions", "incorrect_solutions"))
    return _made(row, record, Problem(runs, right, _LIKE_CODECONTESTS, wrong=wrong))


def livecodebench(row: Row) -> Draft:
    """LiveCodeBench: question_content, public_test_cases, private_test_cases, starter_code, metadata with func_name.

    It publishes no programs: those of `solution` or `code_list`, as its evaluations have them, are taken.
    """
    runs = []
    for name in ("public_test_cases", "private_test_cases"):
        shown = name.startswith("public")
        runs += [_livecodebench_run(each, name, shown=shown) for each in _cases_of(row.get(name), name)]
    held = loaded(row.get("metadata"), "metadata") or {}
    record: dict[str, JSON] = {
        "id": id_of("livecodebench", row.get("question_id", "")),
        "title": text_of(row, "question_title", default="") or str(row.get("question_id", "")),
        "description": text_of(row, "question_content"),
        "level": level_of(row.get("difficulty", "")),
    }
    programs = [text_of(row, "solution", default=""), *map(str, items_of(row, "code_list"))]
    function = str(held.get("func_name") or "")
    return _made(row, record, Problem(runs, programs, _LIKE_LIVECODEBENCH, function))


def _livecodebench_run(test: Mapping[str, Any], name: str, *, shown: bool) -> Run:
    """Of a function the arguments stand on a line each, as JSON."""
    if test.get("testtype") != "functional":
        return Run(test["input"], test["output"], shown)
    given = [loaded(line, name) for line in str(test["input"]).splitlines() if line.strip()]
    return Run(given, loaded(test["output"], name), shown)


def condefects(row: Row) -> Draft:
    """ConDefects: task, faulty, correct, and inputs and outputs; of its folders see `condefects_folder`."""
    pairs = zip(items_of(row, "inputs"), items_of(row, "outputs"), strict=True)
    runs = [Run(*pair, shown=at == 0) for at, pair in enumerate(pairs)]
    record: dict[str, JSON] = {
        "id": id_of("condefects", text_of(row, "task"), row.get("submission", "")),
        "description": text_of(row, "description", default=f"The program of {row['task']} prints something wrong."),
        "buggy": text_of(row, "faulty"),
    }
    return _made(row, record, Problem(runs, [text_of(row, "correct")], _BY_WORD))


def condefects_folder(path: Path) -> Iterator[Placed]:
    """Of Code/TASK/Python/SUBMISSION/{faultyVersion,correctVersion}.py and Test/TASK/{in,out}/*."""
    for folder in sorted(path.glob("Code/*/Python/*")):
        task = folder.parent.parent.name
        tests = sorted((path / "Test" / task / "in").glob("*"))
        outputs = [each.parent.parent / "out" / each.name for each in tests]
        yield (
            str(folder),
            {
                "task": task,
                "submission": folder.name,
                "faulty": _read(folder / "faultyVersion.py"),
                "correct": _read(folder / "correctVersion.py"),
                "inputs": [_read(each) for each in tests],
                "outputs": [_read(each) for each in outputs],
            },
        )


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.exists() else ""


def _made(row: Row, record: dict[str, JSON], problem: Problem) -> Draft:
    if not problem.runs:
        raise RefusedError("has no test")
    solution = _first_that_compiles(problem.right, "solutions")
    record["solution"] = solution
    record.setdefault("title", str(record["id"]))
    if problem.wrong:
        record["buggy"] = _first_that_compiles(problem.wrong, "incorrect_solutions")
    record["limits"] = _limits(row)
    if problem.function:
        return _with_calls(record, problem.runs, problem.function, solution)
    return _with_program(record, problem)


def _first_that_compiles(programs: Sequence[str], name: str) -> str:
    given = [each for each in programs if each.strip()]
    problem = RefusedError(f"{name}: none in Python 3")
    for program in given:
        try:
            compiles(program, name)
        except RefusedError as error:
            problem = error
        else:
            return program
    raise problem


def _with_program(record: dict[str, JSON], problem: Problem) -> Draft:
    runs = problem.runs
    kept: list[JSON] = []
    stdin_bytes = answer_bytes = 0
    shown = any(run.shown for run in runs)
    for number, run in enumerate(runs, start=1):
        given, right = _text(run.given), _text(run.right)
        sizes = len(given.encode("utf-8", "replace")), len(right.encode("utf-8", "replace"))
        fits = sizes[0] <= MAX_STDIN_BYTES and sizes[1] <= MAX_ANSWER_BYTES and len(kept) < _MOST_TESTS
        if not fits or stdin_bytes + sizes[0] > MAX_ALL_STDIN_BYTES or answer_bytes + sizes[1] > MAX_ALL_ANSWERS_BYTES:
            continue
        stdin_bytes, answer_bytes = stdin_bytes + sizes[0], answer_bytes + sizes[1]
        visible = (run.shown or (not shown and number == 1)) and len(runs) > 1
        kept.append({"name": f"test {number}", "stdin": given, "stdout": right, "visible": visible})
    if not kept:
        raise RefusedError("every test is larger than a task may hold")
    record["program"] = {**problem.comparison, "tests": kept}
    left = len(runs) - len(kept)
    return Draft(record, [f"{left} tests, for their size or number"] if left else [])


def _with_calls(record: dict[str, JSON], runs: Sequence[Run], function: str, solution: str) -> Draft:
    kept = runs[:_MOST_TESTS]
    record["entry_point"] = entry_of(solution, function)
    record["prelude"] = STANDARD_IMPORTS
    record["checker"] = _CHECKER
    record["tests"] = [
        {
            "name": f"test {number}",
            "args": to_json(list(run.given)),
            "expect": to_json(run.right),
            "compare": "custom",
            "visible": run.shown and len(runs) > 1,
        }
        for number, run in enumerate(kept, start=1)
    ]
    return Draft(record, [f"{len(runs) - len(kept)} tests, for their number"] if len(runs) > len(kept) else [])


def _text(value: Any) -> str:
    """A list is one of lines. Line ends of other systems are no part of what a problem says."""
    text = "\n".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text.replace("\r\n", "\n")


def _limits(row: Row) -> dict[str, JSON]:
    seconds, memory = number_of(row, "time_limit"), number_of(row, "memory_limit_bytes")
    held = row.get("time_limit")
    if isinstance(held, Mapping):
        seconds = float(held.get("seconds") or 0) + float(held.get("nanos") or 0) / 1e9
    call_s = min(60.0, max(4.0, _SLACK * (seconds or 2.0)))
    memory_bytes = int(min(1 << 30, max(256 << 20, memory or 0)))
    return {
        **{"call_cpu_s": call_s, "call_wall_s": min(120.0, 3 * call_s), "attempt_cpu_s": min(300.0, 20 * call_s)},
        **{"attempt_wall_s": 300.0, "memory_bytes": memory_bytes, "output_bytes": 4 << 20},
    }


def _tags(row: Row, *names: str) -> list[JSON]:
    found: list[JSON] = []
    for name in names:
        try:
            found += [str(each)[:100] for each in items_of(row, name) if str(each).strip()]
        except RefusedError:  # TACO writes some of them as Python does, which is no JSON
            found += [each.strip(" '\"")[:100] for each in str(row[name]).strip("[]").split(",") if each.strip(" '\"")]
    return list(dict.fromkeys(found))[:64]


def _in_python(row: Row, name: str) -> list[str]:
    """Its programs in Python 3, the shortest first: the longest ones have templates of hundreds of lines."""
    held = loaded(row.get(name), name) or {}
    pairs = zip(held.get("language", ()), held.get("solution", ()), strict=True)
    return sorted((str(program) for language, program in pairs if language in (_PYTHON3, "PYTHON3")), key=len)


def _cases_of(value: Any, name: str) -> list[Mapping[str, Any]]:
    """LiveCodeBench's tests: as JSON, or as a pickled text of it, compressed, in base64."""
    if isinstance(value, str) and value.strip() and value.lstrip()[0] not in "[{":
        value = _unpacked(value, name)
    tests = loaded(value, name) or []
    if not all(isinstance(each, Mapping) and {"input", "output"} <= each.keys() for each in tests):
        raise RefusedError(f"{name}: is no list of inputs and outputs")
    return list(tests)


def _unpacked(text: str, name: str) -> str:
    try:
        unzip = zlib.decompressobj()
        data = unzip.decompress(base64.b64decode(text, validate=True), _LARGEST_TEXT)
        if not unzip.eof:
            raise RefusedError(f"{name}: is larger than {_LARGEST_TEXT} bytes")
        return _pickled_text(data)
    except RefusedError:
        raise
    except (binascii.Error, zlib.error, ValueError) as error:
        raise RefusedError(f"{name}: is neither JSON nor a packed text: {error}") from error


def _pickled_text(data: bytes) -> str:
    """The text that a pickle of a text holds, which is not unpickled: a pickle may call anything, or take all memory.

    Raises ValueError: it is no pickle, or of something else.
    """
    texts: list[str] = []
    for step, argument, _ in pickletools.genops(data):
        if step.name in _TEXT_STEPS:
            texts.append(str(argument))
        elif step.name not in _OTHER_STEPS:
            raise ValueError(f"a pickle of more than a text: {step.name}")
    if len(texts) != 1:
        raise ValueError(f"a pickle of {len(texts)} texts")
    return texts[0]
