"""Promises of the limited children, with real processes."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from codearena.errors import ServiceError
from judge_service.analysers.protocol import Analysis
from judge_service.children import ChildLimits, Children
from tests.judge_service.build import ENDLESS, SLOW, dead, first_child_of, is_alive, no_child_of

_MIB = 1024 * 1024
_LIMITS = ChildLimits(cpu_s=10, wall_s=60, memory_bytes=512 * _MIB)
_SOURCE = b"def f(x):\n    return eval(x)\n"


@pytest.fixture
async def children() -> AsyncIterator[Children]:
    made = Children(_LIMITS, start_s=60)
    await made.start()
    yield made
    await made.close()


def _launcher(children: Children) -> int:
    pid = children.launcher_pid
    assert pid is not None
    return pid


def _environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


@pytest.mark.parametrize("analysis", list(Analysis))
async def test_a_child_answers_with_facts_and_its_cpu_time(children: Children, analysis: Analysis) -> None:
    end = await children.run(analysis, _SOURCE)
    assert (end.exit_status, end.timed_out) == (0, False)
    assert "facts" in json.loads(end.answer)
    assert end.cpu_s > 0


@pytest.fixture
async def strict(request: pytest.FixtureRequest) -> AsyncIterator[Children]:
    made = Children(request.param, start_s=60)
    await made.start()
    yield made
    await made.close()


@pytest.mark.parametrize("strict", [ChildLimits(1, 60, 512 * _MIB)], indirect=True)
async def test_cpu_time_is_limited_by_the_kernel(strict: Children) -> None:
    end = await strict.run(Analysis.SECURITY, ENDLESS)
    assert (end.exit_status, end.timed_out) == (-signal.SIGXCPU, False)


@pytest.mark.parametrize("strict", [ChildLimits(10, 0.1, 512 * _MIB)], indirect=True)
async def test_wall_time_is_limited_and_the_child_is_gone(strict: Children) -> None:
    end = await strict.run(Analysis.SECURITY, ENDLESS)
    assert (end.exit_status, end.timed_out) == (-signal.SIGKILL, True)
    await no_child_of(_launcher(strict))


@pytest.mark.parametrize("strict", [ChildLimits(10, 60, 8 * _MIB)], indirect=True)
async def test_memory_is_limited_by_the_kernel(strict: Children) -> None:
    end = await strict.run(Analysis.SECURITY, SLOW)
    assert end.exit_status != 0 or json.loads(end.answer)["unscored"] == "memory_limit"


async def test_a_cancelled_run_leaves_no_child(children: Children) -> None:
    run = asyncio.create_task(children.run(Analysis.SECURITY, ENDLESS))
    await first_child_of(_launcher(children))
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run
    await no_child_of(_launcher(children))


async def test_a_killed_launcher_is_replaced_and_the_run_is_done_again(children: Children) -> None:
    before = _launcher(children)
    run = asyncio.create_task(children.run(Analysis.SECURITY, SLOW))
    await first_child_of(before)
    os.kill(before, signal.SIGKILL)
    assert (await run).exit_status == 0
    assert _launcher(children) != before


async def test_many_at_once_each_get_their_own_answer(children: Children) -> None:
    sources = [b"\n" * number + b"eval(x)\n" for number in range(20)]
    ends = await asyncio.gather(*(children.run(Analysis.SECURITY, source) for source in sources))
    lines = [json.loads(end.answer)["facts"]["findings"][0]["line"] for end in ends]
    assert lines == list(range(1, 21))


async def test_nothing_of_the_services_environment_reaches_the_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_JUDGE_SECRET_OF_TEST", "key")
    children = Children(_LIMITS, start_s=60)
    await children.start()
    environment = _environment(_launcher(children))
    await children.close()
    assert b"SECRET_OF_TEST" not in environment


async def test_closing_ends_the_launcher_and_what_runs(children: Children) -> None:
    launcher = _launcher(children)
    run = asyncio.create_task(children.run(Analysis.SECURITY, ENDLESS))
    child = await first_child_of(launcher)
    await children.close()
    with pytest.raises(ServiceError):
        await run
    assert not is_alive(launcher)
    await dead(child)


async def test_a_launcher_that_cannot_start_is_a_service_error() -> None:
    children = Children(_LIMITS, start_s=0.001)
    with pytest.raises(ServiceError):
        await children.start()
    await children.close()
