"""Promises of confined workers, with real processes."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest

from codearena.confined import Limits, Workers
from codearena.confined.protocol import packed, unpack_report, unpacked
from codearena.errors import ServiceError
from tests.judge_service.build import burning_child_of, children_of, dead, first_child_of, is_alive

_MIB = 1024 * 1024
MODULE = "tests.codearena.confined.work"
LIMITS = Limits(cpu_s=10, wall_s=60, memory_bytes=512 * _MIB)


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    made = Workers(MODULE, 4, start_s=60)
    await made.start()
    yield made
    await made.close()


def launcher_of(workers: Workers) -> int:
    pid = workers.launcher_pid
    assert pid is not None
    return pid


async def pid_of(workers: Workers, limits: Limits = LIMITS, kind: str = "pid") -> int:
    return int((await workers.run(kind, b"", limits)).answer)


@pytest.mark.parametrize("payload", [b"", b"x", b"\n\0\xff", b"x" * _MIB])
async def test_a_payload_comes_and_an_answer_goes_as_it_is(workers: Workers, payload: bytes) -> None:
    ended = await workers.run("echo", payload, LIMITS)
    assert (ended.exit_status, ended.timed_out, ended.answer) == (0, False, payload)
    assert ended.cpu_s >= 0


async def test_the_parts_of_an_answer_are_put_together(workers: Workers) -> None:
    assert (await workers.run("parts", b"", LIMITS)).answer == b"first second"


async def test_a_worker_takes_one_item_after_the_other_and_no_more_than_it_may(workers: Workers) -> None:
    limits = replace(LIMITS, items=3)
    pids = [await pid_of(workers, limits) for _ in range(7)]
    assert [len(set(part)) for part in (pids[:3], pids[3:6], pids[6:])] == [1, 1, 1]
    assert len(set(pids)) == 3


async def test_workers_of_other_limits_are_others(workers: Workers) -> None:
    assert await pid_of(workers) != await pid_of(workers, replace(LIMITS, may_start=True))


async def test_a_worn_worker_answers_and_is_replaced(workers: Workers) -> None:
    worn = await pid_of(workers, kind="worn")
    assert await pid_of(workers) != worn
    await dead(worn)


async def test_a_worker_that_has_grown_is_replaced(workers: Workers) -> None:
    before = await pid_of(workers)
    assert (await workers.run("grow", b"%d" % (200 * _MIB), LIMITS)).answer == b"grown"
    assert await pid_of(workers) != before


async def test_a_worker_whose_items_took_what_one_may_is_replaced(workers: Workers) -> None:
    limits = replace(LIMITS, cpu_s=1)
    before = await pid_of(workers, limits)
    assert (await workers.run("spin", b"", limits)).exit_status == -signal.SIGPROF
    await dead(before)
    assert await pid_of(workers, limits) != before


async def test_many_at_once_each_get_their_own_answer(workers: Workers) -> None:
    payloads = [str(number).encode() for number in range(40)]
    ended = await asyncio.gather(*(workers.run("echo", payload, LIMITS) for payload in payloads))
    assert [each.answer for each in ended] == payloads
    assert len(children_of(launcher_of(workers))) <= 4


# ------------------------------------------------------------------------------------------------------------ limits


async def test_cpu_time_is_limited_by_the_kernel(workers: Workers) -> None:
    ended = await workers.run("spin", b"", replace(LIMITS, cpu_s=1))
    assert (ended.exit_status, ended.timed_out) == (-signal.SIGPROF, False)
    assert ended.cpu_s >= 0.5


async def test_wall_time_is_limited_and_the_worker_is_gone(workers: Workers) -> None:
    limits = replace(LIMITS, wall_s=1.0)
    before = await pid_of(workers, limits)
    ended = await workers.run("sleep", b"", limits)
    assert (ended.exit_status, ended.timed_out) == (-signal.SIGKILL, True)
    await dead(before)


async def test_what_was_answered_before_a_limit_is_kept(workers: Workers) -> None:
    ended = await workers.run("spin", b"part", replace(LIMITS, cpu_s=1))
    assert (ended.exit_status, ended.answer) == (-signal.SIGPROF, b"part")


async def test_memory_is_limited_by_the_kernel(workers: Workers) -> None:
    assert (await workers.run("grow", b"%d" % (600 * _MIB), LIMITS)).exit_status == 1


async def test_a_file_that_a_worker_writes_is_limited(workers: Workers) -> None:
    limits = replace(LIMITS, answer_bytes=1000)
    assert (await workers.run("write", b"1000", limits)).answer == b"1000"
    assert (await workers.run("write", b"100000", limits)).answer == b"1000"


@pytest.mark.parametrize(("kind", "payload"), [("say", b"1001"), ("nonsense", b"")])
async def test_an_answer_beyond_its_bounds_is_none_and_its_worker_is_gone(
    workers: Workers, kind: str, payload: bytes
) -> None:
    limits = replace(LIMITS, answer_bytes=1000)
    before = await pid_of(workers, limits)
    assert (await workers.run(kind, payload, limits)).exit_status == -signal.SIGKILL
    await dead(before)


@pytest.mark.parametrize(("kind", "status"), [("raise", 1), ("exit", 1)])
async def test_a_worker_that_ends_before_its_answer_is_whole_has_not_succeeded(
    workers: Workers, kind: str, status: int
) -> None:
    assert (await workers.run(kind, b"", LIMITS)).exit_status == status
    assert (await workers.run("echo", b"next", LIMITS)).answer == b"next"


@pytest.mark.skipif(os.geteuid() == 0, reason="root is not bound by the number of processes")
async def test_a_worker_may_start_processes_only_if_its_limits_say_so(workers: Workers) -> None:
    assert (await workers.run("start", b"", LIMITS)).answer == b"refused"


async def test_a_worker_that_may_start_processes_does(workers: Workers) -> None:
    assert (await workers.run("start", b"", replace(LIMITS, may_start=True))).answer == b"1\n"


async def test_a_process_that_an_item_leaves_ends_with_its_worker(workers: Workers) -> None:
    limits = replace(LIMITS, may_start=True)
    before = await pid_of(workers, limits)
    await dead(await pid_of(workers, limits, "leave"))
    assert await pid_of(workers, limits) != before


async def test_a_thread_that_an_item_leaves_ends_with_its_worker(workers: Workers) -> None:
    limits = replace(LIMITS, may_start=True)
    await dead(await pid_of(workers, limits, "thread"))


@pytest.mark.parametrize("kind", ["spin", "sleep"])
async def test_an_item_may_be_given_less_time_than_its_worker(workers: Workers, kind: str) -> None:
    before = await pid_of(workers)
    ended = await workers.run(kind, b"", LIMITS, wall_s=None if kind == "spin" else 0.2, cpu_s=0.1)
    assert (ended.at_cpu_limit, ended.timed_out) == (kind == "spin", kind == "sleep")
    await dead(before)


async def test_time_that_items_before_took_is_not_counted(workers: Workers) -> None:
    limits = replace(LIMITS, cpu_s=1)
    for _ in range(6):
        assert (await workers.run("burn", b"0.4", limits)).answer == b"burnt"


async def test_parts_of_a_payload_come_as_they_are() -> None:
    for parts in ([], [b""], [b"", b"a\n", b"\0" * 300, b""]):
        assert unpacked(packed(parts)) == parts


# ------------------------------------------------------------------------------------------------- what surrounds it


async def test_a_cancelled_item_leaves_no_worker_at_it(workers: Workers) -> None:
    run = asyncio.create_task(workers.run("spin", b"", LIMITS))
    worker = await first_child_of(launcher_of(workers))
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run
    await dead(worker)


async def test_a_killed_launcher_is_replaced_and_the_item_is_worked_on_again(workers: Workers) -> None:
    before = launcher_of(workers)
    run = asyncio.create_task(workers.run("sleep", b"", replace(LIMITS, wall_s=2.0)))
    orphan = await first_child_of(before)
    os.kill(before, signal.SIGKILL)
    assert (await run).timed_out
    assert launcher_of(workers) != before
    os.kill(orphan, signal.SIGKILL)


async def test_an_idle_worker_that_was_killed_is_not_used(workers: Workers) -> None:
    idle = await pid_of(workers)
    os.kill(idle, signal.SIGKILL)
    await dead(idle)
    ended = await workers.run("pid", b"", LIMITS)
    while ended.exit_status == -signal.SIGKILL:  # the launcher had not said so yet
        ended = await workers.run("pid", b"", LIMITS)
    assert int(ended.answer) != idle


async def test_nothing_of_the_service_reaches_a_worker(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_TEST", "key")
    others = Workers(MODULE, 1, start_s=60)
    with socket.socket() as ours:
        os.set_inheritable(ours.fileno(), True)
        environment = (await others.run("environment", b"", LIMITS)).answer
        files = (await others.run("files", b"", LIMITS)).answer.split()
    await others.close()
    assert b"SECRET_OF_TEST" not in environment
    assert set(files) <= {b"0", b"1", b"2", b"3", b"4"}  # three that lead nowhere, the channel, and the listing itself


async def test_closing_ends_the_launcher_and_what_runs(workers: Workers) -> None:
    launcher = launcher_of(workers)
    run = asyncio.create_task(workers.run("spin", b"", LIMITS))
    worker = await burning_child_of(launcher)
    await workers.close()
    with pytest.raises(ServiceError):
        await run
    assert not is_alive(launcher)
    await dead(worker)


@pytest.mark.parametrize(("module", "start_s"), [(MODULE, 0.001), ("tests.no_such_module", 60)])
async def test_a_launcher_that_cannot_start_is_a_service_error(module: str, start_s: float) -> None:
    workers = Workers(module, 1, start_s)
    with pytest.raises(ServiceError):
        await workers.start()
    await workers.close()


def test_the_launcher_lives_as_long_as_the_services_end_of_its_socket() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "codearena.confined.launcher", str(theirs.fileno()), MODULE]
    with ours, theirs:
        launcher = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()
        assert unpack_report(ours.recv(4096)) == {"ready": True}
        ours.close()
        assert launcher.wait(timeout=30) == 0
