"""What the deployment holds of the machine: memory, descriptors, processes, namespaces, files, containers, Redis."""

import asyncio
import contextlib
import ctypes
import os
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis

from benchmarks.soak.deployment import Deployment
from executor_service.isolation import owner
from tests.executor_service.images import engine

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
_NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")
_GROUPS = Path("/sys/fs/cgroup")
_LOOPBACK = "lo"


@dataclass(frozen=True)
class Held:
    """At one moment. at: epoch seconds; memory: resident bytes, by name of a replica that is never killed; so files,
    its open descriptors, and threads.

    processes: all that descend from ours; orphans: those whose parent has ended, and that are nobody's. namespaces:
    others than ours; temporary: files; containers: of our executors, living and dead; groups: control groups of
    containers that are gone. cpu_s: of each replica that runs, and of Redis, with all that they have started and that
    did not lose its parent.
    """

    at: float
    memory: dict[str, int]
    files: dict[str, int]
    threads: dict[str, int]
    processes: int
    orphans: int
    namespaces: int
    temporary: int
    containers: int
    groups: int
    cpu_s: dict[str, float]
    redis_keys: int
    redis_bytes: int
    loopback_bytes: int


class Resources:
    """Takes samples. From when it is made, what has lost its parent becomes a child of this process."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._identities: set[str] = set()
        self._containers: set[str] = set()
        self.samples: list[Held] = []
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")

    async def watch(self, every_s: float) -> None:
        """Samples until it is cancelled."""
        while True:
            self.samples.append(await asyncio.to_thread(self.sample))
            await asyncio.sleep(every_s)

    def sample(self) -> Held:
        """Now."""
        services = {name: service for name, service in self._deployment.services.items() if service.is_running}
        self._identities |= {
            identity for service in services.values() if (identity := owner.process_identity(service.pid))
        }
        spared = {name: psutil.Process(service.pid) for name, service in services.items() if name.endswith("-1")}
        orphans = self._orphans()
        children = psutil.Process().children(recursive=True)
        keys, used, redis_cpu_s = self._redis()
        containers = self._listed()
        return Held(
            time.time(),
            {name: process.memory_info().rss for name, process in spared.items()},
            {name: process.num_fds() for name, process in spared.items()},
            {name: process.num_threads() for name, process in spared.items()},
            len(children),
            orphans,
            _namespaces(children),
            sum(1 for _ in self._deployment.temporary.rglob("*")),
            len(containers),
            sum(bool(list(_GROUPS.glob(f"*/docker/{gone}"))) for gone in self._containers - containers),
            {**{name: _cpu_s(service.pid) for name, service in services.items()}, "redis": redis_cpu_s},
            keys,
            used,
            psutil.net_io_counters(pernic=True)[_LOOPBACK].bytes_sent,
        )

    def _redis(self) -> tuple[int, int, float]:
        """Its keys, bytes and CPU time."""
        with (
            contextlib.suppress(redis.RedisError),
            self._deployment.redis.client() as client,
        ):  # it may be down just now
            info: dict[str, float] = client.info()  # type: ignore[assignment]
            return int(client.dbsize()), int(info["used_memory"]), info["used_cpu_sys"] + info["used_cpu_user"]  # type: ignore[arg-type]
        return 0, 0, 0.0

    def _orphans(self) -> int:
        """Processes that have come to us, less those that have ended since, of which we take leave."""
        ours = {service.pid for service in self._deployment.services.values() if service.started}
        left = 0
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.NoSuchProcess, ChildProcessError):
                if child.pid in ours or "redis" in child.name():
                    continue
                if child.status() == psutil.STATUS_ZOMBIE:
                    os.waitpid(child.pid, os.WNOHANG)
                else:
                    left += 1
        return left

    def _listed(self) -> set[str]:
        found = engine()
        if isinstance(found, str):
            return set()
        listed = found.containers(all=True, filters={"label": [f"{owner.ROLE_LABEL}={owner.ROLE}"]})
        ours = {each["Id"] for each in listed if each["Labels"].get(owner.PROCESS_LABEL) in self._identities}
        self._containers |= ours
        return ours


def _cpu_s(pid: int) -> float:
    """Of a process and all below it, those that have ended and were waited for included (proc(5))."""
    spent = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                spent += sum(each.cpu_times()[:4])
    return spent


def _namespaces(processes: list[psutil.Process]) -> int:
    """How many there are, of all kinds, that are not the ones we are in."""
    ours, found = _namespaces_of("self"), set[str]()
    for process in processes:
        found |= _namespaces_of(str(process.pid)) - ours
    return len(found)


def _namespaces_of(pid: str) -> set[str]:
    found = set[str]()
    for name in _NAMESPACES:
        with contextlib.suppress(OSError):  # it has ended
            found.add(str(Path(f"/proc/{pid}/ns/{name}").readlink()))
    return found
