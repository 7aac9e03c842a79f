"""What one attempt asks for in turn is run in one sandbox; nothing that an earlier run left is there for a later."""

import json
from collections.abc import AsyncIterator

import pytest

from codearena.v1 import common_pb2, executor_pb2
from executor_service.isolation.base import IsolationName
from tests.conformance.conftest import Arena
from tests.executor_service import workloads

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOKS = """
import errno, gc, mmap, os, resource, socket
def taken(family, host):
    found = []
    for port in range(21000, 21033):
        try:
            with socket.socket(family) as asked:
                asked.bind((host, port))
        except OSError as error:
            found += [port] if error.errno == errno.EADDRINUSE else []
    return found
def f(x):
    found = []
    for top in ('/tmp', '/dev/shm', '/dev/mqueue', '/dev', '/run', '/var/tmp'):
        for folder, folders, names in os.walk(top):
            found += [folder + '/' + name for name in folders + names if 'left' in name or folder == '/tmp']
    for entry in open('/proc/net/unix').readlines()[1:] if os.path.exists('/proc/net/unix') else ():
        found += ['unix'] if 'left' in entry else []
    mine = []
    for pid in os.listdir('/proc'):
        try:
            if pid.isdigit() and os.stat('/proc/' + pid).st_uid == os.getuid() and int(pid) != os.getpid():
                mine.append(open('/proc/' + pid + '/cmdline').read())
        except OSError:
            pass
    counted = []
    for name in ('dev', 'snmp', 'snmp6', 'netstat'):
        if os.path.exists('/proc/net/' + name):
            counted.append(open('/proc/net/' + name).read())
    volumes = [os.statvfs(folder) for folder in ('/tmp', '/dev/shm')]
    return [
        sorted(found),
        mine,
        [resource.getrlimit(kind) for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_STACK)],
        [os.getpriority(os.PRIO_PROCESS, 0), len(os.sched_getaffinity(0)), os.getcwd(), os.umask(0o77)],
        [[volume.f_bfree, volume.f_ffree] for volume in volumes],
        sorted(os.listdir('/proc/self/fd'))[:-1],
        sorted(os.environ),
        taken(socket.AF_INET, '127.0.0.1') + taken(socket.AF_INET6, '::1'),
        counted,
    ]
"""
LEAVES = {
    "files": """
for folder in ('/tmp', '/dev/shm', os.getcwd()):
    open(folder + '/left', 'w').write('x' * 5000)
    os.makedirs(folder + '/left-too/deep/deeper')
    os.symlink('/etc/passwd', folder + '/left-too/link')
    os.symlink('/proc/1/root', folder + '/left-link')
""",
    "files that others may write": """
os.umask(0)
open('/tmp/left', 'w').write('x')
os.chmod('/tmp/left', 0o777)
os.chmod(os.getcwd(), 0o777)
""",
    "a process that burns CPU": """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(64):
            try: os.close(fd)
            except OSError: pass
        while True: pass
    os._exit(0)
""",
    "a crowd of processes": """
for _ in range(10):
    if os.fork() == 0:
        os.setsid()
        while True: pass
""",
    "a process that stopped itself": """
if os.fork() == 0:
    os.setsid()
    os.kill(os.getpid(), 19)
""",
    "an open file without a name, in a process": """
kept = open('/tmp/left', 'wb')
os.unlink('/tmp/left')
kept.write(b'x' * 10 ** 6)
kept.flush()
if os.fork() == 0:
    os.setsid()
    import time
    time.sleep(600)
""",
    "memory that processes share": """
import mmap
file = open('/dev/shm/left', 'w+b')
file.truncate(500_000)
memory = mmap.mmap(file.fileno(), 500_000)
memory.write(b'x' * 500_000)
own = mmap.mmap(-1, 10 ** 7)
own.write(b'x' * 10 ** 7)
if os.fork() == 0:
    os.setsid()
    import time
    time.sleep(600)
""",
    "a socket": """
kept = socket.socket(socket.AF_UNIX)
kept.bind('\\0left')
bound = socket.socket(socket.AF_UNIX)
bound.bind('/tmp/left')
""",
    "limits of its own": """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
resource.setrlimit(resource.RLIMIT_FSIZE, (10 ** 6, 10 ** 6))
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.environ['LEFT'] = '1'
sys.setrecursionlimit(100)
""",
}
ALL_OF_IT = {
    "all files that there may be": """
try:
    for number in range(10 ** 5): open('/tmp/left%d' % number, 'w')
except OSError: pass
""",
    "no room": """
try:
    with open('/tmp/left', 'wb') as file:
        while True: file.write(b'x' * 10 ** 5)
except OSError: pass
""",
    "a folder that cannot be looked into": "os.makedirs('/tmp/left/left'); os.chmod('/tmp/left', 0)\n",
    "folders without an end": """
for _ in range(600):
    os.mkdir('left')
    os.chdir('left')
""",
    "ports of connections": """
try:
    listening = socket.socket()
    listening.bind(('127.0.0.1', 0))
    listening.listen(8)
    for port in range(21000, 21033):
        with socket.socket() as calling:
            calling.bind(('127.0.0.1', port))
            calling.connect(listening.getsockname())
            answering, _ = listening.accept()
        answering.close()
except OSError: pass
""",
    "a packet": """
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
    try: sending.sendto(b'x', ('127.0.0.1', 21000))
    except OSError: pass
""",
    "much memory": """
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
        kept = bytearray(40_000_000)
        for at in range(0, len(kept), 4096): kept[at] = 1
        import time
        time.sleep(600)
import time
time.sleep(0.3)
""",
}


def leaving(what: str) -> executor_pb2.Workload:
    lines = "".join(f"    {line}\n" for line in what.strip().splitlines())
    return workloads.workload(
        f"import os, socket, sys\ndef f(x):\n    global kept\n{lines}    return 'left'\n", [workloads.call("f", 1)]
    )


async def in_turn(arena: Arena, *asked: executor_pb2.Workload) -> list[executor_pb2.Report]:
    reports: list[executor_pb2.Report] = []

    async def requests() -> AsyncIterator[executor_pb2.AttemptRequest]:
        for workload in asked:
            yield executor_pb2.AttemptRequest(attempt_id="in turn", workload=workload)

    async def give(report: executor_pb2.Report) -> None:
        reports.append(report)

    await arena.attempts.serve(requests(), give)
    assert len(reports) == len(asked)
    return reports


def seen(report: executor_pb2.Report) -> object:
    assert report.calls[0].status == common_pb2.CALL_STATUS_RETURNED, report.calls[0]
    return json.loads(report.calls[0].value.json)


def container_of(report: executor_pb2.Report) -> str:
    return report.isolation.sandbox_id.partition("/")[0]


LOOKING = workloads.workload(LOOKS, [workloads.call("f", 1)])


async def looked_alone(arena: Arena) -> object:
    """What is seen where nothing was before."""
    [report] = await in_turn(arena, LOOKING)
    return seen(report)


async def test_runs_of_one_attempt_share_a_container(arena: Arena) -> None:
    if arena.name is IsolationName.LOCAL:
        pytest.skip("a sandbox of local isolation is no more than its namespaces")
    control = await looked_alone(arena)
    reports = await in_turn(arena, LOOKING, LOOKING, LOOKING)
    assert len({container_of(report) for report in reports}) == 1
    assert [seen(report) for report in reports] == [control] * 3


@pytest.mark.parametrize("what", LEAVES)
async def test_nothing_that_a_run_leaves_is_there_for_the_next(arena: Arena, what: str) -> None:
    arena.require_namespaces()
    control = await looked_alone(arena)
    left, looked = await in_turn(arena, leaving(LEAVES[what]), LOOKING)
    assert seen(left) == "left"
    assert seen(looked) == control
    if arena.name is not IsolationName.LOCAL:
        assert container_of(left) == container_of(looked)


@pytest.mark.parametrize("what", ALL_OF_IT)
async def test_what_leaves_too_much_is_followed_in_a_sandbox_that_has_nothing_of_it(arena: Arena, what: str) -> None:
    arena.require_namespaces()
    control = await looked_alone(arena)
    _, looked = await in_turn(arena, leaving(ALL_OF_IT[what]), LOOKING)
    assert seen(looked) == control
