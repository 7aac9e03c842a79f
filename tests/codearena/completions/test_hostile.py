"""No completion takes more than a bounded share of the process that reads it."""

import subprocess
import sys
from pathlib import Path

import pytest

from codearena.completions.sources import MAX_CHARS, Sources, is_tame

ROOT = Path(__file__).parents[3]
CHARS = 1_000_000
CPU_S, MEMORY_BYTES = 30, 2 << 30
READ = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({CPU_S}, {CPU_S}))
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_BYTES}, {MEMORY_BYTES}))
sys.setrecursionlimit(10**6)  # as some training programs do
from codearena.completions import answer_of, code_of
text = sys.stdin.read()
answer_of(text, "f")
code_of(text)
"""
FUNCTION = "def f():\n    return 1\n"
FENCE = f"```python\n{FUNCTION}```\n"


def repeated(text: str) -> str:
    return text * (CHARS // len(text))


SHAPES = {
    "backticks": repeated("`"),
    "lines of backticks": repeated("```\n"),
    "opening fences": repeated("```python\n"),
    "fences": repeated(FENCE),
    "broken fences": repeated(f"```python\n{FUNCTION}(\n```\n"),
    "lists with fences": repeated("- ```python\n"),
    "numbered lists and a fence": repeated("1. a\n") + FENCE,
    "a deep list": repeated("- "),
    "a deep quotation": repeated(">"),
    "ever deeper lists": "".join(" " * depth + "- a\n" for depth in range(1400)) + FENCE,
    "ever deeper code": "".join(" " * depth + "```\n\n" for depth in range(1400)),
    "opened thoughts": repeated("<think>"),
    "closed thoughts": repeated("<think>\na\n</think>\n") + FENCE,
    "thoughts of numbered lists": repeated("<think>\n" + "1. a\n" * 100 + "</think>\n") + FENCE,
    "tags in a string": "```python\n" + repeated("x = '<think>'\n") + "```\n",
    "tags in quotes": repeated('"<think>" '),
    "wrappers": repeated(f"<code>\n{FENCE}</code>\n"),
    "ends": repeated("<|im_end|>"),
    "spaces": " " * CHARS,
    "strings without an end": FUNCTION + repeated("'''\"\"\""),
    "escapes": FUNCTION + "x = '" + repeated("\\'"),
    "brackets": FUNCTION + "x = " + repeated("("),
    "brackets in a fence": f"```python\n{FUNCTION}x = " + "(" * 100_000,
    "signs": f"{FUNCTION}x = " + "-" * 200_000 + "1",
    "sums": f"{FUNCTION}x = " + "1+" * 100_000 + "1",
    "sums in a formatted string": FUNCTION + "x = f'{" + "1+" * 100_000 + "1}'",
    "branches": f"{FUNCTION}if 1: pass\n" + "elif 1: pass\n" * 20_000,
    "prose": FUNCTION + "\n" + repeated("It's prose.\n\n"),
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=list(SHAPES))
def test_a_hostile_completion_is_read_in_bounded_time_and_memory(text: str) -> None:
    command = [sys.executable, "-c", READ]
    done = subprocess.run(command, input=text.encode(), cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 61 + ")" * 61,
        "x = " + "1+" * 2001 + "1",
        "x = f'{" + "1+" * 2001 + "1}'",
        "x = '''\n" + "1+" * 2001,
        "if 1: pass\n" + "elif 1: pass\n" * 1001,
    ],
    ids=["brackets", "operators", "a formatted string", "a string without an end", "branches"],
)
def test_what_could_be_too_deep_is_not_parsed(source: str) -> None:
    assert not is_tame(source)
    assert Sources().program(source) is None


@pytest.mark.parametrize(
    "source",
    [
        "x = [\n" + "    (1, 2),\n" * 1000 + "]\n",
        "x = " + "[" * 50 + "]" * 50 + "\n",
        "x = '" + "(" * 1000 + "'\n",
        "# " + "(" * 1000 + "\n",
        "x = 1 + 2 + 3\n" * 5000,
        '"""' + "It's (a) - b.\n" * 1000 + '"""\n',
    ],
    ids=["a table", "nested lists", "a string", "a comment", "many statements", "a docstring"],
)
def test_what_people_write_is_parsed(source: str) -> None:
    assert is_tame(source)
    assert Sources().program(source) is not None


def test_so_much_is_parsed_for_one_completion_and_no_more() -> None:
    sources = Sources()
    long = "# " + "a" * (MAX_CHARS - 10) + "\n"
    found = [sources.program(f"{long}{name} = 1") for name in "abcde"]
    assert [program is not None for program in found] == [True, True, True, True, False]
    assert Sources().program(f"{long}#{'#' * 20}") is None
