"""What the rules repair, on bugs that no task has, and that no source makes the search fail."""

import ast
from pathlib import Path

import pytest

from gateway.repair import search
from gateway.repair.edits import Kind
from tests.gateway.repair.held_out import BUGS

TASKS = Path(__file__).resolve().parents[3] / "gateway" / "tasks"
_WANTED = 32


def outcome(source: str, call: str) -> object:
    """What the call returns; the exception's name if it raises. The sources are this test's own."""
    names: dict[str, object] = {}
    try:
        exec(compile(source, "fix.py", "exec"), names)
        return eval(call, names)
    except Exception as error:  # noqa: BLE001 - whatever a buggy source raises is its outcome
        return type(error).__name__


def found(source: str, error_log: str = "") -> list[search.Candidate]:
    return list(search.candidates(source, error_log, _WANTED))


@pytest.mark.parametrize(("buggy", "call", "right"), [bug[1:] for bug in BUGS], ids=[bug[0] for bug in BUGS])
def test_a_small_bug_has_a_right_repair_among_the_candidates_of_a_round(buggy: str, call: str, right: object) -> None:
    log = f"FAILED\n  expected: {right!r}\n  got: raised {outcome(buggy, call)}"
    assert outcome(buggy, call) != right
    assert right in [outcome(each.text, call) for each in found(buggy, log)]


@pytest.mark.parametrize("buggy", [bug[1] for bug in BUGS], ids=[bug[0] for bug in BUGS])
def test_candidates_parse_differ_and_say_what_they_do(buggy: str) -> None:
    candidates = found(buggy)
    texts = [each.text for each in candidates]
    assert len(set(texts)) == len(texts)
    assert buggy not in texts
    assert all(each.notes and each.kinds and ast.parse(each.text) for each in candidates)


SECURITY = {
    "eval": ("def f(s):\n    return eval(s)\n", "json.loads(s)"),
    "shell by f-string": (
        "import subprocess\n\ndef f(name):\n    return subprocess.run(f'ls -l {name}', shell=True)\n",
        'subprocess.run(["ls", "-l", name])',
    ),
    "shell by format": (
        "import subprocess\n\ndef f(name):\n    subprocess.call('cat {}'.format(name), shell=True)\n",
        'subprocess.call(["cat", name])',
    ),
    "secret": ("DB_PASSWORD = 'hunter2'\n\ndef f():\n    return connect(DB_PASSWORD)\n", "environ.get(name)"),
    "yaml": ("import yaml\n\ndef f(s):\n    return yaml.load(s)\n", "yaml.safe_load(s)"),
    "query": ('def f(c, n):\n    c.execute("SELECT * FROM t WHERE name = \'" + n + "\'")\n', "name = ?', (n,)"),
    "certificates": ("import requests\n\ndef f(u):\n    return requests.get(u, verify=False)\n", "verify=True"),
}


@pytest.mark.parametrize("name", SECURITY)
def test_what_is_insecure_is_repaired_first(name: str) -> None:
    buggy, wanted = SECURITY[name]
    first = found(buggy)[:3]
    assert any(wanted in each.text and Kind.SECURITY in each.kinds for each in first), [each.text for each in first]


def test_sums_over_all_parts_are_carried_on() -> None:
    buggy = (TASKS / "hard" / "hard-1" / "buggy.py").read_text()
    quicker = [each for each in found(buggy) if Kind.SPEED in each.kinds]
    assert outcome(quicker[0].text, "max_subarray_sum([-2, 3, -1, 4])") == 6
    assert "index" not in quicker[0].text


def test_comments_outside_of_an_edit_stay() -> None:
    (first, *_) = found("# a comment\ndef f(xs):\n    return sortd(xs)  # another\n")
    assert first.text == "# a comment\ndef f(xs):\n    return sorted(xs)  # another\n"


def test_an_import_is_put_after_documentation_whatever_ends_no_line_in_it() -> None:
    documentation = '"""One\x0cpage,\u2028then another."""\n'
    first = next(each for each in found(f"{documentation}def f(s):\n    return eval(s)\n") if "json" in each.text)
    assert first.text.startswith(f"{documentation}import json\n")


HOSTILE = {
    "nothing": "",
    "NUL": "x = 1\0\n",
    "lone surrogate": "x = '\ud800'\n",
    "no Python": "<html>&nbsp;</html>\n" * 3,
    "deep nesting": "".join(" " * level + "if x:\n" for level in range(30)),
    "many errors": "def f(:\n" * 20,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_source_ends_the_search_without_an_error(name: str) -> None:
    assert all(isinstance(each.text, str) for each in list(search.candidates(HOSTILE[name], "", 4)))
