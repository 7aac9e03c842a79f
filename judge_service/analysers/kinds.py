"""The kinds of items that the judge gives to its workers."""

import struct
from collections.abc import Sequence
from enum import StrEnum

_LENGTH = struct.Struct(">I")


class Analysis(StrEnum):
    """What is done with a source. Each is an item of its own, so that what one of them kills leaves the others."""

    SOURCE = "source"
    """What the rpc Analyse is to say, for its request: an executor_pb2.Analysis."""
    SECURITY = "security"
    STRUCTURE = "structure"
    LINT = "lint"
    """Of several sources in one item: ruff's start costs more than ten sources do."""
    NORMALISED = "normalised"


def packed(sources: Sequence[bytes]) -> bytes:
    """Several sources as one payload."""
    return b"".join(_LENGTH.pack(len(source)) + source for source in sources)


def unpacked(payload: bytes) -> list[bytes]:
    """The sources of a payload."""
    sources, at = [], 0
    while at < len(payload):
        (length,) = _LENGTH.unpack_from(payload, at)
        at += _LENGTH.size + length
        sources.append(payload[at - length : at])
    return sources
