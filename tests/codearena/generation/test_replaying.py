from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from codearena.generation.replay import OVER_TIME
from codearena.generation.replaying import LOST, Replayed, Replays, calls_of
from codearena.tasks.record import from_record
from codearena.tasks.task import Task

SEEDS = (1, 2, 3, 4, 5)
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def replays() -> AsyncIterator[Replays]:
    async with Replays(SEEDS) as running:
        yield running


def task(source: str, *args: object, **fields: object) -> Task:
    tests = [{"name": f"test {number}", "args": [arg], "expect": None} for number, arg in enumerate(args, start=1)]
    record = {"id": "t", "description": "?", "buggy": source, "solution": source, "entry_point": "f", "tests": tests}
    return from_record({**record, **fields}, "here")


async def outcomes(replays: Replays, of: Task) -> list[str]:
    return await replays.once(Replayed.of(of, of.solution), calls_of(of))


async def test_equal_values_have_equal_outcomes_and_others_have_others(replays: Replays) -> None:
    identity = await outcomes(replays, task("def f(x):\n    return x\n", 1, 1, 1.0, "1", [1]))
    assert identity[0] == identity[1]
    assert len(set(identity)) == 4


async def test_what_is_raised_is_an_outcome(replays: Replays) -> None:
    found = await outcomes(replays, task("def f(x):\n    return 1 // x\n", 0, 1))
    assert found[0] == "raised ZeroDivisionError"
    assert found[1].startswith("value ")


async def test_source_that_does_not_compile_fails_every_call(replays: Replays) -> None:
    assert await replays.once(Replayed("def f(:\n"), calls_of(task("f = 1\n", 1, 2))) == ["raised SyntaxError"] * 2


async def test_a_list_made_of_a_set_depends_on_the_hash_seed(replays: Replays) -> None:
    of = task("def f(x):\n    return list(set(x))\n", ["a", "b", "c", "d", "e"])
    calls = calls_of(of)
    found = await replays.everywhere(Replayed.of(of, of.solution), dict.fromkeys(SEEDS, calls))
    assert len({line[0] for line in found.values()}) > 1


async def test_order_that_the_comparison_leaves_out_makes_no_difference(replays: Replays) -> None:
    words = ["a", "b", "c", "d", "e"]
    tests = [{"name": "any order", "args": [words], "expect": words, "compare": "unordered"}]
    of = task("def f(x):\n    return list(set(x))\n", tests=tests)
    found = await replays.everywhere(Replayed.of(of, of.solution), dict.fromkeys(SEEDS, calls_of(of)))
    assert len({line[0] for line in found.values()}) == 1


async def test_a_call_that_hangs_is_left_out_elsewhere(replays: Replays) -> None:
    of = task("def f(x):\n    while x:\n        pass\n    return x\n", 1, 0)
    found = await replays.everywhere(Replayed.of(of, of.solution), dict.fromkeys(SEEDS, calls_of(of)))
    assert {line[0] for line in found.values()} == {OVER_TIME}
    assert len({line[1] for line in found.values()}) == 1


async def test_a_call_that_ends_the_process_loses_the_ones_behind_it_only(replays: Replays) -> None:
    of = task("import os\n\ndef f(x):\n    if x == 2:\n        os._exit(0)\n    return x\n", 1, 2, 3)
    found = await outcomes(replays, of)
    assert found[0].startswith("value ")
    assert found[1:] == [LOST, LOST]


async def test_what_one_replay_leaves_behind_is_not_there_for_the_next(replays: Replays) -> None:
    of = task("import math\n\ndef f(x):\n    math.seen = getattr(math, 'seen', 0) + 1\n    return math.seen\n", 1)
    assert await outcomes(replays, of) == await outcomes(replays, of)


@pytest.mark.parametrize(
    "line",
    [
        "open('{path}', 'w').write('x')",
        "__import__('os').system('touch {path}')",
        "__import__('subprocess').run(['touch', '{path}'])",
        "__import__('os').open('{path}', __import__('os').O_CREAT | __import__('os').O_WRONLY)",
        "__import__('pathlib').Path('{path}').touch()",
    ],
)
async def test_nothing_is_written_and_no_process_started(replays: Replays, tmp_path: Path, line: str) -> None:
    path = tmp_path / "left"
    found = await outcomes(replays, task(f"def f(x):\n    {line.format(path=path)}\n", 1))
    assert found[0].startswith(("refused", "raised"))
    assert not path.exists()


async def test_a_program_reads_its_input_anew_each_time(replays: Replays) -> None:
    runs = [{"name": text, "stdin": text, "stdout": ""} for text in ("1\n", "2\n", "1 \n")]
    source = "print(int(input()) * 2)\n"
    record = {"id": "t", "description": "?", "buggy": source, "solution": source, "program": {"tests": runs}}
    of = from_record(record, "here")
    first, second, third = await outcomes(replays, of)
    assert first == third != second


async def test_lives_of_objects_are_replayed(replays: Replays) -> None:
    steps = [{"call": "Stack"}, {"call": "push", "args": [1]}, {"call": "pop"}]
    of = task(
        "class Stack(list):\n    push = list.append\n", tests=[{"name": "life", "calls": steps, "expect": [None, 1]}]
    )
    assert (await outcomes(replays, of))[0].startswith("value ")


async def test_a_database_is_one_in_memory_or_refused(replays: Replays) -> None:
    source = "import sqlite3\n\ndef f(x):\n    with sqlite3.connect(x) as d:\n        d.execute('CREATE TABLE t (n)')\n"
    found = await outcomes(replays, task(source, ":memory:", ":memory:~", "left.db"))
    assert found[0].startswith("value ")
    assert [each.partition(" ")[0] for each in found[1:]] == ["refused", "refused"]


async def test_what_a_program_leaves_in_its_folder_is_gone_with_the_replay(replays: Replays) -> None:
    of = task("import os\n\ndef f(x):\n    os.mkfifo(x)\n    return os.listdir('.')\n", "left")
    seen = Replayed.of(of, of.solution), calls_of(of)
    assert await replays.once(*seen) == await replays.once(*seen)
    assert "left" not in left_in(".", "/")


def left_in(*folders: str) -> list[str]:
    return [path.name for folder in folders for path in Path(folder).iterdir()]
