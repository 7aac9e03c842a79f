"""The packets between judge and launcher: JSON over a SOCK_SEQPACKET socket pair, one object a packet.

    launcher -> judge, once      {"ready": true}
    judge -> launcher            {"id", "analysis", "cpu_s", "memory_bytes"} with two files: source, answer (SCM_RIGHTS)
    judge -> launcher            {"kill": id}
    launcher -> judge            {"id", "status", "cpu_s"}: the child and its whole process group are gone

When the judge's end closes, the launcher kills every child and ends.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TypedDict, cast, final

PACKET_BYTES = 4096
"""Upper bound of a packet: they carry numbers and names only."""
ANSWER_BYTES = 1024 * 1024
"""Upper bound of an answer, and of every file a child can write (RLIMIT_FSIZE)."""


class Analysis(StrEnum):
    """What a child does with its source: one child for each dimension, so that a death costs one dimension."""

    SECURITY = "security"
    QUALITY = "quality"
    NORMALISED = "normalised"


@final
class Start(TypedDict):
    """Fork a child."""

    id: int
    analysis: str
    cpu_s: int
    memory_bytes: int


@final
class Kill(TypedDict):
    """End a child and all it started; it is reported as ended like any other."""

    kill: int


@final
class Ended(TypedDict):
    """A child ended. status: as of waitpid(2); cpu_s: user and system time, of what it waited for too."""

    id: int
    status: int
    cpu_s: float


@final
class Ready(TypedDict):
    """The analysers are imported."""

    ready: bool


def pack(packet: Start | Kill | Ended | Ready) -> bytes:
    return json.dumps(packet).encode()


def unpack_request(data: bytes) -> Start | Kill:
    """What the launcher receives. Both ends are ours: no validation."""
    return cast(Start | Kill, json.loads(data))


def unpack_report(data: bytes) -> Ended | Ready:
    """What the judge receives."""
    return cast(Ended | Ready, json.loads(data))
