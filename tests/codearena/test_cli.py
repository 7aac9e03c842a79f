"""The command: what it prints, and that its exit status tells whether things are as they should be."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from codearena.cli import app
from codearena.embedded import embedded_gateway

TASKS = Path(__file__).parent.parent.parent / "gateway" / "tasks"
TASK = """\
id: {id}
title: Double [it]
category: easy
level: easy
description: Return twice the number.
entry_point: double
tests:
  - {{name: two, args: [2], expect: 4, visible: true}}
  - {{name: three, args: [3], expect: 6}}
{more}
"""
WRONG, RIGHT = "def double(n):\n    return n\n", "def double(n):\n    return 2 * n\n"
READ_RULE = "checks:\n  - {name: no os, rule: forbid_import, argument: os}\n"
KEPT_RULE = "checks:\n  - {name: no eval, rule: forbid_call, argument: eval}\n"
UNKNOWN_RULE = "checks:\n  - {name: c, rule: no_such_rule, argument: x}\n"


def command(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, arguments)


def write_task(folder: Path, task_id: str, buggy: str = WRONG, solution: str = RIGHT, more: str = "") -> None:
    task = folder / "easy" / task_id
    task.mkdir(parents=True)
    (task / "task.yaml").write_text(TASK.format(id=task_id, more=more))
    (task / "buggy.py").write_text(buggy)
    (task / "solution.py").write_text(solution)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tasks")
    write_task(folder, "good")
    write_task(folder, "buggy-is-right", buggy=RIGHT)
    write_task(folder, "buggy-is-right-too", buggy=f"{RIGHT}\nOTHER = 1\n")
    write_task(folder, "reference-is-wrong", solution=WRONG)
    write_task(folder, "rule-is-read", more=READ_RULE)
    write_task(folder, "rule-is-kept", more=KEPT_RULE)
    write_task(folder, "rule-is-unknown", more=UNKNOWN_RULE)
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    """An embedded gateway that serves the folder's tasks: real services, real Redis, local isolation."""
    with embedded_gateway("local", folder) as url:
        yield url


Verify = Callable[[str], Result]


@pytest.fixture
def verify(url: str, folder: Path) -> Verify:
    return lambda task_id: command("tasks", "verify", task_id, "--base-url", url, "--tasks", str(folder))


@pytest.mark.redis
def test_a_good_task_verifies(verify: Verify) -> None:
    result = verify("good")
    assert (result.exit_code, "2/2" in result.output) == (0, True)


@pytest.mark.redis
@pytest.mark.parametrize(
    ("task_id", "problem"),
    [
        ("buggy-is-right", "buggy code solves the task"),
        ("buggy-is-right", "reference earns nothing: unchanged"),
        ("buggy-is-right-too", "buggy code solves the task"),
        ("reference-is-wrong", "reference passes 0 of 2 tests"),
        ("rule-is-unknown", "reference passes 2 of 3 tests"),
    ],
)
def test_a_task_that_may_not_be_served_fails_with_its_reason(verify: Verify, task_id: str, problem: str) -> None:
    result = verify(task_id)
    assert result.exit_code == 1
    assert f"{task_id}: {problem}" in result.output


@pytest.mark.redis
@pytest.mark.parametrize(("task_id", "warned"), [("rule-is-read", True), ("rule-is-kept", False)])
def test_the_author_is_warned_of_a_rule_that_code_can_be_written_around(
    verify: Verify, task_id: str, warned: bool
) -> None:
    result = verify(task_id)
    assert result.exit_code == 0
    assert (f"{task_id}: the check 'no os' is read from the source alone" in result.output) is warned


@pytest.mark.redis
def test_the_author_is_told_which_hidden_tests_the_reference_fails_and_why(verify: Verify) -> None:
    lines = [line.strip() for line in verify("reference-is-wrong").output.splitlines()]
    place = lines.index("FAILED three")
    assert lines[place + 1 : place + 4] == ["input: double(3)", "expected: 6", "got: 3"]


@pytest.mark.redis
def test_verifying_against_other_files_than_are_served_fails(url: str, tmp_path: Path) -> None:
    write_task(tmp_path, "good", solution=RIGHT + "# changed\n")
    result = command("tasks", "verify", "good", "--base-url", url, "--tasks", str(tmp_path))
    assert result.exit_code == 1
    assert "another revision" in result.output


@pytest.mark.redis
@pytest.mark.parametrize(("task_id", "status"), [("good", 0), ("reference-is-wrong", 1)])
def test_the_demo_fails_if_a_reference_does_not_solve(url: str, tmp_path: Path, task_id: str, status: int) -> None:
    write_task(tmp_path, task_id)  # the demo plays the tasks that are served and are in this folder
    if status:
        (tmp_path / "easy" / task_id / "solution.py").write_text(WRONG)
    assert command("demo", "--base-url", url, "--tasks", str(tmp_path)).exit_code == status


def test_the_tasks_of_this_repository_are_listed() -> None:
    result = command("tasks", "list", "--tasks", str(TASKS))
    assert result.exit_code == 0
    assert "security_bugs-3" in result.output


def test_a_title_with_brackets_is_shown_as_it_is(folder: Path) -> None:
    assert "Double [it]" in command("tasks", "list", "--tasks", str(folder)).output


@pytest.mark.parametrize(("columns", "shown"), [(200, "Average of a list"), (80, "Average…")])
def test_a_narrow_terminal_shows_that_a_title_is_cut(columns: int, shown: str) -> None:
    result = CliRunner(env={"COLUMNS": str(columns)}).invoke(app, ["tasks", "list", "--tasks", str(TASKS)])
    assert shown in result.output


def test_a_broken_task_is_one_line_not_a_traceback(tmp_path: Path) -> None:
    write_task(tmp_path, "good", more="surprise: 1")
    result = command("tasks", "list", "--tasks", str(tmp_path))
    assert result.exit_code == 1
    assert "surprise" in result.output
    assert "Traceback" not in result.output


def test_an_unknown_task_is_named(folder: Path) -> None:
    result = command("tasks", "verify", "nope", "--tasks", str(folder), "--base-url", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "nope" in result.output


def test_the_isolation_of_another_gateway_is_not_ours_to_choose() -> None:
    result = command("demo", "--base-url", "http://127.0.0.1:1", "--isolation", "local")
    assert result.exit_code == 2


def test_without_the_server_extra_the_command_says_what_to_install() -> None:
    script = "import sys; sys.modules['typer'] = None; from codearena.__main__ import main; main()"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr == 'the command needs more than the SDK: pip install "codearena[server]"\n'


def test_the_version_is_printed() -> None:
    assert command("version").output.strip().count(".") == 2


def test_tasks_become_lines_and_folders_again(folder: Path, tmp_path: Path) -> None:
    lines, folders, again = tmp_path / "tasks.jsonl", tmp_path / "folders", tmp_path / "again.jsonl"
    for source, target in ((folder, lines), (lines, folders), (folders, again)):
        result = command("tasks", "convert", str(source), str(target))
        assert (result.exit_code, "7 tasks written" in result.output) == (0, True)
    assert again.read_bytes() == lines.read_bytes()
    assert (folders / "easy" / "good" / "solution.py").read_text() == RIGHT


def test_what_cannot_be_converted_is_told_and_the_rest_is_written(tmp_path: Path) -> None:
    write_task(tmp_path / "in", "good")
    write_task(tmp_path / "in", "bad", more="surprise: 1")
    result = command("tasks", "convert", str(tmp_path / "in"), str(tmp_path / "out.jsonl"))
    assert result.exit_code == 1
    assert "bad: surprise: Extra inputs are not permitted" in result.output
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize("form", ["record", "yaml"])
def test_the_schema_of_a_task_is_printed(form: str) -> None:
    assert json.loads(command("tasks", "schema", form).output)["title"] == "Task"


def test_verifying_goes_on_past_tasks_that_cannot_be_read_and_fails(tmp_path: Path) -> None:
    write_task(tmp_path, "good")
    write_task(tmp_path, "bad", more="surprise: 1")
    write_task(tmp_path, "worse", more="limits: {processes: 1, call_cpu_s: 0}")
    result = command("tasks", "verify", "--tasks", str(tmp_path), "--isolation", "local")
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.output.splitlines() if line.rstrip().endswith("yes")] == ["good"]
    assert "surprise" in result.output
    assert "limits.call_cpu_s" in result.output
    assert "limits.processes" in result.output


def test_without_an_address_nobody_else_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Whatever is served on this machine: its tasks are others."""
    write_task(tmp_path, "ours-alone")
    monkeypatch.setattr("codearena.commands.gateways.served_url", lambda: url)
    result = command("tasks", "verify", "--tasks", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert "ours-alone" in result.output


def test_every_test_of_both_codes_is_told_where_it_is_asked_for(tmp_path: Path) -> None:
    write_task(tmp_path, "good")
    output = command("tasks", "verify", "--tests", "--tasks", str(tmp_path), "--isolation", "local").output
    assert output.count("passed three") == output.count("FAILED three") == 1
    assert "input: double(3)\n    expected: 6\n    got: 3" in output
