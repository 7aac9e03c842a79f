"""Generation by real services, in local isolation: what is made, that it is made again, and what is refused."""

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from codearena.commands.arena import arena_of, tools_at
from codearena.commands.gateways import Isolation
from codearena.generation.bases import all_bases
from codearena.generation.campaign import Tools, Yield
from codearena.generation.certificate import Certificate, Reason
from codearena.generation.certification import Certification, Certified, groups_of
from codearena.generation.generation import Generation, Plan, Result
from codearena.generation.journal import Journal
from codearena.generation.original import Original, of_base
from codearena.tasks.baseline import Baseline
from codearena.tasks.faults import TaskError
from codearena.tasks.jsonl import read_jsonl, write_jsonl
from codearena.tasks.task import Split, Task
from tests.codearena.generation.originals import (
    CLAMP,
    clamp_task,
    letters_task,
    longest_task,
    originals,
    program_task,
    script_task,
)

pytestmark = pytest.mark.redis
COUNT = 24


@asynccontextmanager
async def tools(served: Sequence[Task]) -> AsyncIterator[Tools]:
    with arena_of(served, Isolation.LOCAL) as url:
        async with tools_at(url) as found:
            yield found


def generated(folder: Path, plan: Plan, made_of: Sequence[Original]) -> Result:
    async def run() -> Result:
        with Journal(folder / "journal", plan.identity(made_of)) as journal:
            async with tools([each.examined for each in made_of]) as found:
                return await Generation(plan, made_of, found, journal).run()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return generated(tmp_path_factory.mktemp("generated"), Plan(COUNT, 7, held_out=0.5), originals())


def certificate(task: Task) -> Certificate:
    return Certificate.model_validate(task.certificate)


def test_as_many_tasks_as_wanted_are_certified(result: Result) -> None:
    assert len(result.tasks) == COUNT
    for task in result.tasks:
        found = certificate(task)
        assert found.revision == task.revision
        assert found.empty.reward <= found.buggy.reward < found.reference.reward
        assert found.reference.passed == found.reference.total
        assert found.outcome != "passes"
        assert found.replays == 20


def shown_by_resets(tasks: Sequence[Task]) -> list[Baseline]:
    """By a gateway that has not seen them before."""

    async def run() -> list[Baseline]:
        async with tools(tasks) as found:
            answers = [await found.arena.reset(task.id) for task in tasks]
        seen = [(answer.observation, answer.info.baseline_seal) for answer in answers]
        texts = ("error_log", "test_results", "hint")
        return [
            Baseline(**{name: getattr(observation, name) for name in texts}, seal=seal or "")
            for observation, seal in seen
        ]

    return asyncio.run(run())


def test_certificates_say_what_a_run_of_the_code_as_given_shows(result: Result) -> None:
    """Those of a few programs that fail, do not compile, or are slow."""
    chosen = list({certificate(task).outcome: task for task in result.tasks}.values())
    run = shown_by_resets([task.model_copy(update={"certificate": None}) for task in chosen])
    assert [certificate(task).baseline for task in chosen] == run
    assert all(each.seal for each in run)


def test_no_two_tasks_have_the_same_code(result: Result) -> None:
    assert len({certificate(task).tree for task in result.tasks}) == COUNT
    assert len({task.id for task in result.tasks}) == COUNT


def test_there_are_bugs_alone_and_composed(result: Result) -> None:
    sizes = {certificate(task).difficulty.bugs for task in result.tasks}
    assert {1, 2} <= sizes <= {1, 2, 3}


def test_hidden_tests_find_nearly_every_mutant(result: Result) -> None:
    assert all(certificate(task).mutation_score or 0 >= 0.9 for task in result.tasks)


def test_all_tasks_of_a_program_are_in_one_split(result: Result) -> None:
    splits = {(task.id.partition("-")[0], task.split) for task in result.tasks}
    assert sorted(split for _, split in splits) == [Split.HELD_OUT, Split.TRAIN]


def unmeasured(task: Task) -> dict[str, Any]:
    """The record without what was measured."""
    record: dict[str, Any] = json.loads(task.model_dump_json())
    for name in ("reference", "buggy", "empty"):
        for measured in ("reward", "efficiency"):
            record["certificate"][name].pop(measured)
    return record


def test_the_same_seed_gives_the_same_tasks(result: Result, tmp_path: Path) -> None:
    again = generated(tmp_path, Plan(COUNT, 7, held_out=0.5), originals())
    assert [unmeasured(task) for task in again.tasks] == [unmeasured(task) for task in result.tasks]
    assert again.counts == result.counts


def test_what_a_program_cannot_make_few_others_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    class Counted:
        """Makes what it is asked for at once; the program `p00` can make ten and no more."""

        def __init__(self, original: Original, *_: object) -> None:
            self._name = original.name

        async def run(self, count: int) -> Yield:
            asked.append((self._name, count))
            made = min(count, 10) if self._name == "p00" else count
            trees = [f"{self._name}-{number}" for number in range(made)]
            return Yield([clamp_task(id=tree, certificate={"tree": tree}) for tree in trees], exhausted=made < count)

    monkeypatch.setattr("codearena.generation.generation.Campaign", Counted)
    programs = [dataclasses.replace(originals()[0], name=f"p{number:02}") for number in range(20)]
    plan = Plan(600, 7)
    with Journal(tmp_path / "journal", plan.identity(programs)) as journal:
        made = asyncio.run(Generation(plan, programs, cast(Tools, None), journal).run())
    assert len(made.tasks) == 600
    assert len(asked) == len(programs) + 2  # twenty are missing, of sixteen and more to a program


def test_a_journal_of_another_generation_is_refused(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal", {"seed": 1}):
        pass
    with pytest.raises(TaskError, match="another generation"), Journal(tmp_path / "journal", {"seed": 2}):
        pass


def command(out: Path, given: Path) -> list[str]:
    line = [sys.executable, "-m", "codearena", "tasks", "generate", str(out), "--from", str(given)]
    return [*line, "--count", str(COUNT), "--seed", "7", "--isolation", "local"]


def test_killed_and_run_again_it_goes_on_where_it_was(tmp_path: Path) -> None:
    given, out = tmp_path / "right.jsonl", tmp_path / "tasks.jsonl"
    journal = tmp_path / "tasks.jsonl.journal"
    write_jsonl([clamp_task(), longest_task()], given)
    with subprocess.Popen(command(out, given), stdout=subprocess.DEVNULL, start_new_session=True) as first:
        _wait_for_line(journal, 2, first)
        os.killpg(first.pid, signal.SIGKILL)
    kept = journal.read_bytes().split(b"\n")[1]
    with journal.open("ab") as file:
        file.write(b'{"original": "cut off')
    done = subprocess.run(command(out, given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tasks = read_jsonl(out)
    name = json.loads(kept)["original"]
    mine = [task.certificate for task in tasks if task.id.startswith(name)]
    assert mine == [record["certificate"] for record in json.loads(kept)["tasks"]]
    assert len(tasks) == COUNT
    assert not journal.exists()


def _wait_for_line(path: Path, number: int, process: "subprocess.Popen[bytes]") -> None:
    """Until the file has so many lines."""
    while process.poll() is None:
        if path.exists() and path.read_bytes().count(b"\n") >= number:
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(f"ended with {process.returncode} before it was to be killed")


def test_what_is_made_of_the_bases_is_certified_once_more(tmp_path: Path) -> None:
    """As tasks of their own, with inputs drawn anew for each attempt."""
    bases = [of_base(base, 3) for base in all_bases().values()]
    plan = Plan(int(os.environ.get("CODEARENA_TESTS_TASKS", "16")), 3)
    made = generated(tmp_path, plan, plan.chosen(bases))
    assert (len(made.tasks), made.refused) == (plan.count, {})
    again = verified(made.tasks)
    assert again.refused == {}
    assert [unmeasured(task)["certificate"]["tree"] for task in again.tasks] == [
        unmeasured(task)["certificate"]["tree"] for task in made.tasks
    ]


def verified(tasks: Sequence[Task]) -> Certified:
    async def run() -> Certified:
        groups = groups_of(tasks)
        async with tools([*tasks, *(group.original.examined for group in groups)]) as found:
            return await Certification(found, 0).run(groups)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def certified() -> Certified:
    tasks = [
        clamp_task(id="bug", buggy=CLAMP.replace("value < low", "value > low")),
        clamp_task(id="same-bug", buggy=CLAMP.replace("value < low", "value > low").replace("value", "number")),
        clamp_task(id="equivalent", buggy=CLAMP.replace("value > high", "value >= high")),
        clamp_task(id="right", buggy=CLAMP),
        letters_task(),
        script_task(),
        program_task(),
    ]
    return verified(tasks)


def test_a_task_of_somebody_else_is_certified(certified: Certified) -> None:
    found = {task.id: certificate(task) for task in certified.tasks}
    assert {name: each.outcome for name, each in found.items()} == dict.fromkeys(("bug", "by-script", "twice"), "fails")
    assert {name: each.replays for name, each in found.items()} == {"bug": 20, "by-script": 0, "twice": 20}
    assert all(each.strength.killed > 0 for each in found.values())
    assert all(each.baseline is not None and each.baseline.seal for each in found.values())


def test_a_reference_that_depends_on_the_hash_seed_is_refused_by_the_name_of_the_test(certified: Certified) -> None:
    refusal = certified.refused["letters"]
    assert (refusal.reason, refusal.detail) == (Reason.REFERENCE_UNSTABLE, "test 'as a list'")


@pytest.mark.parametrize("task_id", ["equivalent", "right"])
def test_an_equivalent_mutant_is_refused(certified: Certified, task_id: str) -> None:
    assert certified.refused[task_id].reason is Reason.EQUIVALENT


def test_a_duplicate_is_refused_by_the_name_of_the_first(certified: Certified) -> None:
    refusal = certified.refused["same-bug"]
    assert (refusal.reason, refusal.detail) == (Reason.DUPLICATE, "that of bug")
