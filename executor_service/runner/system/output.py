"""What is kept of a stream: its head and its tail."""

import base64
from collections.abc import Mapping


class HeadTail:
    """Collects a stream of any length in bounded memory.

    keep_bytes: kept at most, half from the head and half from the tail; total_bytes: seen in all.
    """

    def __init__(self, keep_bytes: int) -> None:
        self._head_bytes = keep_bytes - keep_bytes // 2
        self._tail_bytes = keep_bytes // 2
        self._head = bytearray()
        self._tail = bytearray()
        self.total_bytes = 0

    def feed(self, data: bytes) -> None:
        self.total_bytes += len(data)
        room = self._head_bytes - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > self._tail_bytes:
            del self._tail[: len(self._tail) - self._tail_bytes]

    def to_json(self) -> Mapping[str, object]:
        """The OUTPUT object of a report; head and tail are one where nothing was dropped."""
        truncated = self.total_bytes > len(self._head) + len(self._tail)
        head, tail = (self._head, self._tail) if truncated else (self._head + self._tail, b"")
        return {
            "head": base64.b64encode(head).decode("ascii"),
            "tail": base64.b64encode(tail).decode("ascii"),
            "truncated": truncated,
            "total_bytes": self.total_bytes,
        }
