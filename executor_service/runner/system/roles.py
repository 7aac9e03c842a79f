"""Who is who inside the sandbox: one uid for each role, and how a process becomes one.

The supervisor (PID 1) stays uid 0 with the capabilities SETUID, SETGID and KILL. It never sees a workload, so that
nothing forked from it carries inputs, the reference or another role's data in its memory. The conductor holds the
workload and runs as a uid of its own, which no other role can signal, trace or read.
"""

import contextlib
import itertools
import os
import resource
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from executor_service.runner.system import packages

CONDUCTOR_UID = 10000
GIVES_WAY = 19
"""The most that a process can be told to give way by (nice(2))."""


class Role(StrEnum):
    """A kind of process that the supervisor forks on request."""

    REFERENCE = "reference"
    ATTEMPT = "attempt"
    REFEREE = "referee"


UIDS = {Role.REFERENCE: 10002, Role.ATTEMPT: 10003, Role.REFEREE: 10004}

_FILE_BYTES = 64 * 1024 * 1024
_OPEN_FILES = 256
_BASE_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/tmp",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True)
class ProcessLimits:
    """The kernel's bounds on one process.

    memory_bytes: address space beyond that of the fresh process; cpu_s: CPU time;
    processes: bound on the role's processes and threads, None where a cgroup bounds them.
    """

    memory_bytes: int
    cpu_s: int
    processes: int | None


@dataclass(frozen=True)
class Confinement:
    """How far this runner can confine.

    conductor_uid, role_uids: whom to become; None: stay who we are.
    kill_by_uid: a role's uid is used by nothing else that this runner can see, so a role is killed by its uid.
    own_pids: the runner is PID 1 of a namespace, so that /proc lists its processes and no others.
    nested: each process gets user and pid namespaces of its own, where uids cannot tell them apart.
    limit_processes: bound processes by rlimit, because no cgroup does.
    cpu_counter: descriptor of the CPU time that a control group of this sandbox's own counts, see meter.py.
    nice: what the roles' processes give way by: where the control group has a share of the cores of its own, to the
        runner and to nobody else, so that a crowd of them does not keep it from ending them.
    folder: where each role has its work folder; nobody but this runner writes there.
    supervisor_pid: as the conductor sees it.
    degradations: what is missing from the full isolation, in words.
    """

    conductor_uid: int | None = CONDUCTOR_UID
    role_uids: Mapping[Role, int] | None = field(default_factory=lambda: UIDS)
    kill_by_uid: bool = True
    own_pids: bool = True
    nested: bool = False
    limit_processes: bool = False
    cpu_counter: int | None = None
    nice: int = 0
    folder: str = "/tmp"
    supervisor_pid: int = 1
    degradations: tuple[str, ...] = ()

    @property
    def uids(self) -> list[int]:
        """Of all roles and the conductor, where they have some of their own."""
        return [uid for uid in (self.conductor_uid, *(self.role_uids or {}).values()) if uid is not None]


def with_other_uids(confinement: Confinement) -> Confinement:
    """The same with other uids, where roles have some: what the kernel keeps by a uid is not for who follows."""
    next_uid = itertools.count(max(confinement.uids) + 1)
    return replace(confinement, conductor_uid=next(next_uid), role_uids={role: next(next_uid) for role in Role})


def switch_uid(uid: int) -> None:
    """Becomes `uid` and the group of the same number for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def work_folder(role: Role, confinement: Confinement) -> str:
    """Where a process of the role starts, unless somebody has taken the name."""
    return f"{confinement.folder}/{role}"


def confine(role: Role, confinement: Confinement) -> None:
    """Turns a fresh fork of the supervisor into a process of the role: uid, environment, work folder.

    Its descriptors must be in place already. Irreversible.
    """
    os.setsid()
    os.nice(confinement.nice)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    # When the cgroup is out of memory the kernel must pick the attempt, never the supervisor or conductor.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    if confinement.role_uids is not None:
        switch_uid(confinement.role_uids[role])
    os.umask(0o077)
    os.environ.clear()
    os.environ.update(_BASE_ENVIRONMENT | packages.environment())
    folder = work_folder(role, confinement)
    if role is Role.REFEREE:  # the attempt may have been here before, and must not know where that one will write
        folder += f"-{os.urandom(8).hex()}"
    with contextlib.suppress(OSError):  # there already, or squatted: then the work folder is the root
        os.mkdir(folder)
    try:
        os.chdir(folder)
    except OSError:
        os.chdir("/")


def limit(wanted: ProcessLimits) -> None:
    """Sets this process's limits for good. To be called before it runs anything that is not ours."""
    with open("/proc/self/statm") as file:
        own_bytes = int(file.read().split()[0]) * resource.getpagesize()
    limits = {
        resource.RLIMIT_AS: own_bytes + wanted.memory_bytes,
        resource.RLIMIT_CPU: wanted.cpu_s,
        resource.RLIMIT_FSIZE: _FILE_BYTES,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    if wanted.processes is not None:
        limits[resource.RLIMIT_NPROC] = wanted.processes
    for limit, value in limits.items():
        hard = resource.getrlimit(limit)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (bound, bound))
