"""The copy of a task that only its author sees: the same task, with nothing hidden."""

from pathlib import Path

from codearena.tasks.author_view import copy_visible
from codearena.tasks.task import load_task

TASK = """\
id: double
title: Double it
category: easy
level: easy
description: Return twice the number.
entry_point: double
tests:
  - &first {name: tagged, args: [!tuple [1, !set [2]]], expect: !tuple []}
  - {<<: *first, name: merged}
  - {name: shown, args: ["\u00e9"], expect: 1.5, visible: true}
  - {name: drawn, args: [3], expect: 6, make: three}
checks: [{name: rule, rule: no_call, argument: eval}]
script: {visible: [assert-1]}
"""


def test_the_copy_is_the_same_task_with_every_test_visible(tmp_path: Path) -> None:
    folder = tmp_path / "tasks" / "easy" / "double"
    folder.mkdir(parents=True)
    (folder / "task.yaml").write_text(TASK, "utf-8")
    (folder / "buggy.py").write_text("def double(n): return n\n")
    (folder / "solution.py").write_text("def double(n): return 2 * n\n")
    (folder / "cases.py").write_text("def three(rng): return (3,)\n")
    (folder / "test_script.py").write_text(
        "def check(candidate):\n    assert candidate(1) == 2\n    assert candidate(2)\n"
    )
    task = load_task(folder)
    copy_visible(task, tmp_path / "tasks", tmp_path / "copy")
    copied = load_task(tmp_path / "copy" / "easy" / "double")
    assert all(test.visible for test in [*copied.all_tests, *copied.checks])
    assert [test.name for test in copied.all_tests] == [test.name for test in task.all_tests]
    assert [(test.args, test.expect) for test in copied.tests] == [(test.args, test.expect) for test in task.tests]
    assert not any(test.visible for test in [*task.tests[:2], *task.checks])
