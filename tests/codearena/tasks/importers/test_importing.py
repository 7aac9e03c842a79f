"""Data sets in the shapes that they are published in, odd items among them."""

import atexit
import base64
import gzip
import json
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from codearena.commands.importing import bugs_of
from codearena.tasks.faults import TaskError
from codearena.tasks.importers.importing import Imported, imported
from codearena.tasks.importers.item import Refusal, RefusedError, level_of
from codearena.tasks.importers.registry import FORMATS
from codearena.tasks.jsonl import read_jsonl, write_jsonl
from codearena.tasks.task import Split, Task

SAMPLES = Path(__file__).parent / "samples"
PUBLISHED = {path.name.partition(".")[0]: path for path in SAMPLES.iterdir()}


@cache
def published(name: str) -> Path:
    """The file of a format, or its folder, whose files a sample holds as JSON."""
    path = PUBLISHED[name]
    if not path.name.endswith(".folder.json"):
        return path
    folder = Path(tempfile.mkdtemp(prefix=f"codearena-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for place, text in json.loads(path.read_text("utf-8")).items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, "utf-8", newline="")
    return folder


def read(name: str, bugs: int = 1) -> tuple[dict[str, Imported], dict[str, str]]:
    """What a sample became: tasks by id, and reasons by item."""
    path = published(name)
    found = list(imported(FORMATS[name], str(path), bugs_of(bugs, 0)))
    tasks = {each.task.id: each for each in found if isinstance(each, Imported)}
    return tasks, {each.item: each.reason for each in found if isinstance(each, Refusal)}


def rows(name: str, *items: dict[str, object], folder: Path) -> Iterator[Imported | Refusal]:
    file = folder / "rows.jsonl"
    file.write_text("".join(f"{json.dumps(item)}\n" for item in items), "utf-8")
    return imported(FORMATS[name], str(file), bugs_of(1, 0))


def test_every_format_has_a_sample() -> None:
    assert PUBLISHED.keys() == FORMATS.keys() - {"codearena"}


@pytest.mark.parametrize("name", FORMATS.keys() - {"codearena"})
def test_every_item_is_a_task_or_has_a_reason(name: str, tmp_path: Path) -> None:
    tasks, refused = read(name)
    assert tasks
    assert all(refused.values())
    written = [each.task for each in tasks.values()]
    write_jsonl(written, tmp_path / "tasks.jsonl")
    assert read_jsonl(tmp_path / "tasks.jsonl") == written
    assert {task.source for task in written} == {name}


def test_helpers_of_the_prompt_are_the_tests_own() -> None:
    task = read("humanevalpack")[0]["Python/0"].task
    assert task.script is not None
    assert "def helper(x):" in task.script.source
    assert "def above" not in task.script.source


def test_examples_are_visible_and_the_rest_is_hidden() -> None:
    task = read("humanevalpack")[0]["Python/0"].task
    assert task.script is not None
    assert [test.text for test in task.script.tests if test.visible] == ["assert above([1, 2, 3], 2) == [3]"]
    assert len(task.script.tests) == 4


@pytest.mark.parametrize(
    ("name", "item", "reason"),
    [
        ("humanevalpack", "Python/1", "test: check must assert in statements of its own"),
        ("humaneval", "HumanEval/9", "canonical_solution: is no program of Python 3"),
        ("humaneval", "HumanEval/10", "entry_point: missing or empty"),
        ("mbpp", "12", "test_list: missing or empty"),
        ("debugbench", "j", "language: is java"),
        ("apps", "3", "input_output: has no test"),
        ("apps", "4", "solutions: is no program of Python 3"),
        ("livecodebench", "n", "solutions: none in Python 3"),
    ],
)
def test_what_cannot_be_mapped_says_which_field_and_why(name: str, item: str, reason: str) -> None:
    assert read(name)[1][item].startswith(reason)


def test_a_pickle_calls_nothing() -> None:
    assert read("livecodebench")[1]["e"].endswith("a pickle of more than a text: GLOBAL")


@pytest.mark.parametrize(
    "pickled",
    [
        b"\x80\x04X\x01\x00\x00\x00ar\xff\xff\xff\x7f.",  # a memo of two billion places
        b"\x80\x05\x96" + bytes(7) + b"\x10.",  # an array of 2**60 bytes
        b"\x80\x04}]Ns.",  # a list for a key
        b"\x80\x04N.",
        b"\x80\x04",
    ],
    ids=["memo", "array", "key", "nothing", "cut"],
)
def test_a_pickle_takes_no_memory_and_raises_nothing_of_its_own(pickled: bytes) -> None:
    packed = base64.b64encode(zlib.compress(pickled)).decode()
    (row,) = [json.loads(line) for line in (SAMPLES / "livecodebench.jsonl").read_text().splitlines() if '"e"' in line]
    with pytest.raises(RefusedError, match="private_test_cases"):
        FORMATS["livecodebench"].map({**row, "private_test_cases": packed})


def test_without_bugs_to_make_a_right_program_alone_is_refused() -> None:
    (found,) = imported(FORMATS["classeval"], str(SAMPLES / "classeval.jsonl"))
    assert isinstance(found, Refusal)
    assert "--bugs" in found.reason


def test_bugs_of_right_programs_are_the_same_each_time_and_differ_from_them() -> None:
    first, again = (read("classeval", bugs=5)[0] for _ in range(2))
    assert first == again
    assert len(first) == 5
    assert all(each.task.buggy != each.task.solution for each in first.values())


def test_a_wrong_submission_is_the_buggy_side_where_there_is_one() -> None:
    task = read("codecontests")[0]["codecontests/1_A.-Half"].task
    assert (task.buggy, task.solution) == ("print(int(input())//2)\n", "print(int(input())/2)\n")
    assert task.program is not None
    assert task.program.compare == "numbers"
    assert [test.visible for test in task.program.tests] == [True, False, False]
    assert task.limits.call_cpu_s == 8


def test_functions_of_stdin_problems_are_called() -> None:
    task = read("apps")[0]["apps/2/bug-1"].task
    assert task.entry_point == "Solution().dbl"
    assert [test.args for test in task.tests] == [[[1, 2]], [[]], [[0]]]


def test_line_ends_of_other_systems_are_no_part_of_a_problem() -> None:
    task = read("apps")[0]["apps/1/bug-1"].task
    assert task.program is not None
    assert [test.stdin for test in task.program.tests] == ["1 2\n", "3 4\n", "5 -6\n"]


def test_of_a_thousand_inputs_some_are_drawn_and_the_others_told() -> None:
    found = read("humaneval")[0]["HumanEval/8/bug-1"]
    assert len(found.task.tests) <= 61
    assert found.left_out == [f"{92 - len(found.task.tests)} inputs"]


def test_examples_that_are_no_literals_are_told() -> None:
    (found,) = read("debugbench")[0].values()
    assert (found.task.tags, found.task.metadata.get("public")) == ([], None)  # which agents see: not the kind of bug
    assert [test.args for test in found.task.tests] == [[1, 2], [0, -1]]
    assert found.left_out == ["1 examples"]


def test_imports_that_choose_the_program_are_not_in_a_script() -> None:
    task = read("quixbugs")[0]["quixbugs/can_reach"].task
    assert task.script is not None
    assert "python_programs" not in task.script.source
    assert "class Node" in task.script.source


def test_a_test_that_takes_hours_is_left_out_and_told(tmp_path: Path) -> None:
    cases = '[["ab", "b"], 1]\n[["amanaplanacanalpanama", "x"], 20]\n[["", ""], 0]\n'
    row = {
        "name": "levenshtein",
        "buggy": "x = 1",
        "solution": "def levenshtein(a, b):\n    return 1\n",
        "cases": cases,
    }
    (found,) = rows("quixbugs", row, folder=tmp_path)
    assert isinstance(found, Imported)
    assert found.left_out == ["test 2, for which a right program takes hours"]


def test_an_input_too_large_for_a_task_is_left_out_and_told(tmp_path: Path) -> None:
    inputs = ["1\n", "9" * (9 << 20), "2\n"]
    held = json.dumps({"inputs": inputs, "outputs": ["1", "9", "2"]})
    row = {"problem_id": 1, "question": "Echo.", "solutions": '["print(int(input()) + 1)"]', "input_output": held}
    (found,) = rows("apps", row, folder=tmp_path)
    assert isinstance(found, Imported)
    assert found.left_out == ["1 tests, for their size or number"]


def test_two_items_of_one_name_are_two_tasks(tmp_path: Path) -> None:
    row = {"task": "abc", "faulty": "print(1)", "correct": "print(2)", "inputs": ["", " "], "outputs": ["2", "2"]}
    found = list(rows("condefects", row, row, folder=tmp_path))
    assert [each.task.id for each in found if isinstance(each, Imported)] == ["condefects/abc", "condefects/abc/2"]


def test_a_row_of_another_shape_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    good = json.loads((SAMPLES / "codecontests.jsonl").read_text())
    found = list(rows("codecontests", {**good, "public_tests": [1]}, {**good, "name": 5}, good, folder=tmp_path))
    assert [type(each) for each in found] == [Refusal, Refusal, Imported]


def test_every_kind_of_file_is_read(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    lines = (SAMPLES / "mbpp.jsonl").read_bytes().splitlines()[:1]
    item = json.loads(lines[0])
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines[0]))
    (tmp_path / "b.json").write_text(json.dumps([item]), "utf-8-sig")
    (tmp_path / "c.json").write_text(json.dumps({"11": item}), "utf-8")
    parquet.write_table(pyarrow.Table.from_pylist([item]), tmp_path / "d.parquet")
    found = [next(iter(imported(FORMATS["mbpp"], str(file), bugs_of(1, 0)))) for file in sorted(tmp_path.iterdir())]
    tasks = [each.task.model_copy(update={"metadata": {}}) for each in found if isinstance(each, Imported)]
    assert len(tasks) == 4
    assert all(task == tasks[0] for task in tasks)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("none.jsonl", None, "No such file"),
        ("x.csv", "a,b", "is none of .jsonl, .ndjson, .json, .parquet"),
        ("x.jsonl", "{}\nnot JSON\n", "x.jsonl:2: is no JSON"),
        ("x.json", "[1]", "x.json:0: is no JSON object"),
    ],
)
def test_a_source_that_cannot_be_read_says_where_and_why(
    name: str, text: str | None, problem: str, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(TaskError, match=problem):
        list(imported(FORMATS["apps"], str(tmp_path / name)))


def test_our_own_records_come_in_as_they_are(tmp_path: Path) -> None:
    task = read("condefects")[0]["condefects/abc_a/11"].task.model_copy(update={"split": Split.HELD_OUT})
    write_jsonl([task], tmp_path / "tasks.jsonl")
    (found,) = imported(FORMATS["codearena"], str(tmp_path / "tasks.jsonl"))
    assert isinstance(found, Imported)
    assert found.task == Task.model_validate(task)


@pytest.mark.parametrize(
    ("said", "level"),
    [("Easy", "easy"), ("introductory", "easy"), ("1900", "medium"), ("2400", "hard"), ("?", "medium")],
)
def test_difficulties_of_data_sets_are_levels(said: str, level: str) -> None:
    assert level_of(said) == level
