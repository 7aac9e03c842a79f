"""Against a real engine: attempts take turns in one container, and nothing of one is there for the next."""

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import docker
import pytest

from executor_service import codec, reports
from executor_service.isolation.base import Sandbox, SandboxLostError
from executor_service.isolation.cell import CellIsolation
from executor_service.settings import MIB, Settings
from tests.executor_service import workloads
from tests.executor_service.images import require_engine, runner_image
from tests.integration.waiting import until

pytestmark = pytest.mark.docker

HONEST = "def f(x): return x + 1"
LEAVES_ALL_IT_CAN = """
import os, socket
kept = []
def f(x):
    done = []
    for folder in ('/tmp', '/dev/shm', '/dev/mqueue', '/dev', '/sys', '/proc', '/', '/run', '/var/tmp', '/etc'):
        try:
            with open(folder + '/codearena-left', 'wb') as file:
                file.write(b'x' * 2 ** 16)
            done.append(folder)
        except OSError:
            pass
    kept.append(socket.socket(socket.AF_UNIX))
    kept[0].bind(b'\\0codearena-left')
    if os.fork() == 0:
        os.setsid()
        import time
        time.sleep(60)
    return done
"""
LOOKS = """
import os, socket
def f(x):
    found = []
    for folder in ('/tmp', '/dev/shm', '/dev/mqueue', '/dev', '/dev/pts', '/sys', '/sys/fs/cgroup', '/', '/run'):
        try:
            found += [folder + '/' + name for name in os.listdir(folder) if 'left' in name]
        except OSError:
            pass
    try:
        socket.socket(socket.AF_UNIX).connect(b'\\0codearena-left')
        found.append('socket')
    except OSError:
        pass
    for entry in open('/proc/net/unix').readlines()[1:]:
        found += ['unix'] if 'left' in entry else []
    pids = [pid for pid in os.listdir('/proc') if pid.isdigit()]
    return [found, len(pids) <= 3]
"""
COUNTERS = """
import os
def f(x):
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk('/sys') for name in names)
"""
RUNS_OUT_OF_MEMORY = """
import os
def f(x):
    for _ in range(8):
        if os.fork() == 0:
            break
    hoard = bytearray(100_000_000)
    for at in range(0, len(hoard), 4096):
        hoard[at] = 1
    os.wait()
"""


async def made(spread: Callable[[], float] = lambda: 0.0, **changes: object) -> CellIsolation:
    settings = Settings(image=runner_image(), memory_bytes=128 * MIB, **changes)  # type: ignore[arg-type]
    isolation = CellIsolation(settings, spread=spread)
    await isolation.start()
    return isolation


@pytest.fixture
def client() -> docker.APIClient:
    return require_engine()


@pytest.fixture
async def isolation(client: docker.APIClient) -> AsyncIterator[CellIsolation]:
    isolation = await made()
    yield isolation
    await isolation.close()


def container_of(sandbox: Sandbox) -> str:
    return sandbox.sandbox_id.partition("/")[0]


def exists(client: docker.APIClient, container_id: str) -> bool:
    return any(entry["Id"] == container_id for entry in client.containers(all=True))


async def ask(sandbox: Sandbox, source: str) -> object:
    """What f returned in one attempt."""
    workload = workloads.workload(
        source, [workloads.call("f", 1)], bounds=workloads.limits(call_cpu_s=5, call_wall_s=10)
    )
    value = reports.decode_report(await sandbox.run(codec.encode_workload(workload), 60), workload).calls[0].value.json
    return json.loads(value) if value else None


def namespaces(pid: int) -> set[str]:
    return {str(Path(f"/proc/{pid}/ns/{kind}").readlink()) for kind in ("user", "pid", "mnt", "net", "ipc", "uts")}


async def turn(isolation: CellIsolation, source: str = HONEST) -> tuple[str, object]:
    """One attempt from its lease to its end: the container it was in, and what f returned."""
    sandbox = await isolation.create()
    try:
        return container_of(sandbox), await ask(sandbox, source)
    finally:
        await sandbox.destroy()


async def test_attempts_take_turns_in_one_container_and_each_has_an_id_of_its_own(isolation: CellIsolation) -> None:
    ids = []
    for _ in range(3):
        sandbox = await isolation.create()
        ids.append(sandbox.sandbox_id)
        assert await ask(sandbox, HONEST) == 2
        await sandbox.destroy()
    assert len(set(ids)) == 3
    assert len({each.partition("/")[0] for each in ids}) == 1


async def test_nothing_that_an_attempt_left_is_there_for_the_next(isolation: CellIsolation) -> None:
    first, wrote = await turn(isolation, LEAVES_ALL_IT_CAN)
    assert wrote == ["/tmp", "/dev/shm"]
    assert await turn(isolation, LOOKS) == (first, [[], True])


async def test_no_counter_tells_of_an_earlier_attempt(isolation: CellIsolation) -> None:
    _, files = await turn(isolation, COUNTERS)
    assert isinstance(files, list)
    assert [Path(file).name for file in files] in (["memory.oom_control"], ["memory.events"])


@pytest.mark.skipif(os.geteuid() != 0, reason="looks at other users' processes")
async def test_the_attempt_shares_no_namespace_with_the_processes_that_stay(
    isolation: CellIsolation, client: docker.APIClient
) -> None:
    sandbox = await isolation.create()
    first = int(client.inspect_container(container_of(sandbox))["State"]["Pid"])
    pids = {int(row[0]) for row in client.top(container_of(sandbox), "-eo pid")["Processes"]}
    stay = {pid for pid in pids if namespaces(pid) == namespaces(first)}
    assert len(stay) == 2  # and the conductor
    assert pids - stay
    assert all(namespaces(first).isdisjoint(namespaces(pid)) for pid in pids - stay)
    await sandbox.destroy()


async def test_a_container_is_replaced_after_so_many_attempts(client: docker.APIClient) -> None:
    isolation = await made(cell_attempts=2)
    containers = [(await turn(isolation))[0] for _ in range(3)]
    assert containers[0] == containers[1] != containers[2]
    assert not exists(client, containers[0])
    await isolation.close()


async def test_containers_that_began_together_are_replaced_one_after_the_other(client: docker.APIClient) -> None:
    spread = iter([0.0, 0.9, 0.0, 0.0])
    isolation = await made(lambda: next(spread), cell_attempts=4)
    sandboxes = [await isolation.create(), await isolation.create()]
    lasting, early = map(container_of, sandboxes)
    for _ in range(3):
        for sandbox in sandboxes:
            await ask(sandbox, HONEST)
            await sandbox.destroy()
        sandboxes = [await isolation.create() for _ in sandboxes]
    assert exists(client, lasting)
    assert not exists(client, early)
    for sandbox in sandboxes:
        await sandbox.destroy()
    await isolation.close()


async def test_a_container_is_replaced_at_an_age(client: docker.APIClient) -> None:
    isolation = await made(cell_age_s=1e-6)
    first, _ = await turn(isolation)
    second, _ = await turn(isolation)
    assert first != second
    assert not exists(client, first)
    await isolation.close()


async def test_no_turn_is_made_ready_in_a_container_that_grew_too_old_meanwhile(client: docker.APIClient) -> None:
    times = itertools.chain([0.0, 1.0], itertools.repeat(11.0))  # made, its turn over, and after it grew too old
    isolation = CellIsolation(Settings(image=runner_image(), cell_age_s=10), lambda: next(times), lambda: 0.0)
    await isolation.start()
    first, _ = await turn(isolation)
    second = await isolation.create()
    assert container_of(second) != first
    await second.destroy()
    await isolation.close()
    assert not exists(client, first)


async def test_a_container_without_a_report_is_not_used_again(
    isolation: CellIsolation, client: docker.APIClient
) -> None:
    sandbox = await isolation.create()
    with pytest.raises(SandboxLostError):
        await sandbox.run(codec.encode_workload(workloads.workload("while True: pass", [workloads.call("f", 1)])), 0.01)
    await sandbox.destroy()
    assert not exists(client, container_of(sandbox))


async def test_a_container_that_ran_out_of_memory_is_not_used_again(
    isolation: CellIsolation, client: docker.APIClient
) -> None:
    first, _ = await turn(isolation, RUNS_OUT_OF_MEMORY)
    second, value = await turn(isolation)
    assert (first != second, value) == (True, 2)
    assert not exists(client, first)


async def test_a_container_in_which_something_goes_on_running_is_not_used_again(
    isolation: CellIsolation, client: docker.APIClient
) -> None:
    sandbox = await isolation.create()
    other = client.exec_create(container_of(sandbox), ["python3", "-c", "import time; time.sleep(600)"])
    await asyncio.to_thread(client.exec_start, other["Id"], detach=True)
    assert await ask(sandbox, HONEST) == 2
    await sandbox.destroy()
    assert not exists(client, container_of(sandbox))


async def test_a_container_whose_memory_does_not_come_back_is_not_used_again(
    isolation: CellIsolation, client: docker.APIClient
) -> None:
    sandbox = await isolation.create()
    fill = client.exec_create(container_of(sandbox), ["dd", "if=/dev/zero", "of=/tmp/kept", "bs=1M", "count=16"])
    await asyncio.to_thread(client.exec_start, fill["Id"])
    assert await ask(sandbox, HONEST) == 2
    await sandbox.destroy()
    assert not exists(client, container_of(sandbox))


async def test_a_container_that_died_between_two_attempts_is_not_handed_out(
    isolation: CellIsolation, client: docker.APIClient
) -> None:
    first, _ = await turn(isolation)
    await asyncio.to_thread(client.kill, first)
    await asyncio.to_thread(client.wait, first)
    assert await until_turn(isolation, first) == 2


async def until_turn(isolation: CellIsolation, not_in: str) -> object:
    container, value = await turn(isolation)
    assert container != not_in
    return value


async def test_a_container_that_nobody_needs_ends(client: docker.APIClient) -> None:
    isolation = await made(cell_idle_s=0.01)
    first, _ = await turn(isolation)

    async def gone() -> bool:
        return not await asyncio.to_thread(exists, client, first)

    await until(gone, "the idle container is gone")
    await isolation.close()


async def test_closing_leaves_no_container(client: docker.APIClient) -> None:
    isolation = await made()
    first, _ = await turn(isolation)
    await isolation.close()
    assert not exists(client, first)
