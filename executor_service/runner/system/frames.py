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


def read_exactly(fd: int, size: int) -> bytes | None:
    """`size` bytes from a blocking descriptor, or None if it ends before them."""
    chunks = []
    while size:
        chunk = os.read(fd, min(size, 1 << 20))
        if not chunk:
            return None
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def read_frame(fd: int, limit_bytes: int = WORKLOAD_BYTES) -> bytes | None:
    """The next frame's body from a blocking descriptor; None at the end.

    Raises:
        FrameError: the frame is longer than the limit.
    """
    header = read_exactly(fd, HEADER.size)
    if header is None:
        return None
    (length,) = HEADER.unpack(header)
    if length > limit_bytes:
        raise FrameError(f"a frame of {length} bytes")
    return read_exactly(fd, length)


def read_only_frame(fd: int) -> bytes | None:
    """As `read_frame`, from a writer that sends no more before it is answered: mostly one read instead of two."""
    data = os.read(fd, _READ_BYTES)
    if len(data) < HEADER.size:
        rest = read_exactly(fd, HEADER.size - len(data)) if data else None
        if rest is None:
            return None
        data += rest
    (length,) = HEADER.unpack_from(data)
    missing = HEADER.size + length - len(data)
    rest = read_exactly(fd, missing) if missing else b""
    return None if rest is None else data[HEADER.size :] + rest


class FrameBuffer:
    """Collects bytes as they come until one frame is whole.

    limit_bytes: longest body accepted; a longer one raises FrameError as soon as its length is known.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._data)

    def feed(self, data: bytes) -> bytes | None:
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
        body = bytes(self._data[HEADER.size : end])
        del self._data[:end]
        return body
