"""Frames of workloads and reports over a byte stream: 4 bytes big-endian length, then the body.

The other end is a sandbox, so nothing it sends may hang us or fill our memory: a frame is accepted only when one is
expected, its length is checked before its body is kept, and any doubt closes the stream.
"""

import asyncio
import struct
from collections.abc import Callable, Iterator
from typing import cast

from executor_service.runner.system import frames
from executor_service.runner.system.frames import FrameError

REPORT_BYTES = 48 * 1024 * 1024
"""Longest report; below the 64 MiB that a gRPC message may have."""
HELLO_BYTES = 64 * 1024
"""Longest ready frame."""
STDERR_TAIL_BYTES = 2048
"""Kept of what the runner itself wrote to stderr, for our log."""

_DOCKER_HEADER = struct.Struct(">BxxxI")


class ChannelClosedError(Exception):
    """The stream ended before the frame was whole. corrupt: because of what it carried."""

    def __init__(self, reason: str, *, corrupt: bool = False) -> None:
        super().__init__(reason)
        self.corrupt = corrupt


class FrameDecoder:
    """Collects one frame at a time."""

    def __init__(self) -> None:
        self._expected: frames.FrameBuffer | None = None

    def expect(self, limit_bytes: int) -> None:
        """Allows the next frame, with a body of at most `limit_bytes`."""
        self._expected = frames.FrameBuffer(limit_bytes)

    def feed(self, data: bytes | memoryview) -> bytes | None:
        """Adds `data`; returns the body once it is whole, after which no frame is expected.

        Raises:
            FrameError: no frame is expected, it is too long, or more follows it.
        """
        if self._expected is None:
            raise FrameError("bytes that nobody asked for")
        body = self._expected.feed(data)
        if body is None:
            return None
        if len(self._expected):
            raise FrameError("bytes after the frame")
        self._expected = None
        return body


class Demultiplexer:
    """Splits the engine's attach stream: 8-byte headers (1 stdout, 2 stderr; length), then so many bytes.

    Payloads are passed on as they come, whatever length their header claims, so that none is ever collected here.
    https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
    """

    STDOUT = 1
    STDERR = 2

    def __init__(self) -> None:
        self._header = bytearray()
        self._stream = 0
        self._left = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, memoryview]]:
        """Yields (stream, payload part) for each part in `data`, in order.

        Raises:
            FrameError: a header names no stream of ours.
        """
        view = memoryview(data)
        while view:
            if not self._left:
                missing = _DOCKER_HEADER.size - len(self._header)
                self._header += view[:missing]
                view = view[missing:]
                if len(self._header) < _DOCKER_HEADER.size:
                    return
                self._stream, self._left = _DOCKER_HEADER.unpack(self._header)
                self._header.clear()
                if self._stream not in (self.STDOUT, self.STDERR):
                    raise FrameError(f"a header of stream {self._stream}")
            part, view = view[: self._left], view[self._left :]
            self._left -= len(part)
            if part:
                yield self._stream, part


class Channel(asyncio.Protocol):
    """One sandbox's stream on the event loop. multiplexed: the engine's headers are around the payload."""

    def __init__(self, *, multiplexed: bool) -> None:
        self._demultiplexer = Demultiplexer() if multiplexed else None
        self._decoder = FrameDecoder()
        self._transport: asyncio.Transport | None = None
        self._answer = self._expect(HELLO_BYTES)
        self._closed: ChannelClosedError | None = None
        self._on_closed: Callable[[], None] | None = None
        self._ended = asyncio.get_running_loop().create_future()
        self._stderr = bytearray()

    # -------------------------------------------------------------------------------------- for the owner

    @property
    def closed(self) -> ChannelClosedError | None:
        """Why the stream is over; None while it is open."""
        return self._closed

    @property
    def stderr_tail(self) -> str:
        """The end of what the runner wrote to stderr."""
        return self._stderr.decode("utf-8", "replace")

    def on_closed(self, callback: Callable[[], None]) -> None:
        """Calls `callback` once when the stream is over, soon if it is over already."""
        self._on_closed = callback
        if self._closed:
            asyncio.get_running_loop().call_soon(self._notify)

    async def receive(self) -> bytes:
        """The body of the frame that is expected: at first the ready frame, then the answer to what was sent.

        Raises:
            ChannelClosedError: the stream was over before it was whole.
        """
        return await asyncio.shield(self._answer)

    async def exchange(self, body: bytes, limit_bytes: int) -> bytes:
        """Sends one frame and returns the answer's body, of at most `limit_bytes`. Raises as `receive`."""
        if self._closed or not self._transport:
            raise self._closed or ChannelClosedError("not connected")
        self._answer = self._expect(limit_bytes)
        self._transport.writelines([frames.HEADER.pack(len(body)), body])
        return await self.receive()

    def send_end(self) -> None:
        """Says that nothing more is sent, to a runner that is to exit by itself."""
        if self._transport and not self._closed and self._transport.can_write_eof():
            self._transport.write_eof()

    def close(self) -> None:
        """Ends the stream at once: the runner sees its stdin close, and exits."""
        self._fail(ChannelClosedError("closed by us"))

    async def wait_ended(self, timeout_s: float) -> bool:
        """True if the other side has ended the stream within the time."""
        done, _ = await asyncio.wait([self._ended], timeout=timeout_s)
        return bool(done)

    # -------------------------------------------------------------------------------- for the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # not by isinstance: uvloop's derive from nothing
        if self._closed:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._closed:
            return
        try:
            self._accept(data)
        except FrameError as error:
            self._fail(ChannelClosedError(str(error), corrupt=True))

    def eof_received(self) -> bool:
        self._fail(ChannelClosedError("ended by the sandbox"))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(ChannelClosedError(f"connection lost: {exc}" if exc else "ended by the sandbox"))
        if not self._ended.done():
            self._ended.set_result(None)

    # -------------------------------------------------------------------------------------------- inside

    def _expect(self, limit_bytes: int) -> asyncio.Future[bytes]:
        self._decoder.expect(limit_bytes)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # may end with nobody waiting
        return answer

    def _accept(self, data: bytes) -> None:
        if self._demultiplexer is None:
            self._frame_bytes(data)
            return
        for stream, part in self._demultiplexer.feed(data):
            if stream == Demultiplexer.STDERR:
                self._stderr += part
                del self._stderr[:-STDERR_TAIL_BYTES]
            else:
                self._frame_bytes(part)

    def _frame_bytes(self, data: bytes | memoryview) -> None:
        body = self._decoder.feed(data)
        if body is not None and not self._answer.done():
            self._answer.set_result(body)

    def _fail(self, why: ChannelClosedError) -> None:
        if self._closed:
            return
        self._closed = why
        if self._transport:
            self._transport.abort()
        if not self._answer.done():
            self._answer.set_exception(why)
        self._notify()

    def _notify(self) -> None:
        callback, self._on_closed = self._on_closed, None
        if callback:
            callback()
