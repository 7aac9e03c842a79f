"""PID 1 of the sandbox: forks, reaps and kills, and knows nothing of the workload.

It has pre-imported what attempts usually import, forks the conductor, and then serves the conductor's requests over a
socket: spawn a process of some role on given descriptors, or kill everything of a role. What it says of a process's end
(wait status, CPU time, peak memory) is what the kernel told it.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from executor_service.runner import conductor, worker
from executor_service.runner.system import kernel, leftovers, witness
from executor_service.runner.system.forked import end_with
from executor_service.runner.system.roles import Confinement, Role, confine, switch_uid

_PACKET_BYTES = 64 * 1024
_KILL_AGAIN_S = 0.05  # the longest that a process which slipped through one round of killing lives
_NESTED = kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID
_INHERITED_FDS = 5
_WORKER_FDS = 6  # stdin, stdout, stderr, commands, results; and a page, where rules are kept

# What repairs of small programs import; every sandbox pays for it.
_WARM_MODULES = (
    *("abc", "ast", "base64", "bisect", "collections", "collections.abc", "contextlib", "copy", "dataclasses"),
    *("datetime", "decimal", "enum", "fractions", "functools", "heapq", "inspect", "io", "itertools", "json", "math"),
    *("numbers", "operator", "os", "random", "re", "string", "struct", "sys", "time", "traceback", "types", "typing"),
)
# What some import, and what of ours some workloads need.
_SELDOM = ("hashlib", "pathlib", "shlex", "subprocess", "textwrap", "threading", "executor_service.runner.referee.main")


def warm_up(*, seldom: bool) -> None:
    """Imports what attempts usually import, so that each fork finds it ready; the collector stays off those pages.

    seldom: and what few of them import, which pays where many are forked from here.
    """
    for name in (*_WARM_MODULES, *(_SELDOM if seldom else ())):
        importlib.import_module(name)
    gc.freeze()
    gc.enable()


def main(stdin_fd: int, stdout_fd: int, confinement: Confinement) -> int:
    """Serves one workload from stdin to stdout; returns when the conductor is gone. The caller must then exit.

    Returns the conductor's wait status: not 0 if there can be no report.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    conductor_pid = os.fork()
    if conductor_pid == 0:
        ours.close()
        end_with(lambda: _conduct(theirs, stdin_fd, stdout_fd, confinement))
    theirs.close()
    with ours, contextlib.closing(_Supervisor(ours, conductor_pid, confinement)) as serving:
        return serving.serve()


def serve(control: socket.socket, confinement: Confinement) -> int:
    """The same for a conductor that is no child of this process; returns 0 when it has closed its end."""
    with control, contextlib.closing(_Supervisor(control, 0, confinement)) as serving:
        return serving.serve()


def _conduct(control: socket.socket, stdin_fd: int, stdout_fd: int, confinement: Confinement) -> int:
    if confinement.conductor_uid is not None:
        switch_uid(confinement.conductor_uid)
    kernel.make_unreadable()
    return conductor.main(control, stdin_fd, stdout_fd, confinement)


@dataclass(frozen=True)
class _Spawned:
    """A process that was asked for. number: by which the conductor knows it."""

    role: Role
    number: int


class _Supervisor:
    """conductor_pid: 0: it is no child of this process."""

    def __init__(self, control: socket.socket, conductor_pid: int, confinement: Confinement) -> None:
        self._control = control
        self._conductor_pid = conductor_pid
        self._confinement = confinement
        self._spawned: dict[int, _Spawned] = {}
        self._conductor_status: int | None = None
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing may interrupt PID 1 while it has a role's uid
        self._wake_r, self._wake_w = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._wake_w, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def close(self) -> None:
        signal.set_wakeup_fd(-1)
        os.close(self._wake_r)
        os.close(self._wake_w)

    def serve(self) -> int:
        """Until the conductor is gone; its wait status."""
        poll = select.poll()
        poll.register(self._wake_r, select.POLLIN)
        poll.register(self._control, select.POLLIN)
        while self._conductor_status is None:
            for fd, _ in poll.poll():
                if fd == self._wake_r:
                    self._reap()
                elif not self._serve_request():
                    if not self._conductor_pid:
                        return 0
                    poll.unregister(fd)  # its end follows
        return self._conductor_status

    def _serve_request(self) -> bool:
        try:
            data, fds, _, _ = socket.recv_fds(self._control, _PACKET_BYTES, _WORKER_FDS)
        except ConnectionResetError:  # the conductor left without reading our last packet
            return False
        if not data:
            return False
        request: dict[str, Any] = json.loads(data)
        if request["op"] == "spawn":
            self._spawn(request, fds)
        elif request["op"] == "last_pid":
            self._send({"last_pid": witness.last_pid() if self._confinement.own_pids else 0})
        else:
            self._kill(Role(request["role"]))
            self._send({"killed": request["role"]})
        return True

    def _send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died: serve() ends by its reaping
            self._control.send(json.dumps(message).encode())

    def _spawn(self, request: dict[str, Any], fds: list[int]) -> None:
        role = Role(request["role"])
        pid = kernel.fork_into(_NESTED) if self._confinement.nested else os.fork()
        if pid == 0:
            # It says so itself, so that the kernel tells the conductor its pid there.
            self._send({"spawned": request["number"]})
            end_with(lambda: _work(role, fds, self._confinement))
        for fd in fds:
            os.close(fd)
        self._spawned[pid] = _Spawned(role, request["number"])

    def _kill(self, role: Role) -> None:
        """Kills every process of the role and returns when the kernel has none of them left."""
        uids = self._confinement.role_uids
        while members := self._leaders(role) or self._left_behind(role):
            # One by one, for a process that was forked just now and has no uid of its own yet; then by uid.
            for pid in members:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if uids is not None and self._confinement.kill_by_uid:
                leftovers.kill_uid(uids[role])
            select.select([self._wake_r], [], [], _KILL_AGAIN_S)
            self._reap()

    def _leaders(self, role: Role) -> list[int]:
        """Pids spawned for the role."""
        found = [pid for pid, spawned in self._spawned.items() if spawned.role is role]
        return found if self._confinement.kill_by_uid else _with_descendants(found)

    def _left_behind(self, role: Role) -> list[int]:
        """Pids of what outlived those that were spawned for the role."""
        others = _processes({os.getpid(), self._conductor_pid, *self._spawned})
        if self._confinement.kill_by_uid and self._confinement.role_uids is not None:
            return [each.pid for each in others if each.uid == self._confinement.role_uids[role]]
        # Nested namespaces die with their first process. Without any, an orphan handed to us has no role to be told by:
        # it goes with whichever role is killed next.
        return [each.pid for each in others if each.parent == os.getpid()]

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_r, 4096)
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                return
            # Its clock stops with it, and is there until it is waited for; wait4 adds the children that it waited for.
            own_cpu_s = time.clock_gettime((~ended.si_pid << 3) | 2)
            pid, status, usage = os.wait4(ended.si_pid, 0)
            self._report(pid, status, usage, own_cpu_s)

    def _report(self, pid: int, status: int, usage: Any, own_cpu_s: float) -> None:
        if pid == self._conductor_pid:
            self._conductor_status = status
            return
        # Whatever else dies here outlived the process that started it and was handed to PID 1: its CPU time counts too.
        spawned = self._spawned.pop(pid, None)
        self._send(
            {
                "exited": spawned.number if spawned else 0,
                "status": status,
                "cpu_s": usage.ru_utime + usage.ru_stime,
                "own_cpu_s": own_cpu_s,
                "peak_memory_bytes": usage.ru_maxrss * 1024,
            }
        )


def _work(role: Role, fds: list[int], confinement: Confinement) -> int:
    signal.set_wakeup_fd(-1)
    # Above the targets first: a received descriptor may have the number of another one's target.
    high = [os.dup2(fd, 100 + index) for index, fd in enumerate(fds)]
    for target, fd in enumerate(high):
        os.dup2(fd, target, inheritable=target < _INHERITED_FDS)
    os.closerange(len(fds), 4096)
    confine(role, confinement)
    if role is Role.REFEREE:
        from executor_service.runner.referee import main as referee  # only test scripts have one

        return referee.main(command_fd=3, result_fd=4)
    return worker.main(command_fd=3, result_fd=4)


class _Process(NamedTuple):
    """uid: the real one."""

    pid: int
    parent: int
    uid: int


def _processes(but: Collection[int] = ()) -> Iterator[_Process]:
    """All that are there, zombies included, by /proc/PID/status (proc(5))."""
    for pid in [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]:
        if pid not in but:
            with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as file:
                status = dict(line.partition(":")[::2] for line in file)
                yield _Process(pid, int(status["PPid"]), int(status["Uid"].split()[0]))


def _with_descendants(roots: list[int]) -> list[int]:
    everything, found = list(_processes()), list(roots)
    for parent in found:  # which grows meanwhile
        found += [each.pid for each in everything if each.parent == parent]
    return found
