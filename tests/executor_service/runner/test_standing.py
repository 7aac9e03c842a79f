"""The conductor of a cell's container serves one run and ends, so that nothing of it is there for the next."""

import json
import os
import socket
from dataclasses import replace
from pathlib import Path

from executor_service.codec import encode_workload
from executor_service.runner import standing, supervisor
from executor_service.runner.system import frames
from executor_service.runner.system.forked import LOST, end_with, status_of
from executor_service.runner.system.roles import Confinement
from tests.executor_service import workloads

PLAIN = Confinement(conductor_uid=None, role_uids=None, kill_by_uid=False, own_pids=False)
"""Without namespaces: what is looked at is the conductor alone."""


class Container:
    """A standing conductor in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._confinement = replace(PLAIN, folder=str(folder))
        stdin_r, self._stdin = os.pipe()
        self._stdout, stdout_w = os.pipe()
        self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = os.fork()
        if not self._pid:
            self._link.close()
            end_with(lambda: standing.serve(theirs, stdin_r, stdout_w, self._confinement))
        theirs.close()
        os.close(stdin_r)
        os.close(stdout_w)

    def begin(self) -> int:
        """Starts a supervisor and tells the conductor of it; its pid."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            theirs.close()
            end_with(lambda: supervisor.serve(ours, self._confinement))
        ours.close()
        with theirs:
            socket.send_fds(self._link, [str(pid).encode()], [theirs.fileno()])
        return pid

    def ask(self, body: bytes) -> bytes:
        """The answer to a workload; empty if there is none."""
        assert frames.read_frame(self._stdout)
        frames.write_all(self._stdin, frames.pack(body))
        return frames.read_frame(self._stdout) or b""

    def end(self) -> int:
        """Sends nothing more; the conductor's exit status."""
        for fd in (self._stdin, self._stdout):
            os.close(fd)
        self._link.close()
        return status_of(self._pid)


def test_a_conductor_ends_after_its_report_and_so_does_the_supervisor(tmp_path: Path) -> None:
    container = Container(tmp_path)
    pid = container.begin()
    report = json.loads(container.ask(encode_workload(workloads.workload("def f(): return 42"))))
    assert report["calls"][0]["value"] == "42"
    assert status_of(pid) == 0  # while everything is open yet on this side
    assert container.end() == 0


def test_a_conductor_that_is_told_of_no_run_ends_with_its_first_process(tmp_path: Path) -> None:
    assert Container(tmp_path).end() == 0


def test_a_conductor_that_fails_says_so_by_its_status(tmp_path: Path) -> None:
    container = Container(tmp_path)
    container.begin()
    assert container.ask(b"no workload") == b""
    assert container.end() == LOST
