"""The `local` isolation's forking server: one warm process on the host that starts a runner per attempt.

It speaks packets with the executor over a socket: the size of a /tmp, with the runner's stream as a descriptor, is
answered by its pid; later comes the pid's exit. What the host allows is tried at the start, and said in the first:

    namespaces   root: all namespaces, a root of read-only binds, and uids of their own for conductor and attempt
    nested       not root: the same namespaces, one uid, and for each process of the attempt a pid namespace inside
    rlimits      no user namespaces: a plain process with resource limits
"""

import contextlib
import json
import os
import select
import signal
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import replace

from executor_service.runner import supervisor
from executor_service.runner.system import kernel, namespaces
from executor_service.runner.system.forked import status_of
from executor_service.runner.system.roles import Confinement, Role

_PACKET_BYTES = 64 * 1024
_NOBODY = 65534

_NO_CGROUP = "no memory cgroup: memory and processes are bounded per process only"
_NO_SECCOMP = "no seccomp filter"
_ONE_UID = "conductor and attempt share a uid, told apart by nested namespaces"
_NO_NAMESPACES = "no namespaces: the attempt sees the host's files, processes and network"
_SAME_UID = "conductor and attempt share a uid: an attempt can end its own grading"

LEVELS = {
    "namespaces": Confinement(limit_processes=True, degradations=(_NO_CGROUP, _NO_SECCOMP)),
    "nested": Confinement(
        conductor_uid=None,
        role_uids=None,
        kill_by_uid=False,
        nested=True,
        limit_processes=True,
        degradations=(_NO_CGROUP, _NO_SECCOMP, _ONE_UID),
    ),
    "rlimits": Confinement(
        conductor_uid=None,
        role_uids=None,
        kill_by_uid=False,
        own_pids=False,
        limit_processes=False,  # the limit counts every process of the user, the caller's own included
        degradations=(_NO_CGROUP, _NO_SECCOMP, _NO_NAMESPACES, _SAME_UID),
    ),
}


def main(socket_fd: int) -> None:
    """Serves until the socket closes, then takes every runner with it."""
    control = socket.socket(fileno=socket_fd)
    kernel.become_subreaper()
    level = _best_level()
    control.send(json.dumps({"degradations": LEVELS[level].degradations}).encode())
    server = _Launcher(control, level)
    try:
        server.serve()
    finally:
        server.kill_all()


def _best_level() -> str:
    """The first level whose namespaces can be entered here."""
    for level in ("namespaces", "nested") if os.geteuid() == 0 else ("nested",):
        pid = namespaces.fork_into(level, lambda: 0, tmpfs_bytes=1 << 20)
        if pid and status_of(pid) == 0:
            return level
    return "rlimits"


class _Launcher:
    def __init__(self, control: socket.socket, level: str) -> None:
        self._control = control
        self._level = level
        self._runners: set[int] = set()

    def serve(self) -> None:
        wake_r, wake_w = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake_w, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        poll = select.poll()
        poll.register(wake_r, select.POLLIN)
        poll.register(self._control, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == wake_r:
                    with contextlib.suppress(BlockingIOError):
                        os.read(wake_r, 4096)
                    self._reap()
                elif not self._serve_request():
                    return

    def _serve_request(self) -> bool:
        try:
            data, fds, _, _ = socket.recv_fds(self._control, _PACKET_BYTES, 1)
        except ConnectionResetError:  # the executor left without reading our last packet
            return False
        if not data:
            return False
        pid = self._spawn(fds[0], tmpfs_bytes=int(data))
        os.close(fds[0])
        self._runners.add(pid)
        self._control.send(json.dumps({"pid": pid}).encode())
        return True

    def _spawn(self, stream_fd: int, tmpfs_bytes: int) -> int:
        def run() -> int:
            self._control.close()
            signal.set_wakeup_fd(-1)
            return _run(LEVELS[self._level], stream_fd, stream_fd)

        return namespaces.fork_into(self._level, run, tmpfs_bytes)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._runners:
                self._runners.discard(pid)
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # executor gone: serve() ends
                    self._control.send(json.dumps({"exited": pid, "status": status}).encode())

    def kill_all(self) -> None:
        for pid in self._runners:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _run(confinement: Confinement, stdin_fd: int, stdout_fd: int) -> int:
    """The runner's life; its exit status."""
    if confinement.role_uids is None and os.geteuid() == 0 and not confinement.nested:
        # Root without namespaces: the attempt at least does not stay root.
        confinement = replace(confinement, role_uids=dict.fromkeys(Role, _NOBODY))
    kernel.become_subreaper()
    with _folder(confinement) as folder:
        supervisor.main(stdin_fd, stdout_fd, replace(confinement, folder=folder))
    return 0


@contextlib.contextmanager
def _folder(confinement: Confinement) -> Iterator[str]:
    """Where its roles work: of a host's /tmp a part of its own."""
    if confinement.own_pids:
        yield confinement.folder
        return
    with tempfile.TemporaryDirectory(prefix="codearena-sandbox-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o1777)  # each role makes its own in there
        yield folder
