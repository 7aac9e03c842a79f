"""What does not hold, shown: limits that docs/trust-boundary.md states. Whoever lifts one changes its line there."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from codearena.v1 import executor_pb2
from tests.conformance.conftest import Arena
from tests.conformance.test_in_turn import in_turn
from tests.executor_service import workloads
from tests.executor_service.runner.referee.test_main import run_at_level
from tests.integration.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

_STATUS = "def f(name): return next(line.split()[1] for line in open('/proc/self/status') if line.startswith(name))"
_ASKS_FOR_KEYS = """
import ctypes, errno, os
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    number = {'x86_64': 250, 'aarch64': 219}[os.uname().machine]  # keyctl(2): the id of a keyring, if there is one
    libc.syscall(number, 0, -2, 0)
    return ctypes.get_errno() == errno.EPERM
"""
_QUEUED = 300
_QUEUES_SIGNALS = f"""
import os, signal, time
def f():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
    for _ in range({_QUEUED}):
        os.kill(os.getpid(), signal.SIGRTMIN)
    time.sleep(50)
"""
_HOSTS_PROGRAMS = Path("/usr/bin").stat()
_LONG = workloads.limits(call_cpu_s=50, call_wall_s=60, attempt_wall_s=120)


async def _told(arena: Arena, source: str, *args: object) -> object:
    return json.loads((await arena.call(source, *args)).value.json)


async def test_local_refuses_no_system_calls(arena: Arena) -> None:
    assert await _told(arena, _ASKS_FOR_KEYS) is (arena.name != "local")


async def test_local_shows_the_hosts_programs(arena: Arena) -> None:
    arena.require_namespaces()
    source = "import os\ndef f(path):\n    found = os.stat(path)\n    return [found.st_dev, found.st_ino]\n"
    seen = await _told(arena, source, "/usr/bin")
    assert (seen == [_HOSTS_PROGRAMS.st_dev, _HOSTS_PROGRAMS.st_ino]) is (arena.name == "local")


async def test_attempts_in_cells_of_one_container_share_the_hash_seed(arena: Arena) -> None:
    source = "def f(): return str(hash('of a text'))"
    hashes = {await _told(arena, source) for _ in range(2)}
    if arena.name == "cell":
        assert len(hashes) == 1
    if arena.name == "container":
        assert len(hashes) == 2


async def test_the_numbers_of_processes_go_on_in_a_container(arena: Arena) -> None:
    if arena.name != "container":
        pytest.skip("each run has a pid namespace of its own, where the host allows it")
    workload = workloads.workload("import os\ndef f(): return os.getpid()", [workloads.call("f")])
    first, second = [json.loads(report.calls[0].value.json) for report in await in_turn(arena, workload, workload)]
    assert second > first


async def test_signals_queued_in_one_container_are_counted_for_those_beside_it(arena: Arena) -> None:
    if arena.name != "container":
        pytest.skip("a user namespace counts for itself, and cells take turns")
    queuing = asyncio.create_task(arena.execute(workloads.workload(_QUEUES_SIGNALS, bounds=_LONG)))

    async def seen_beside_it() -> bool:
        assert not queuing.done()
        counted, _ = str(await _told(arena, _STATUS, "SigQ:")).split("/")
        return int(counted) >= _QUEUED

    try:
        await until(seen_beside_it, "the signals are counted")
    finally:
        queuing.cancel()
        await asyncio.wait([queuing])


async def test_an_attempt_may_claim_a_process_that_it_never_started(arena: Arena) -> None:
    source = (
        "import sys\ndef f(host):\n"
        "    records = sys.modules['executor_service.runner.attempt.intercept'].records\n"
        "    records.append({'argv': ['ping', host], 'shell': False, 'via': 'subprocess'})\n"
    )
    report = await arena.execute(workloads.workload(source, [workloads.call("f", "example.org", intercept=True)]))
    assert [list(process.argv) for process in report.calls[0].processes] == [["ping", "example.org"]]


def _at_level(level: str, source: str, *args: object) -> executor_pb2.Report:
    return run_at_level(level, workloads.workload(source, [workloads.call("f", *args)]))


async def test_without_root_conductor_and_attempt_share_a_uid() -> None:
    source = "import os\ndef f():\n    return [os.getuid(), os.stat('/proc/1').st_uid]\n"
    (outcome,) = _at_level("nested", source).calls
    own, conductors = json.loads(outcome.value.json)
    assert own == conductors


async def test_without_namespaces_the_attempt_sees_the_hosts_processes_and_files() -> None:
    source = "import os\ndef f(pid, path):\n    return [os.path.exists(f'/proc/{pid}'), os.path.exists(path)]\n"
    (outcome,) = _at_level("rlimits", source, os.getpid(), __file__).calls
    assert json.loads(outcome.value.json) == [True, True]


async def test_without_root_no_signal_of_its_own_ends_a_program() -> None:
    source = "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\nprint('on as', os.getpid())"
    call = executor_pb2.Call(call_id="s", script=executor_pb2.Script())
    (outcome,) = run_at_level("nested", workloads.workload(source, [call])).calls
    assert outcome.stdout.head == b"on as 1\n"
