"""What is kept of a stream: its head and its tail."""

from executor_service.runner.report import Output


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

    def output(self) -> Output:
        """What a report says of it; head and tail are one where nothing was dropped."""
        truncated = self.total_bytes > len(self._head) + len(self._tail)
        head, tail = (self._head, self._tail) if truncated else (self._head + self._tail, b"")
        return Output(bytes(head), bytes(tail), truncated, self.total_bytes)
