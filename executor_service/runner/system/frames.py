"""Length-prefixed frames, as spoken on every pipe of the runner: 4 bytes big-endian length, then the body."""

import json
import os
import struct
from typing import Any

HEADER = struct.Struct(">I")
_READ_BYTES = 64 * 1024
_encoded = json.JSONEncoder(separators=(",", ":")).encode  # json.dumps makes an encoder for every text
WORKLOAD_BYTES = 64 * 1024 * 1024
"""Longest frame read from the executor."""


class FrameError(ValueError):
    """The other side sent what is no frame, or one beyond the limit."""


def pack(body: bytes) -> bytes:
    return HEADER.pack(len(body)) + body


def pack_json(message: Any) -> bytes:
    return pack(_encoded(message).encode("ascii"))


def write_all(fd: int, data: bytes) -> None:
    """Writes everything to a blocking descriptor."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


class FrameBuffer:
    """Collects bytes as they come until one frame is whole.

    limit_bytes: longest body accepted; a longer one raises FrameError as soon as its length is known.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._data)

    def feed(self, data: bytes | memoryview) -> bytes | None:
        """Adds `data`; returns the frame's body once it is whole, keeping what follows it."""
        self._data += data
        if len(self._data) < HEADER.size:
            return None
        (length,) = HEADER.unpack_from(self._data)
        if length > self._limit_bytes:
            raise FrameError(f"a frame of {length} bytes")
        end = HEADER.size + length
        if len(self._data) < end:
            return None
        body = bytes(memoryview(self._data)[HEADER.size : end])
        del self._data[:end]
        return body


def read_frame(fd: int, limit_bytes: int = WORKLOAD_BYTES) -> bytes | None:
    """The next frame's body from a blocking descriptor, whose writer sends no more before it is answered.

    None at the end. Raises FrameError: the frame is longer than the limit.
    """
    buffer = FrameBuffer(limit_bytes)
    while data := os.read(fd, _READ_BYTES):
        if (body := buffer.feed(data)) is not None:
            return body
    return None
