"""What service, launcher and workers say to each other.

Service and launcher: JSON over a SOCK_SEQPACKET socket pair, one object a packet.

    launcher -> service, once    {"ready": true}
    service -> launcher          a Start, with one end of a stream socket (SCM_RIGHTS)
    service -> launcher          {"kill": id}
    launcher -> service          a Gone: the worker and all of its process group are gone

When the service's end closes, the launcher kills every worker and ends.

Service and worker: over that stream socket an item is a head (ITEM), its kind, a line feed, and the payload; an answer
is any number of parts, each a head (PART) and its bytes, until one that is not MORE.
"""

import json
import signal
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypedDict, cast, final

PACKET_BYTES = 4096
"""Upper bound of a packet: they carry numbers only."""
ITEM = struct.Struct(">Id")
"""Length, and the CPU seconds that the item may take."""
_LENGTH = struct.Struct(">I")
PART = struct.Struct(">IBd")
"""Length, state, and CPU seconds that the item has taken so far, those of processes it waited for included."""

_CPU_SIGNALS = (-signal.SIGPROF, -signal.SIGXCPU)


class State(IntEnum):
    """What follows a part. LEAVING: nothing, and the worker takes no further item."""

    MORE = 0
    DONE = 1
    LEAVING = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on a worker.

    cpu_s: for one item, enforced by the kernel; wall_s: for one item; memory_bytes: address space; answer_bytes: of one
    answer, and of any file that the worker writes; items: after which it is replaced; may_start: whether it may start
    processes, which share its limits, but for CPU time: each of them may take as much, in whole seconds.
    """

    cpu_s: float
    wall_s: float
    memory_bytes: int
    answer_bytes: int = 1024 * 1024
    items: int = 64
    may_start: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How the work on an item ended.

    exit_status: 0: the answer is whole; else the worker ended: its status, or minus the signal that killed it.
    timed_out: we killed it, the wall time was over. answer: as far as it goes. cpu_s: by the worker's word, unless it
    ended.
    """

    exit_status: int
    timed_out: bool
    answer: bytes
    cpu_s: float

    @property
    def at_cpu_limit(self) -> bool:
        """Whether the kernel ended the worker because the item took more CPU time than it may."""
        return self.exit_status in _CPU_SIGNALS and not self.timed_out


@final
class Start(TypedDict):
    """Fork a worker. limits: the fields of Limits."""

    id: int
    limits: dict[str, Any]


@final
class Kill(TypedDict):
    """End a worker and all that it started; it is reported like any other."""

    kill: int


@final
class Gone(TypedDict):
    """A worker ended. status: as of waitpid(2); cpu_s: user and system time, of what it waited for too."""

    id: int
    status: int
    cpu_s: float


@final
class Ready(TypedDict):
    """What the work needs is imported."""

    ready: bool


def pack(packet: Start | Kill | Gone | Ready) -> bytes:
    return json.dumps(packet).encode()


def unpack_request(data: bytes) -> Start | Kill:
    """What the launcher receives. Both ends are ours: no validation."""
    return cast(Start | Kill, json.loads(data))


def unpack_report(data: bytes) -> Gone | Ready:
    """What the service receives."""
    return cast(Gone | Ready, json.loads(data))


def packed(parts: Iterable[bytes]) -> bytes:
    """Several parts as one payload."""
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def unpacked(payload: bytes) -> list[bytes]:
    """The parts of a payload."""
    parts, at = [], 0
    while at < len(payload):
        (length,) = _LENGTH.unpack_from(payload, at)
        at += _LENGTH.size + length
        parts.append(payload[at - length : at])
    return parts


def receive(channel: socket.socket, size: int) -> bytes:
    """So many bytes, or fewer if the other end closed."""
    data = bytearray()
    while len(data) < size and (chunk := channel.recv(size - len(data))):
        data += chunk
    return bytes(data)
