"""Promises of the rpc Analyse: what a source is, read where it can cost nobody but itself."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from codearena.confined import Ended, Limits
from codearena.errors import OverloadedError, ServiceError
from codearena.server import budgets
from codearena.v1.executor_pb2 import Analysis, Check
from codearena.v1.judge_pb2 import AnalyseRequest
from judge_service.settings import Settings
from judge_service.source_analyser import SourceAnalyser
from judge_service.static import StaticJudge
from tests.judge_service.build import burning_child_of, dead
from tests.judge_service.sources import HOSTILE, of_tasks

pytestmark = pytest.mark.asyncio(loop_scope="module")

_ROOT = Path(__file__).resolve().parents[2]
_CHECKS = [
    Check(rule=rule, argument=argument)
    for rule, argument in {
        "forbid_call": "eval",
        "forbid_import": "os",
        "forbid_name": "x",
        "forbid_string": "a",
        "require_call": "f",
        "require_import": "json",
        "require_keyword": "subprocess.run:shell=False",
        "no_such_rule": "x",
    }.items()
]
_ALONE = """
import os, sys
from codearena.v1.judge_pb2 import AnalyseRequest
from judge_service.analysis.analyse import analyse
for line in sys.stdin:
    if os.fork() == 0:
        request = AnalyseRequest.FromString(bytes.fromhex(line))
        print(analyse(request.source, request.checks).SerializeToString().hex(), flush=True)
        os._exit(0)
    os.wait()
"""
"""For each request a process that has read no other, in an interpreter that does nothing else."""
_unique = count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge() -> AsyncIterator[StaticJudge]:
    made = StaticJudge(Settings())
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def sources(judge: StaticJudge) -> SourceAnalyser:
    return SourceAnalyser(Settings(), judge.analyses)


def asked(source: bytes, checks: bool = True) -> AnalyseRequest:
    return AnalyseRequest(source=source, checks=_CHECKS if checks else [])


def new(source: bytes = b"x = %d\n") -> bytes:
    return source % next(_unique)


def launcher_of(judge: StaticJudge) -> int:
    pid = judge.analyses.workers.launcher_pid
    assert pid is not None
    return pid


@pytest.fixture
def begun(judge: StaticJudge, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The payloads that workers are given from now on."""
    payloads: list[bytes] = []
    run = judge.analyses.workers.run

    async def noted(kind: str, payload: bytes, limits: Limits, wall_s: float | None, cpu_s: float | None) -> Ended:
        payloads.append(payload)
        return await run(kind, payload, limits, wall_s, cpu_s)

    monkeypatch.setattr(judge.analyses.workers, "run", noted)
    return payloads


# -------------------------------------------------------------------------------------------------------- what is said


async def test_a_source_that_compiles_is_described_and_checked(sources: SourceAnalyser) -> None:
    source = b"def f(a):\n    for x in a:\n        for y in a:\n            eval(y)\n"
    analysis = await sources.analyse(asked(source), "")
    assert (analysis.compiles, analysis.HasField("problem"), len(analysis.ast_hash)) == (True, False, 64)
    assert (analysis.estimated_complexity, list(analysis.dominant_lines)) == ("O(n^2)", [2, 3])
    assert [check.passed for check in analysis.checks] == [False, True, False, True, False, False, True, False]


async def test_one_that_does_not_says_where(sources: SourceAnalyser) -> None:
    analysis = await sources.analyse(asked(b"x = 1\ndef f(:\n"), "")
    assert (analysis.compiles, analysis.ast_hash) == (False, "")
    assert (analysis.problem.type, analysis.problem.line, analysis.problem.text) == ("SyntaxError", 2, "def f(:")
    assert [(check.passed, check.detail) for check in analysis.checks] == [(False, "does not compile")] * len(_CHECKS)


_SOURCES = {**HOSTILE, **of_tasks()}


@pytest.fixture(scope="module")
def alone() -> dict[str, Analysis]:
    """What an interpreter says of each source that has read nothing else."""
    requests = "".join(asked(source).SerializeToString().hex() + "\n" for source in _SOURCES.values())
    command = [sys.executable, "-P", "-c", _ALONE]
    told = subprocess.run(
        command, input=requests, capture_output=True, check=True, text=True, env={"PYTHONPATH": str(_ROOT)}
    )
    answers = [Analysis.FromString(bytes.fromhex(line)) for line in told.stdout.splitlines()]
    return dict(zip(_SOURCES, answers, strict=True))


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_source_is_what_an_interpreter_of_its_own_says(
    sources: SourceAnalyser, alone: dict[str, Analysis], name: str
) -> None:
    """Whatever its worker did before, and is allowed for other kinds of work."""
    assert await sources.analyse(asked(HOSTILE[name]), "") == alone[name]


async def test_the_sources_of_tasks_and_attempts_are_too(sources: SourceAnalyser, alone: dict[str, Analysis]) -> None:
    found = {name: await sources.analyse(asked(source), "") for name, source in of_tasks().items()}
    assert len(found) > 100
    assert found == {name: alone[name] for name in found}


async def test_the_order_in_which_sources_come_changes_nothing(judge: StaticJudge) -> None:
    requests = [asked(source) for source in _SOURCES.values() if len(source) < 20_000]
    there = SourceAnalyser(Settings(cache_entries=0), judge.analyses)
    first = [await there.analyse(request, "") for request in requests]
    assert [await there.analyse(request, "") for request in reversed(requests)] == first[::-1]


# ------------------------------------------------------------------------------------------------------ what is spared


async def test_a_source_seen_lately_is_not_read_again(sources: SourceAnalyser, begun: list[bytes]) -> None:
    source = new()
    first = await sources.analyse(asked(source), "one")
    assert await sources.analyse(asked(source), "another") == first
    assert len(begun) == 1
    await sources.analyse(asked(source, checks=False), "one")
    assert len(begun) == 2, "other checks, other answers"


async def test_what_does_not_compile_is_known_too(sources: SourceAnalyser, begun: list[bytes]) -> None:
    source = new(b"x = = %d\n")
    first = await sources.analyse(asked(source), "")
    assert await sources.analyse(asked(source), "") == first
    assert len(begun) == 1


async def test_equal_requests_at_once_share_one_reading(sources: SourceAnalyser, begun: list[bytes]) -> None:
    source = new()
    answers = await asyncio.gather(*(sources.analyse(asked(source), str(caller)) for caller in range(8)))
    assert answers == answers[:1] * 8
    assert len(begun) == 1


async def test_the_source_not_asked_for_longest_is_forgotten(judge: StaticJudge, begun: list[bytes]) -> None:
    sources = SourceAnalyser(Settings(cache_entries=1), judge.analyses)
    one, other = new(), new()
    for source in (one, one, other, one):
        await sources.analyse(asked(source), "")
    assert len(begun) == 3


async def test_an_answer_too_large_to_be_kept_is_not(sources: SourceAnalyser, begun: list[bytes]) -> None:
    checks = [Check(rule="forbid_name", argument=f"{'a' * 400}{number}") for number in range(50)]
    request = AnalyseRequest(source=b"\n".join(check.argument.encode() for check in checks), checks=checks)
    for _ in range(2):
        assert not any(check.passed for check in (await sources.analyse(request, "")).checks)
    assert len(begun) == 2


# ------------------------------------------------------------------------------------------- what a source does to whom


async def test_a_source_that_takes_its_reader_too_long_does_not_compile(
    sources: SourceAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "analysis_s", lambda _: 0.05)
    analysis = await sources.analyse(asked(HOSTILE["many assignments"]), "")
    assert (analysis.compiles, analysis.problem.type) == (False, "AnalysisLimit")
    assert [(check.passed, check.detail) for check in analysis.checks] == [(False, "not read")] * len(_CHECKS)
    monkeypatch.undo()
    assert (await sources.analyse(asked(HOSTILE["many assignments"]), "")).compiles, "and may another time"


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
async def test_a_source_that_its_reader_dies_of_does_not_compile(
    judge: StaticJudge, sources: SourceAnalyser, number: signal.Signals
) -> None:
    reading = asyncio.create_task(sources.analyse(asked(HOSTILE["many assignments"]), ""))
    os.kill(await burning_child_of(launcher_of(judge)), number)
    assert (await reading).problem.type == "AnalysisLimit"


async def test_a_reader_that_something_else_kills_is_replaced(judge: StaticJudge, sources: SourceAnalyser) -> None:
    reading = asyncio.create_task(sources.analyse(asked(HOSTILE["many assignments"]), ""))
    os.kill(await burning_child_of(launcher_of(judge)), signal.SIGKILL)
    assert (await reading).compiles


async def test_readers_that_are_killed_again_and_again_are_our_failure(
    judge: StaticJudge, sources: SourceAnalyser
) -> None:
    reading = asyncio.create_task(sources.analyse(asked(HOSTILE["many assignments"]), ""))
    for _ in range(2):
        os.kill(await burning_child_of(launcher_of(judge)), signal.SIGKILL)
    with pytest.raises(ServiceError):
        await reading


async def test_a_host_that_has_no_core_for_a_reader_is_our_failure(
    judge: StaticJudge, sources: SourceAnalyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "STARVED_TIMES", 1.0)
    reading = asyncio.create_task(sources.analyse(asked(HOSTILE["many assignments"]), ""))
    os.kill(await burning_child_of(launcher_of(judge)), signal.SIGSTOP)
    with pytest.raises(ServiceError, match="no core"):
        await reading


@pytest.mark.parametrize("answer", [b"\xff", Analysis(compiles=True).SerializeToString(), b""])
async def test_a_reader_that_answers_nonsense_is_our_failure(
    judge: StaticJudge, sources: SourceAnalyser, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    async def nonsense(*_: object) -> Ended:
        return Ended(0, timed_out=False, answer=answer, cpu_s=0.0)

    monkeypatch.setattr(judge.analyses.workers, "run", nonsense)
    with pytest.raises(ServiceError):
        await sources.analyse(asked(new()), "")


async def test_slow_sources_of_one_caller_do_not_keep_anothers_waiting(judge: StaticJudge) -> None:
    sources = SourceAnalyser(Settings(concurrency=1), judge.analyses)
    slow = [asyncio.create_task(sources.analyse(asked(HOSTILE["many assignments"] + new()), "slow")) for _ in range(30)]
    await burning_child_of(launcher_of(judge))
    assert (await sources.analyse(asked(new()), "quick")).compiles
    assert not all(task.done() for task in slow[:4]), "it did not wait for them"
    for task in slow:
        task.cancel()
    await asyncio.wait(slow)


async def test_beyond_the_queue_one_is_refused_with_the_time_to_wait(judge: StaticJudge) -> None:
    sources = SourceAnalyser(Settings(concurrency=1, queue_length=1, retry_after_s=2.5), judge.analyses)
    slow = [asyncio.create_task(sources.analyse(asked(HOSTILE["many assignments"] + new()), "slow")) for _ in range(3)]
    await burning_child_of(launcher_of(judge))
    with pytest.raises(OverloadedError) as refused:
        await sources.analyse(asked(new()), "slow")
    assert refused.value.retry_after_s == 2.5
    for task in slow:
        task.cancel()
    await asyncio.wait(slow)


async def test_a_reading_that_nobody_waits_for_is_ended(judge: StaticJudge, sources: SourceAnalyser) -> None:
    reading = asyncio.create_task(sources.analyse(asked(HOSTILE["many assignments"] + new()), ""))
    worker = await burning_child_of(launcher_of(judge))
    reading.cancel()
    await asyncio.wait([reading])
    await dead(worker)
