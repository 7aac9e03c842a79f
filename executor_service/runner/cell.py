"""PID 1 of a container with the `cell` isolation: one attempt after the other, each in namespaces of its own.

It stays what it was at the start, a warm interpreter that has read nothing: the runner of each attempt is forked from
it into fresh user, pid, mount, net, ipc and uts namespaces, and speaks with the executor on the container's own
streams. Ready frame, workload, report, and all of it dies. Then the executor asks for the next by an empty frame.
Whenever it is not certain that nothing is left of the last attempt, this process ends, and the container with it.
"""

import os
import socket
from dataclasses import dataclass

from executor_service.runner import supervisor
from executor_service.runner.standing import StandingConductor
from executor_service.runner.system import frames, kernel, leftovers, namespaces
from executor_service.runner.system.forked import LOST, status_of
from executor_service.runner.system.leftovers import Container
from executor_service.runner.system.roles import GIVES_WAY, Confinement

FIRST_UID = 20000  # outside; inside it is root, and 10000 and the following are the roles
_UIDS = 20000
_FILTER = "/opt/codearena/seccomp.bpf"
_GROWTH_BYTES = 32 << 20  # of the conductor, whose pages are PID 1's until it writes to them


@dataclass(frozen=True)
class Tmpfs:
    """Bounds of the attempt's file systems in memory: /tmp and /dev/shm."""

    tmp_bytes: int
    tmp_inodes: int
    shm_bytes: int
    shm_inodes: int


def main(stdin_fd: int, stdout_fd: int, tmpfs: Tmpfs) -> int:
    """Serves until the executor hangs up or a doubt arises; returns the exit status."""
    with open(_FILTER, "rb") as file:
        program = file.read()
    conductor = StandingConductor(stdin_fd, stdout_fd, program)
    container = Container(ours=2, growth_bytes=_GROWTH_BYTES)
    while True:
        status = _serve_one(conductor, tmpfs, program)
        if status:
            return status
        # The next one is as blank as PID 1, and forked while the report is on its way.
        conductor = StandingConductor(stdin_fd, stdout_fd, program)
        if not container.settled() or frames.read_frame(stdin_fd, limit_bytes=0) is None:
            return 0


def _serve_one(conductor: StandingConductor, tmpfs: Tmpfs, program: bytes) -> int:
    """One attempt from its ready frame to the death of its namespaces; the exit status of what went wrong, else 0."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def run() -> int:
        theirs.close()
        _settle(tmpfs, program)
        return supervisor.serve(ours, Confinement(nice=GIVES_WAY))

    with ours, theirs:
        pid = namespaces.fork_apart(run, (FIRST_UID, _UIDS))
        if not pid:
            return LOST
        conductor.begin(theirs, pid)
    # The first process of a pid namespace is not reaped before the kernel has ended all others: pid_namespaces(7).
    return conductor.end() or status_of(pid)


def _settle(tmpfs: Tmpfs, program: bytes) -> None:
    """The first process of the new namespaces: root of its own, in a container that no attempt has been in."""
    os.setsid()
    namespaces.become_root()
    _furnish(tmpfs)
    kernel.keep_capabilities(namespaces.RUNNER_CAPABILITIES)
    kernel.forbid_new_privileges()
    kernel.filter_calls(program)


def _furnish(tmpfs: Tmpfs) -> None:
    """Covers all that can be written in the container, and all that tells of it; the root is read-only already."""
    hardened = kernel.MS_NOSUID | kernel.MS_NOEXEC
    shut = hardened | kernel.MS_NODEV
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    tmp = f"size={tmpfs.tmp_bytes},nr_inodes={tmpfs.tmp_inodes},mode=1777"
    kernel.mount("tmpfs", "/tmp", "tmpfs", shut, tmp)
    shm = f"size={tmpfs.shm_bytes},nr_inodes={tmpfs.shm_inodes},mode=1777"
    kernel.mount("tmpfs", "/dev/shm", "tmpfs", shut, shm)
    kernel.mount("devpts", "/dev/pts", "devpts", hardened, "newinstance,ptmxmode=0666,mode=0620")
    kernel.mount("tmpfs", "/dev/mqueue", "tmpfs", shut | kernel.MS_RDONLY, "size=4k")
    kernel.mount("proc", "/proc", "proc", shut)
    _cover_sys(shut)


def _cover_sys(shut: int) -> None:
    """The container's counters tell of earlier attempts. The one that tells why a process was killed is zero."""
    path = leftovers.oom_file()
    counter = os.open(path, os.O_PATH)
    kernel.mount("tmpfs", "/sys", "tmpfs", shut, "size=4k,mode=755")
    os.makedirs(os.path.dirname(path))
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    kernel.mount(f"/proc/self/fd/{counter}", path, "", kernel.MS_BIND)
    kernel.mount("none", "/sys", "", kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | shut)
    os.close(counter)
