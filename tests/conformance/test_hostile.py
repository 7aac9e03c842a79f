"""What no attempt may do in any isolation. After each, an honest attempt must be graded as if nothing had been."""

import errno
import json

import pytest

from codearena.v1 import common_pb2
from executor_service.isolation.base import IsolationName
from executor_service.runner.room import REPORT_BYTES
from executor_service.settings import MIB
from tests.conformance.conftest import Arena
from tests.executor_service import workloads

pytestmark = pytest.mark.asyncio(loop_scope="module")

RETURNED = common_pb2.CALL_STATUS_RETURNED

FORK_BOMB = """
import os
def f():
    while True:
        try:
            os.fork()
        except OSError:
            pass
"""
THREAD_BOMB = """
import threading, time
def f():
    while True:
        threading.Thread(target=time.sleep, args=(1000,)).start()
"""
DAEMON = """
import os, time
def f():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(0.01)
                try:
                    open('/tmp/mark', 'a').write('x')
                except OSError:
                    pass
        os._exit(0)
    return 'left a daemon'
"""
SIGNALS = """
import os, signal
def f():
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass
"""
STOP = "import os, signal\ndef f(): os.kill(os.getpid(), signal.SIGSTOP)"
KILL_ALL = """
import os, signal
def f():
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:  # where it sees nobody but itself and PID 1
        pass
"""
FLOOD = "import os\ndef f():\n    while True: os.write(1, b'x' * 65536)"
FLOOD_ALL_DESCRIPTORS = """
import os
def f():
    for fd in range(64):
        try:
            os.set_blocking(fd, False)
            while True:
                os.write(fd, b'\\xff' * 65536)
        except OSError:
            pass
"""
MEMORY_IN_MANY_PROCESSES = """
import os
def f():
    for _ in range(8):
        if os.fork() == 0:
            break
    hoard = bytearray(100_000_000)
    for at in range(0, len(hoard), 4096):
        hoard[at] = 1
    while True:
        pass
"""
CLOSE_ALL = "import os\ndef f(): os.closerange(0, 256)"
FILL_TMP = """
def f():
    for number in range(10**6):
        with open(f'/tmp/fill{number}', 'wb') as file:
            file.write(b'x' * 2**20)
"""
FILL_INODES = """
def f():
    for number in range(10**6):
        open(f'/tmp/inode{number}', 'w').close()
"""
BRISK = workloads.limits(call_cpu_s=1.0, call_wall_s=2.0, attempt_wall_s=8.0)

HOSTILE = {
    "fork bomb": FORK_BOMB,
    "thread bomb": THREAD_BOMB,
    "ignored signals": SIGNALS,
    "stops itself": STOP,
    "output flood": FLOOD,
    "flood on every descriptor": FLOOD_ALL_DESCRIPTORS,
    "closes every descriptor": CLOSE_ALL,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
async def test_an_attempt_that_harms_itself_gets_an_outcome_and_never_a_value(arena: Arena, source: str) -> None:
    assert (await arena.call(source, bounds=BRISK)).status != RETURNED


async def test_killing_all_it_can_reaches_nothing_of_ours(arena: Arena) -> None:
    arena.require_namespaces()
    assert (await arena.call(KILL_ALL, bounds=BRISK)).value.json == b"null"  # kill(-1) spares its caller


async def test_exhausting_the_sandbox_with_many_processes_gets_an_outcome_and_never_a_value(arena: Arena) -> None:
    if arena.name is IsolationName.LOCAL:
        pytest.skip("local isolation has no memory cgroup, and says so")
    assert (await arena.call(MEMORY_IN_MANY_PROCESSES, bounds=BRISK)).status != RETURNED


@pytest.mark.parametrize("source", [FILL_TMP, FILL_INODES], ids=["bytes", "inodes"])
async def test_filling_the_disk_ends_at_a_limit(arena: Arena, source: str) -> None:
    arena.require_namespaces()
    outcome = await arena.call(source, bounds=workloads.limits(call_cpu_s=5, call_wall_s=10))
    assert outcome.status in (common_pb2.CALL_STATUS_RAISED, common_pb2.CALL_STATUS_MEMORY_LIMIT)


async def test_a_daemon_left_behind_does_not_reach_the_next_attempt(arena: Arena) -> None:
    arena.require_namespaces()
    assert (await arena.call(DAEMON)).value.json == b'"left a daemon"'
    assert (await arena.call("import os\ndef f(): return os.path.exists('/tmp/mark')")).value.json == b"false"


async def test_files_of_an_earlier_attempt_are_gone(arena: Arena) -> None:
    arena.require_namespaces()
    await arena.call("def f(): open('/tmp/left', 'w').write('here')")
    assert (await arena.call("import os\ndef f(): return os.path.exists('/tmp/left')")).value.json == b"false"


async def test_there_is_no_network(arena: Arena) -> None:
    arena.require_namespaces()
    source = (
        "import socket\ndef f():\n"
        "    try:\n        socket.create_connection(('192.0.2.1', 80), timeout=1)\n"
        "    except OSError as error:\n        return error.strerror\n"
        "    return 'connected'\n"
    )
    assert (await arena.call(source)).value.json == b'"Network is unreachable"'


async def test_the_root_cannot_be_written(arena: Arena) -> None:
    arena.require_namespaces()
    source = (
        "def f():\n    written = []\n"
        "    for name in ('/x', '/etc/x', '/usr/x', '/var/tmp/x', '/opt/x', '/root/x'):\n"
        "        try:\n            open(name, 'w').close()\n            written.append(name)\n"
        "        except OSError:\n            pass\n"
        "    return written\n"
    )
    assert (await arena.call(source)).value.json == b"[]"


async def test_an_attempt_is_not_root_and_holds_no_capability(arena: Arena) -> None:
    arena.require_namespaces()
    source = (
        "import os\ndef f():\n"
        "    lines = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "    return [os.getuid() == 0, int(lines['CapEff'], 16), int(lines['CapPrm'], 16)]\n"
    )
    assert json.loads((await arena.call(source)).value.json) == [False, 0, 0]


async def test_a_program_cannot_gain_privileges(arena: Arena) -> None:
    arena.require_namespaces()
    source = (
        "def f():\n    lines = [line.split() for line in open('/proc/self/status')]\n"
        "    return [line[1] for line in lines if line[0] == 'NoNewPrivs:']\n"
    )
    assert (await arena.call(source)).value.json == b'["1"]'


async def test_no_other_process_can_be_looked_into(arena: Arena) -> None:
    arena.require_namespaces()
    source = (
        "import os\ndef f():\n    seen = []\n"
        "    for pid in filter(str.isdigit, os.listdir('/proc')):\n"
        "        if int(pid) != os.getpid():\n"
        "            for name in ('mem', 'environ', 'maps', 'fd/0'):\n"
        "                try:\n                    open(f'/proc/{pid}/{name}', 'rb').read(1)\n"
        "                    seen.append(f'{pid}/{name}')\n"
        "                except OSError:\n                    pass\n"
        "    return seen\n"
    )
    assert (await arena.call(source)).value.json == b"[]"


async def test_nothing_of_the_host_is_in_the_environment(arena: Arena) -> None:
    source = "import os\ndef f(): return sorted(os.environ)"
    names = json.loads((await arena.call(source)).value.json)
    assert not [name for name in names if "CODEARENA" in name or "DOCKER" in name or "KEY" in name or "TOKEN" in name]


_SYSTEM_CALLS = {
    # x86-64 numbers; each is called with arguments that are harmless should it be let through
    "ptrace": 101,
    "personality": 135,
    "mount": 165,
    "add_key": 248,
    "keyctl": 250,
    "unshare": 272,
    "perf_event_open": 298,
    "setns": 308,
    "process_vm_readv": 310,
    "memfd_create": 319,
    "bpf": 321,
    "userfaultfd": 323,
    "io_uring_setup": 425,
    "pidfd_getfd": 438,
}
_TRY_SYSTEM_CALLS = f"""
import ctypes, errno, os, platform
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    allowed = []
    for name, number in {_SYSTEM_CALLS!r}.items():
        ctypes.set_errno(0)
        result = libc.syscall(number, -1, -1, -1, -1, -1)
        if result != -1 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            allowed.append([name, ctypes.get_errno()])
    return allowed
"""


async def test_dangerous_system_calls_are_refused(arena: Arena) -> None:
    if arena.name is IsolationName.LOCAL:
        pytest.skip("local isolation has no seccomp filter, and says so")
    assert json.loads((await arena.call(_TRY_SYSTEM_CALLS)).value.json) == []


async def test_two_attempts_at_once_do_not_see_each_other(arena: Arena) -> None:
    arena.require_namespaces()
    source = "import os\ndef f(): return [os.getpid(), len([p for p in os.listdir('/proc') if p.isdigit()]) < 10]"
    assert json.loads((await arena.call(source)).value.json)[1] is True


_STARTED_PAST_THE_RECORD = {
    "by the C library": "import ctypes\ndef f(): return ctypes.CDLL(None).system(b'true')",
    "by a fork": "import os\ndef f():\n    if os.fork() == 0: os._exit(0)\n    return os.wait()[1]",
    "while loading": "import os\nif os.fork() == 0: os._exit(0)\ndef f(): return 0",
}


@pytest.mark.parametrize("source", _STARTED_PAST_THE_RECORD.values(), ids=_STARTED_PAST_THE_RECORD.keys())
async def test_a_process_started_past_the_recorded_functions_is_seen_by_the_kernel(arena: Arena, source: str) -> None:
    arena.require_namespaces()
    report = await arena.execute(workloads.workload(source, [workloads.call("f", intercept=True)]))
    assert [process.via for process in report.calls[0].processes] == ["kernel"]


_STARTS_A_SHELL = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
arguments = (ctypes.c_char_p * 4)(b'sh', b'-c', b'echo started > /tmp/attempt/started', None)
def f(how):
    if how == 'a child' and os.fork():
        os.wait()
        return os.path.exists('/tmp/attempt/started')
    if how == 'a descriptor':
        number = {'x86_64': 322, 'aarch64': 281}[platform.machine()]
        failed = libc.syscall(number, os.open('/bin/sh', os.O_RDONLY), b'', arguments, None, 0x1000)
    else:
        failed = libc.execve(b'/bin/sh', arguments, None)
    if how == 'a child':
        os._exit(0)
    return [failed, ctypes.get_errno()]
"""


async def test_where_no_process_may_be_started_no_program_can_be(arena: Arena) -> None:
    """Nor in the attempt's own process, or in one that it hides from the count by making as many as there are pids."""
    calls = [workloads.call("f", how, call_id=how, intercept=True) for how in ("itself", "a descriptor", "a child")]
    report = await arena.execute(workloads.workload(_STARTS_A_SHELL, calls))
    refused = json.dumps([-1, errno.EACCES], separators=(",", ":")).encode()
    assert [call.value.json for call in report.calls] == [refused, refused, b"false"]


_FORGED = "from codearena import values\nfrom executor_service.runner.worker import _Session, intercept\n"
_FORGES_RECORDS = """
class Records(list):
    def clear(self): pass
intercept.records = Records([{"argv": %s, "shell": False, "via": ""}] * %d)
def f(): return 1
"""
_RAISES = """
_Session._describe = lambda *_: {"type": "E", "builtin_bases": [], "message": "", "traceback": "\U0001f600" * 8000}
def f(): raise ValueError
"""
_LIMIT, _BROKEN = common_pb2.CALL_STATUS_OUTPUT_LIMIT, common_pb2.CALL_STATUS_CRASHED
_LOUD = {
    "values twice as long when written": (
        100,
        "def f(): return print('x' * 40_000) or '\\\\' * 131_000",
        {RETURNED, _LIMIT},
    ),
    "values of control characters": (
        100,
        _FORGED + "values.encode = lambda *_: b'\\1' * 262000\ndef f(): pass",
        {_BROKEN},
    ),
    "exceptions twelve times as long when written": (
        600,
        _FORGED + _RAISES,
        {common_pb2.CALL_STATUS_RAISED, _LIMIT},
    ),
    "processes nobody asked for": (400, _FORGED + _FORGES_RECORDS % ("['a' * 4000] * 11", 5), {RETURNED}),
    "printed text": (40, "def f(): print('x' * 1_100_000)", {RETURNED}),
}


@pytest.mark.parametrize(("calls", "source", "statuses"), _LOUD.values(), ids=_LOUD.keys())
async def test_an_attempt_that_says_too_much_has_a_report_of_bounded_size(
    arena: Arena, calls: int, source: str, statuses: set[int]
) -> None:
    bounds = workloads.limits(output_bytes=MIB, value_bytes=MIB // 4)
    asked = [workloads.call("f", call_id=str(number)) for number in range(calls)]
    report = await arena.execute(workloads.workload(source, asked, bounds=bounds))
    assert report.ByteSize() <= REPORT_BYTES
    assert {outcome.status for outcome in report.calls} == statuses
    assert not any(outcome.processes for outcome in report.calls)
    assert all(outcome.HasField("usage") for outcome in report.calls)


async def test_records_of_processes_are_believed_up_to_a_bound(arena: Arena) -> None:
    asked = [workloads.call("f", call_id=str(number), intercept=True) for number in range(10)]
    for records in (("[''] * 100", 100), ("['a' * 4000] * 11", 5)):
        report = await arena.execute(workloads.workload(_FORGED + _FORGES_RECORDS % records, asked))
        for outcome in report.calls:
            assert sum(len(process.argv) for process in outcome.processes) <= 1001
            assert outcome.ByteSize() < 128 * 1024
            assert "<more than are recorded>" in outcome.processes[-1].argv


async def test_what_the_tests_of_a_script_say_of_an_attempt_is_bounded_together(arena: Arena) -> None:
    script = "assert f() == 1, f()\n" * 400
    source = "def f(): return '\U0001f600' * 8000"
    bounds = workloads.limits(value_bytes=MIB // 4)
    report = await arena.execute(workloads.workload(source, [workloads.script_call(script)], bounds=bounds))
    assert set(workloads.script_verdicts(report).values()) == {"failed"}
    assert sum(len(test.detail) for test in report.calls[0].script_tests) <= 512 * 1024


STARVES_ITSELF = """
import os
try:
    while os.fork(): pass
    while True: pass
except OSError:
    pass
def f():
    while True: pass
"""


async def test_an_attempt_that_starves_itself_in_every_call_ends_within_its_limits(arena: Arena) -> None:
    bounds = workloads.limits(call_cpu_s=2.0, call_wall_s=2.0, attempt_wall_s=6.0, processes=16)
    calls = [workloads.call("f", call_id=str(number)) for number in range(12)]
    report = await arena.execute(workloads.workload(STARVES_ITSELF, calls, bounds=bounds))
    # On a busy host it is the load, which starves itself too, that ends at the limit.
    first = report.load if report.HasField("load") else report.calls[0]
    assert first.status == common_pb2.CALL_STATUS_TIME_LIMIT
    assert report.calls[-1].status == common_pb2.CALL_STATUS_NOT_RUN
