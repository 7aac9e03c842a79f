"""Tasks are read from folders; a folder that cannot be served says which one it is and which field is wrong."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from codearena.tasks.calls import CompareMode
from codearena.tasks.faults import TaskError
from codearena.tasks.folder import load_task, load_tasks
from codearena.tasks.task import PROVIDES_CHECK
from tests.codearena.tasks.made import task_of

MINIMAL = """\
id: double
title: Double it
category: easy
level: easy
description: Return twice the number.
entry_point: double
tests:
  - {name: two, args: [2], expect: 4}
"""


def with_tests(tests: str) -> str:
    return MINIMAL.replace("tests:\n  - {name: two, args: [2], expect: 4}\n", tests)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(text: str = MINIMAL, **files: str) -> Path:
        folder = tmp_path / "easy" / "double"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "task.yaml").write_text(text)
        (folder / "buggy.py").write_text("def double(n): return n\n")
        (folder / "solution.py").write_text("def double(n): return 2 * n\n")
        for name, content in files.items():
            (folder / f"{name}.py").write_text(content)
        return folder

    return written


def test_a_minimal_task_gets_the_default_limits(write: Callable[..., Path]) -> None:
    task = load_task(write())
    assert (task.id, task.category, task.tests[0].compare) == ("double", "easy", CompareMode.EXACT)
    assert task.limits.call_cpu_s == 2.0
    assert task.buggy == "def double(n): return n\n"


def test_values_that_yaml_lacks_have_tags(write: Callable[..., Path]) -> None:
    text = with_tests(
        "tests:\n  - {name: t, args: [!tuple [1, !set [2]], !bytes ab, !complex 1+2j], expect: !tuple []}\n"
    )
    test = load_task(write(text)).tests[0]
    assert (test.args, test.expect) == ([(1, {2}), b"ab", 1 + 2j], ())


def test_none_is_an_expectation_when_it_is_written(write: Callable[..., Path]) -> None:
    assert load_task(write(with_tests("tests:\n  - {name: t, expect: null}\n"))).tests[0].expects_value


def test_a_raise_may_be_written_as_its_type(write: Callable[..., Path]) -> None:
    test = load_task(write(with_tests("tests:\n  - {name: t, raises: ValueError}\n"))).tests[0]
    assert test.raises is not None
    assert test.raises.type == "ValueError"


def test_the_probe_makes_inputs_of_the_size_asked_for(write: Callable[..., Path]) -> None:
    text = MINIMAL + "probe: {sizes: [10, 100]}\n"
    task = load_task(write(text, probe="def make_input(n, rng):\n    return ([rng.random() for _ in range(n)],)\n"))
    assert task.probe is not None
    assert len(task.probe.inputs.make_input(10, random.Random(1))[0]) == 10


@pytest.mark.parametrize("entry_point", ["double", "Money.parse", "Solution().double", "Outer.Inner().deep.name"])
def test_an_entry_point_is_names_of_which_all_but_the_last_may_be_called(
    write: Callable[..., Path], entry_point: str
) -> None:
    assert load_task(write(MINIMAL.replace("point: double", f"point: {entry_point}"))).entry_point == entry_point


def test_an_entry_point_has_its_names_as_python_reads_them(write: Callable[..., Path]) -> None:
    assert load_task(write(MINIMAL.replace("point: double", "point: \ufb01x"))).entry_point == "fix"


@pytest.mark.parametrize(
    "entry_point",
    [
        "Solution()",
        "Solution(1).double",
        "Solution()().double",
        "Solution.double()",
        "Solution()double",
        "[Solution()][0].double",
        "lambda n: 2 * n",
        "double\\n",
        "class",
        ".double",
        "double.",
        "2double",
        "os; double",
        "",
    ],
)
def test_any_other_entry_point_is_refused(write: Callable[..., Path], entry_point: str) -> None:
    with pytest.raises(TaskError, match=r"double: entry_point: .*is no entry point"):
        load_task(write(MINIMAL.replace("point: double", f'point: "{entry_point}"')))


@pytest.mark.parametrize(
    ("calls", "named"),
    [
        ("[{call: Stack(1)}]", r"tests\.0\.calls\.0\.call"),
        ("[{call: Stack}, {call: push()}]", r"tests\.0\.calls\.1\.call"),
        ("[{call: Stack}, {call: items.pop}]", r"tests\.0: .*'items\.pop'"),
    ],
)
def test_a_call_that_nothing_could_answer_is_refused(write: Callable[..., Path], calls: str, named: str) -> None:
    with pytest.raises(TaskError, match=named):
        load_task(write(with_tests(f"tests:\n  - {{name: t, expect: 1, calls: {calls}}}\n")))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("- just\n- a list\n", "list"),
        ("id: [unclosed\n", "task.yaml"),
        (MINIMAL.replace("entry_point: double\n", ""), "entry_point"),
        (MINIMAL.replace("id: double", "id: ../etc"), "id"),
        (MINIMAL + "optimal_complexity: O(wild)\n", "optimal_complexity"),
        (MINIMAL + "surprise: 1\n", "surprise"),
        (MINIMAL + "limits: {memory_bytes: 1}\n", "limits.memory_bytes"),
        (MINIMAL + "probe: {sizes: [1]}\n", "probe.py"),
        (with_tests("tests: []\n"), "tests"),
        (with_tests("tests:\n  - {name: t}\n"), "needs one of expect, raises, process"),
        (with_tests("tests:\n  - {name: t, expect: 1, raises: ValueError}\n"), "raises stands alone"),
        (with_tests("tests:\n  - {name: t, expect: 1, args: [1], calls: [{call: C}]}\n"), "calls as well as args"),
        (with_tests("tests:\n  - {name: t, expect: 1}\n  - {name: t, expect: 2}\n"), "share a name"),
        (with_tests("tests:\n  - {name: t, expect: !tuple 3}\n"), "!tuple needs a list"),
        (with_tests("tests:\n  - {name: t, expect: !complex x}\n"), "complex"),
        (with_tests("tests:\n  - {name: t, expect: !set [[1]]}\n"), "unhashable"),
    ],
)
def test_a_wrong_task_names_its_folder_and_the_field(write: Callable[..., Path], text: str, named: str) -> None:
    folder = write(text)
    with pytest.raises(TaskError) as caught:
        load_task(folder)
    assert str(folder) in str(caught.value)
    assert named in str(caught.value)


@pytest.mark.parametrize("code", ["", "def make_input(", "1 / 0", "make_input = 3"])
def test_a_wrong_probe_names_its_file(write: Callable[..., Path], code: str) -> None:
    folder = write(MINIMAL + "probe: {sizes: [1]}\n", probe=code)
    with pytest.raises(TaskError, match=r"double/probe\.py"):
        load_task(folder)


@pytest.mark.parametrize("sizes", [[2, 1], [1, 1], [0, 1], []])
def test_probe_sizes_are_positive_and_ascending(write: Callable[..., Path], sizes: list[int]) -> None:
    folder = write(MINIMAL + f"probe: {{sizes: {sizes}}}\n", probe="def make_input(n, rng): return ()")
    with pytest.raises(TaskError, match=r"probe\.sizes|ascending"):
        load_task(folder)


@pytest.mark.parametrize("name", ["task.yaml", "buggy.py", "solution.py"])
def test_a_missing_file_is_named(write: Callable[..., Path], name: str) -> None:
    folder = write()
    (folder / name).unlink()
    with pytest.raises(TaskError, match=name):
        load_task(folder)


def test_a_task_in_the_wrong_folder_is_refused(write: Callable[..., Path]) -> None:
    folder = write(MINIMAL.replace("category: easy", "category: hard"))
    with pytest.raises(TaskError, match="says it is hard/double"):
        load_task(folder)


def test_the_revision_changes_with_any_file_that_a_score_depends_on(write: Callable[..., Path]) -> None:
    folder = write()
    first = load_task(folder).revision
    assert load_task(folder).revision == first
    (folder / "notes.txt").write_text("does not matter")
    assert load_task(folder).revision == first
    (folder / "solution.py").write_text("def double(n): return n + n\n")
    assert load_task(folder).revision != first


def test_two_tasks_of_the_same_id_are_refused(write: Callable[..., Path], tmp_path: Path) -> None:
    write()
    twin = tmp_path / "hard" / "double"
    twin.mkdir(parents=True)
    fields = yaml.safe_load(MINIMAL) | {"category": "hard"}
    (twin / "task.yaml").write_text(yaml.safe_dump(fields))
    for name in ("buggy.py", "solution.py"):
        (twin / name).write_text("")
    with pytest.raises(TaskError, match="two of the same id"):
        load_tasks(tmp_path)


def test_an_empty_folder_of_tasks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="no tasks"):
        load_tasks(tmp_path)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"tests": None}, "needs tests, a script or a program"),
        ({"entry_point": None}, "entry_point: tests need one"),
        ({"program": {"tests": [{"name": "p", "stdout": ""}]}}, "a program stands alone"),
        ({"program": {"tests": [{"name": "p"}]}, "tests": None}, "program: needs stdout or answers: p"),
        ({"tests": [{"name": "t", "args": [1], "expect": 1, "make": "made"}]}, "cases: has no function made"),
        ({"tests": [{"name": "t", "expect": 1, "compare": "custom"}]}, "checker: compare: custom needs one"),
        ({"checker": "def chek(): pass"}, "checker: has no function check"),
        ({"cases": "def ("}, "cases: line 1"),
        (
            {"tests": [{"name": "t", "args": [1], "expect": 1, "result": "arg1"}]},
            "result is arg1, and there are 1 args",
        ),
        ({"tests": [{"name": "t", "args": [1], "raises": "E", "result": "arg0"}]}, "result is for one call's value"),
        ({"provides": ["not a name"]}, "provides.0: 'not a name' is no name in Python"),
        ({"solution": "x = '\udc80'"}, "solution: Input should be a valid string"),
        ({"metadata": {"n": "x" * 70_000}}, "metadata: is longer than 65536"),
        ({"metadata": {"n": float("inf")}}, "metadata"),
        ({"schema": 2}, "schema: Input should be less than or equal to 1"),
        ({"category": "Upper"}, "category"),
        ({"script": {"source": "x = 1"}}, "script: test_script.py holds no test"),
    ],
)
def test_what_fields_ask_of_each_other_is_told(fields: dict[str, object], problem: str) -> None:
    with pytest.raises(TaskError) as caught:
        task_of(**fields)
    assert problem in str(caught.value)


def test_a_check_of_what_the_tests_bring_is_behind_the_tasks_own() -> None:
    assert [check.name for check in task_of(provides=["a", "b"]).all_checks] == [PROVIDES_CHECK]
    with pytest.raises(TaskError, match="share a name"):
        task_of(provides=["a"], checks=[{"name": PROVIDES_CHECK, "rule": "forbid_name", "argument": "x"}])


def test_a_copy_with_another_field_has_another_revision() -> None:
    task = task_of()
    before = task.revision
    assert task.model_copy(update={"hints": ["h"]}).revision != before == task.revision


def test_only_what_is_public_of_the_metadata_is_for_readers() -> None:
    assert task_of(metadata={"answer": 42, "public": {"year": 2020}}).public_metadata == {"year": 2020}
    assert task_of(metadata={"answer": 42}).public_metadata == {}
    with pytest.raises(TaskError, match="metadata: public must be an object"):
        task_of(metadata={"public": "all"})
