"""A task is one record: a line of JSON and a folder say the same, and say all of it."""

import json
import random
from pathlib import Path

import pytest

from codearena.tasks.faults import TaskError
from codearena.tasks.folder import load_task, load_tasks, read_folder, write_folder
from codearena.tasks.jsonl import read_jsonl, scan_jsonl, write_jsonl
from codearena.tasks.record import line_of, parse, parse_certified, to_record
from codearena.tasks.tagged import TagError, from_json, to_json
from tests.codearena.tasks.made import any_task, any_value, record_of, task_of

_TASKS = Path(__file__).resolve().parents[3] / "gateway" / "tasks"
SEEDS = range(60)


@pytest.mark.parametrize(
    "field", [{"cases": "x = ("}, {"checker": "x = ("}, {"probe": {"sizes": [1], "source": "x = ("}}]
)
def test_code_that_was_checked_before_is_not_compiled_again(field: dict[str, object]) -> None:
    test = {"name": "t", "args": [1], "expect": 1}
    plain = {"id": "a", "description": "d", "entry_point": "f", "buggy": "", "solution": "", "tests": [test]}
    line = json.dumps({**plain, **field}).encode()
    with pytest.raises(TaskError, match="line 1"):
        parse(line, "")
    assert parse(line, "", is_checked=True).id == "a"


@pytest.mark.parametrize("seed", SEEDS)
def test_any_task_comes_back_from_a_line_and_from_a_folder_as_it_was(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    tasks = [any_task(rng, number) for number in range(3)]
    write_jsonl(tasks, tmp_path / "tasks.jsonl")
    from_lines = read_jsonl(tmp_path / "tasks.jsonl")
    from_folders = [read_folder(write_folder(task, tmp_path)) for task in tasks]
    for task, of_line, of_folder in zip(tasks, from_lines, from_folders, strict=True):
        assert line_of(of_line) == line_of(task)
        assert line_of(of_folder) == line_of(task)
        assert of_line.revision == task.revision == of_folder.revision


@pytest.mark.parametrize("seed", SEEDS)
def test_a_certified_record_is_read_as_any_other(seed: int) -> None:
    task = any_task(random.Random(seed), 0)
    line = line_of(task.model_copy(update={"certificate": {"revision": task.revision}}))
    plain, quick = parse(line, ""), parse_certified(line, "")
    assert (line_of(quick), quick.revision) == (line_of(plain), plain.revision)


def test_a_record_that_was_edited_since_it_was_certified_has_a_revision_of_its_own_and_is_checked() -> None:
    task = any_task(random.Random(1), 0)
    record = {**to_record(task), "certificate": {"revision": task.revision}, "title": "Edited"}
    edited = parse_certified(json.dumps(record).encode(), "")
    assert edited.revision == parse(json.dumps(record).encode(), "").revision != task.revision
    with pytest.raises(TaskError, match="cases"):
        parse_certified(json.dumps(record | {"cases": "x = ("}).encode(), "")


@pytest.mark.parametrize("seed", range(20))
def test_any_value_comes_back_from_json_with_its_types(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(100):
        value = any_value(rng)
        back = from_json(json.loads(json.dumps(to_json(value), allow_nan=False)))
        assert _shape(back) == _shape(value)


def _shape(value: object) -> object:
    """What two values have alike if they are of the same types all through: 1 is not True, -0.0 is not 0.0."""
    if isinstance(value, (list, tuple)):
        return type(value), [_shape(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return type(value), sorted(repr(_shape(item)) for item in value)
    if isinstance(value, dict):
        return dict, [(_shape(key), _shape(item)) for key, item in value.items()]
    return type(value), hex(value) if type(value) is int else repr(value)


@pytest.mark.parametrize(
    "value", [{"!tuple": [1]}, {"!dict": []}, {"!": 1}, {"!unknown": {"!set": 3}}, [{"!tuple": {"!tuple": 1}}]]
)
def test_a_dict_that_looks_like_a_tag_stays_a_dict(value: object) -> None:
    assert from_json(to_json(value)) == value  # type: ignore[arg-type]


def test_the_tags_are_those_that_are_documented() -> None:
    assert to_json([(1,), {2}, b"a", b"\xff", float("nan"), 2**64, {1: 2}]) == [
        {"!tuple": [1]},
        {"!set": [2]},
        {"!bytes": "a"},
        {"!base64": "/w=="},
        {"!float": "nan"},
        {"!int": "18446744073709551616"},
        {"!dict": [[1, 2]]},
    ]


def test_sets_that_are_equal_are_written_alike() -> None:
    assert to_json({"b", "a", "c"}) == to_json({"c", "b", "a"}) == {"!set": ["a", "b", "c"]}


@pytest.mark.parametrize("value", [object(), print, range(3), iter([])])
def test_a_value_that_no_tag_is_for_is_refused(value: object) -> None:
    with pytest.raises(TagError, match=type(value).__name__):
        to_json(value)


def test_a_value_that_contains_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(TagError, match="nested deeper"):
        to_json(endless)


@pytest.mark.parametrize(
    ("tagged", "problem"),
    [
        ({"!tuple": 3}, "!tuple needs a list"),
        ({"!bytes": [1]}, "!bytes needs a text"),
        ({"!set": [[1]]}, "unhashable"),
        ({"!complex": "x"}, "!complex"),
        ({"!base64": "?"}, "!base64"),
        ({"!dict": [[1]]}, "!dict"),
        ({"!dict": [[1, 2], [1, 3]]}, "two keys are equal"),
        ({"!fraction": "1/0"}, "!fraction"),
        ({"!tupel": [1]}, "!tupel is no tag: there are !tuple"),
    ],
)
def test_a_wrong_tag_says_what_it_needs(tagged: object, problem: str) -> None:
    with pytest.raises(TaskError) as caught:
        task_of(tests=[{"name": "t", "args": [tagged], "expect": 1}])
    assert problem in str(caught.value)
    assert "tests.0.args" in str(caught.value)


def test_the_revision_changes_with_everything_but_the_certificate() -> None:
    first = task_of()
    assert task_of(certificate={"strength": 1}).revision == first.revision
    assert task_of(prelude="import math\n").revision != first.revision
    assert first.model_copy(update={"solution": "x = 1"}).revision != first.revision


def test_what_has_its_default_may_be_left_out_or_written() -> None:
    plain, written = task_of(), task_of(level="medium", limits={"call_cpu_s": 2.0}, hints=[], split="train")
    assert plain == written
    assert plain.revision == written.revision


def test_title_and_category_are_the_id_and_the_level_where_they_are_left_out() -> None:
    task = task_of(id="HumanEval/0", level="hard")
    assert (task.title, task.category) == ("HumanEval/0", "hard")


def test_the_tasks_that_come_along_are_the_same_as_lines(tmp_path: Path) -> None:
    tasks = load_tasks(_TASKS)
    write_jsonl(tasks.values(), tmp_path / "tasks.jsonl")
    again = load_tasks(tmp_path)
    assert list(again.items()) == list(tasks.items())
    assert [task.revision for task in again.values()] == [task.revision for task in tasks.values()]


@pytest.mark.parametrize("name", ["HumanEval/0", "Set:1.x_Y-z", "_", "0", "a" * 200, "a/" * 99 + "b"])
def test_ids_of_data_sets_are_taken_as_they_are(name: str, tmp_path: Path) -> None:
    folder = write_folder(task_of(id=name), tmp_path)
    assert folder.parent.parent == tmp_path
    assert load_task(folder).id == name


@pytest.mark.parametrize(
    "name", ["", "-a", ".", "..", "a/../b", "a//b", "/a", "a/", "a b", "a%2F", "\u00e9", "a" * 201, "a\n"]
)
def test_an_id_that_a_path_would_change_is_refused(name: str) -> None:
    with pytest.raises(TaskError, match="id: "):
        task_of(id=name)


def test_all_faults_of_all_lines_are_told_with_line_and_field(tmp_path: Path) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_text(
        "\n".join(
            [
                json.dumps(record_of()),
                "",
                json.dumps(record_of(id="b", level="none", surprise=1)),
                "{",
                '{"id": 1, "id": 2}',
                '{"id": NaN}',
                "[]",
                json.dumps(record_of()),
                json.dumps(
                    record_of(id="c", tests=[{"name": "t"}, {"name": "u", "expect": {"!x": 1}, "args": {"!set": 1}}])
                ),
            ]
        )
    )
    with pytest.raises(TaskError) as caught:
        read_jsonl(file)
    told = [(fault.place.rpartition(":")[2], fault.field) for fault in caught.value.faults]
    assert told == [
        ("3", "level"),
        ("3", "surprise"),
        ("4", ""),
        ("5", ""),
        ("6", ""),
        ("7", ""),
        ("8", "id"),
        ("9", "tests.1.args"),
        ("9", "tests.1.expect"),
        ("9", "tests.0"),
    ]
    assert [fault.problem for fault in caught.value.faults if "that of line 1" in fault.problem]
    assert str(file) in str(caught.value)


def test_a_scan_gives_the_tasks_beside_the_faults(tmp_path: Path) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + line_of(task_of()).rstrip() + b"\r\nnonsense\r\n\r\n" + line_of(task_of(id="b")))
    first, wrong, last = scan_jsonl(file)
    assert (first, last) == (task_of(), task_of(id="b"))
    assert isinstance(wrong, TaskError)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match=r"tasks\.jsonl: No such file"):
        read_jsonl(tmp_path / "tasks.jsonl")


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "tasks.jsonl"
    write_jsonl([task_of()], file)
    before = file.read_bytes()
    with pytest.raises(TaskError, match=r"double: tests\.0\.args: holds a value of type object"):
        write_jsonl([task_of(id="new"), _unsayable()], file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def _unsayable() -> object:
    task = task_of()
    return task.model_copy(update={"tests": [task.tests[0].model_copy(update={"args": [object()]})]})


def test_a_line_is_one_line_of_utf_8() -> None:
    line = line_of(task_of(description="Zwei\nZeilen, \u4e2d\u6587"))
    assert line.count(b"\n") == 1
    assert "\u4e2d\u6587".encode() in line
    assert parse(line, "there").description == "Zwei\nZeilen, \u4e2d\u6587"


def test_the_record_has_no_field_that_has_its_default() -> None:
    assert to_record(task_of()) == {"schema": 1, "title": "double", "category": "medium", **record_of()}
