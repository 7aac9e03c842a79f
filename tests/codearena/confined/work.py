"""What the workers of these tests run: each kind does one thing that some text may make a parser do."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from codearena.confined.worker import WornError

_CHANNEL = 3
_KEPT: list[bytes] = []


def warm_up() -> None:
    """Nothing is to be imported."""


def work(kind: str, payload: bytes) -> Iterator[bytes]:
    yield from _KINDS[kind](payload)


def _worn(payload: bytes) -> Iterator[bytes]:
    yield str(os.getpid()).encode()
    raise WornError


def _raise(payload: bytes) -> Iterator[bytes]:
    yield b"part"
    raise ValueError


def _exit(payload: bytes) -> Iterator[bytes]:
    os._exit(0)
    yield b""


def _spin(payload: bytes) -> Iterator[bytes]:
    yield payload
    while True:
        pass


def _burn(payload: bytes) -> Iterator[bytes]:
    until_s = time.process_time() + float(payload)
    while time.process_time() < until_s:
        pass
    yield b"burnt"


def _sleep(payload: bytes) -> Iterator[bytes]:
    time.sleep(600)
    yield b""


def _grow(payload: bytes) -> Iterator[bytes]:
    _KEPT.append(b"x" * int(payload))
    yield b"grown"


def _nonsense(payload: bytes) -> Iterator[bytes]:
    os.write(_CHANNEL, b"\xff" * 64)
    time.sleep(600)
    yield b""


def _start(payload: bytes) -> Iterator[bytes]:
    try:
        yield subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True).stdout
    except OSError:
        yield b"refused"


def _leave(payload: bytes) -> Iterator[bytes]:
    """The pid of a process that is left behind."""
    yield str(subprocess.Popen(["sleep", "600"]).pid).encode()


def _thread(payload: bytes) -> Iterator[bytes]:
    """The worker's pid, which has another thread from now on."""
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    yield str(os.getpid()).encode()


def _write(payload: bytes) -> Iterator[bytes]:
    file = os.memfd_create("x")
    yield str(os.write(file, bytes(int(payload)))).encode()
    os.close(file)


_KINDS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "echo": lambda payload: iter([payload]),
    "pid": lambda payload: iter([str(os.getpid()).encode()]),
    "parts": lambda payload: iter([b"first ", b"second"]),
    "say": lambda payload: iter([b"x" * int(payload)]),
    "environment": lambda payload: iter([repr(dict(os.environ)).encode()]),
    "files": lambda payload: iter([" ".join(file.name for file in Path("/proc/self/fd").iterdir()).encode()]),
    "worn": _worn,
    "raise": _raise,
    "exit": _exit,
    "spin": _spin,
    "sleep": _sleep,
    "burn": _burn,
    "grow": _grow,
    "nonsense": _nonsense,
    "start": _start,
    "leave": _leave,
    "thread": _thread,
    "write": _write,
}
