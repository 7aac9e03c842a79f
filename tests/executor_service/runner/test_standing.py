"""The conductor of a cell's container has forgotten an attempt before the next one comes."""

import contextlib
import gc
import json
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codearena.v1 import executor_pb2
from executor_service.codec import encode_workload
from executor_service.runner import standing, supervisor
from executor_service.runner.system import frames
from executor_service.runner.system.roles import Confinement
from tests.executor_service import workloads

PLAIN = Confinement(conductor_uid=None, role_uids=None, kill_by_uid=False, own_pids=False)
"""Without namespaces: what is looked at is the conductor's own memory."""


def telling(mark: str) -> executor_pb2.Workload:
    """The mark is in all that a conductor is told, and in what it hears."""
    source = f"import sys\ndef f(x, n=0):\n    print('{mark}', file=sys.stderr)\n    return x\n"
    call = workloads.call("f", mark, 7)
    workload = workloads.workload(source, [call, workloads.call("g", mark, call_id="c2")], reference=source)
    point = workloads.call("f", mark, 7, call_id="p1")
    workload.probe.append(executor_pb2.ProbePoint(size=7, call=point))
    workload.probe_cpu.FromMilliseconds(300)
    return workload


def held(needle: str) -> list[str]:
    """Texts and bytes with the needle that something in this process still refers to."""
    tracked = gc.get_objects()
    referred = [each for each in gc.get_referents(*tracked) if each is not needle]
    found: list[Any] = [each for each in referred if isinstance(each, str | bytes | bytearray)]
    texts = [each if isinstance(each, str) else bytes(each).decode("latin-1") for each in found]
    return [text[:200] for text in texts if needle in text]


class Container:
    """A standing conductor in a process of its own, which after each attempt says what it has not forgotten."""

    def __init__(self, folder: Path, forget: Callable[[], object]) -> None:
        self._confinement = replace(PLAIN, folder=str(folder))
        stdin_r, self._stdin = os.pipe()
        self._stdout, stdout_w = os.pipe()
        told_r, self._told = os.pipe()
        self._found, found_w = os.pipe()
        self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = os.fork()
        if self._pid:
            theirs.close()
            for fd in (stdin_r, stdout_w, told_r, found_w):
                os.close(fd)
            return
        self._link.close()

        def look() -> None:
            forget()
            needle = os.read(told_r, 100).decode()[::-1]
            os.write(found_w, json.dumps(held(needle)).encode() or b"[]")

        standing._forget = look
        try:
            standing._serve(theirs, stdin_r, stdout_w, self._confinement)
        finally:
            os._exit(0)

    def attempt(self) -> tuple[dict[str, Any], list[str], bytes]:
        """The report, what is remembered, and how it went."""
        mark = os.urandom(12).hex()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            theirs.close()
            supervisor.serve(ours, self._confinement)
            os._exit(0)
        ours.close()
        socket.send_fds(self._link, [str(pid).encode()], [theirs.fileno()])
        theirs.close()
        assert frames.read_frame(self._stdout)
        frames.write_all(self._stdin, frames.pack(encode_workload(telling(mark))))
        report = json.loads(frames.read_frame(self._stdout) or b"")
        os.write(self._told, mark[::-1].encode())
        found = json.loads(os.read(self._found, 1 << 16))
        os.waitpid(pid, 0)
        return report, found, self._link.recv(64)

    def close(self) -> None:
        """Ends it."""
        self._link.close()
        os.waitpid(self._pid, 0)
        for fd in (self._stdin, self._stdout, self._told, self._found):
            os.close(fd)


Make = Callable[[Callable[[], object]], Container]


@pytest.fixture
def containers(tmp_path: Path) -> Iterator[Make]:
    """Makes some."""
    with contextlib.ExitStack() as made:

        def make(forget: Callable[[], object]) -> Container:
            container = Container(tmp_path, forget)
            made.callback(container.close)
            return container

        yield make


def test_a_conductor_holds_on_to_nothing_of_an_attempt_and_to_no_descriptor(containers: Make) -> None:
    container = containers(standing._forget)
    for _ in range(3):
        report, found, status = container.attempt()
        assert report["calls"][0]["status"] == "returned", report
        assert report["probe"], report
        assert found == []
        assert status == b"0"


def test_whoever_holds_on_to_something_is_found_out(containers: Make) -> None:
    container = containers(lambda: None)
    _, found, _ = container.attempt()
    assert found


def test_a_conductor_that_keeps_a_descriptor_ends(containers: Make) -> None:
    container = containers(lambda: os.dup(0))
    *_, status = container.attempt()
    assert status not in (b"0", b"")
