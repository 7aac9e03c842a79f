"""The view of a task that only its author has: the same task, with nothing hidden."""

from codearena.tasks.author_view import all_visible
from codearena.tasks.record import from_record, to_record
from tests.codearena.tasks.made import task_of


def test_every_test_and_check_is_visible_and_nothing_else_is_changed() -> None:
    task = task_of(
        tests=[
            {"name": "tagged", "args": [{"!tuple": [1]}], "expect": {"!tuple": []}},
            {"name": "drawn", "args": [3], "expect": 6, "make": "three"},
        ],
        cases="def three(rng): return (3,)\n",
        script={"source": "def check(candidate):\n    assert candidate(1) == 2\n    assert candidate(2)\n"},
        checks=[{"name": "rule", "rule": "forbid_call", "argument": "eval"}],
    )
    shown = all_visible(task)
    assert all(test.visible for test in [*shown.all_tests, *shown.checks])
    assert [test.name for test in shown.all_tests] == [test.name for test in task.all_tests]
    assert [(test.args, test.expect) for test in shown.tests] == [(test.args, test.expect) for test in task.tests]
    assert not any(test.make for test in shown.tests)
    assert shown.revision != task.revision


def test_a_programs_tests_are_visible() -> None:
    program = {"tests": [{"name": "one", "stdin": "1\n", "stdout": "2\n"}]}
    shown = all_visible(task_of(program=program, tests=None, entry_point=None))
    assert shown.program is not None
    assert all(test.visible for test in shown.program.tests)
    assert from_record(to_record(shown), "there") == shown
