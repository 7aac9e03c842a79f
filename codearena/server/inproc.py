"""gRPC between the parts of one event loop, without sockets: a call costs a task of the loop in place of two ends' I/O.

Stubs, servicers and what is done around each method are those of any other transport, and what the two ends see of each
other is the same: copies of messages, metadata, deadlines, cancellation, statuses with their trailers, as
tests/codearena/server/test_transports.py says of both. Calls are unary both ways, or streams both ways.
"""

import asyncio
import contextvars
import logging
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NoReturn, Self, TypeAlias

import grpc

log = logging.getLogger(__name__)

SCHEME: Final = "inproc:///"
"""What the address of such a server begins with."""

Metadata: TypeAlias = Sequence[tuple[str, str]]
MethodHandler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"  # quoted: generic in the stubs only
Serializer: TypeAlias = Callable[[Any], bytes]
Deserializer: TypeAlias = Callable[[bytes], Any]

_served: weakref.WeakValueDictionary[str, "Dispatcher"] = weakref.WeakValueDictionary()
"""Who is at which address: of the process, as its ports are."""


class _Call:
    """A call: to its servicer, as much of grpc.aio.ServicerContext as ours use. The first end it comes to counts."""

    def __init__(self, metadata: Metadata) -> None:
        self._metadata = tuple(metadata)
        self._code, self._details, self._trailers = grpc.StatusCode.OK, "", grpc.aio.Metadata()
        self._given_up = False
        self.task: asyncio.Task[bytes]  # the servicer's, which returns the answer if there is one

    def invocation_metadata(self) -> Metadata:
        return self._metadata

    def code(self) -> grpc.StatusCode:
        return self._code

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Metadata = ()) -> NoReturn:
        self.end(code, details, trailing_metadata)
        raise grpc.aio.AbortError

    def end(self, code: grpc.StatusCode, details: str, trailing_metadata: Metadata = ()) -> None:
        if self._code is grpc.StatusCode.OK:
            self._code, self._details, self._trailers = code, details, grpc.aio.Metadata(*trailing_metadata)

    def give_up(self) -> None:
        self._given_up = True
        self.task.cancel()

    def raise_for_status(self) -> None:
        """Raises what the caller is told by, unless all is well."""
        if self._given_up:
            raise asyncio.CancelledError
        if not self.task.done():
            self.end(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")
        elif self.task.cancelled():
            self.end(grpc.StatusCode.UNAVAILABLE, "the server has stopped")
        if self._code is not grpc.StatusCode.OK:
            raise grpc.aio.AioRpcError(self._code, grpc.aio.Metadata(), self._trailers, self._details)

    async def answer(self, handler: Any, request: bytes) -> bytes:
        response = await handler.unary_unary(handler.request_deserializer(request), self)
        answer: bytes = handler.response_serializer(response)
        return answer


class _Stream(_Call):
    """A call with messages both ways. None stands for the end of either way."""

    def __init__(self, metadata: Metadata) -> None:
        super().__init__(metadata)
        self.requests: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.answers: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def answer(self, handler: Any, request: bytes) -> bytes:
        async def requests() -> AsyncIterator[Any]:
            while (message := await self.requests.get()) is not None:
                yield handler.request_deserializer(message)

        self._serializer: Serializer = handler.response_serializer
        await handler.stream_stream(requests(), self)
        return request

    async def write(self, message: Any) -> None:
        self.answers.put_nowait(self._serializer(message))


class Dispatcher:
    """The server at an address. around: what is done around each of its methods, by their paths."""

    def __init__(self, around: Callable[[str, MethodHandler], MethodHandler]) -> None:
        self._around = around
        self._methods: dict[str, MethodHandler] = {}
        self._tasks: set[asyncio.Task[bytes]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.serving = False
        """What its health says. Nobody is called who does not serve."""

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, MethodHandler]) -> None:
        """As of grpc.aio.Server: the stubs call it, and the next one."""
        for name, handler in method_handlers.items():
            path = f"/{service_name}/{name}"
            self._methods[path] = self._around(path, handler)

    def add_generic_rpc_handlers(self, *_: object) -> None:
        """They are the same ones again."""

    def start(self, address: str) -> None:
        """From now on it is at the address, for callers in the running event loop."""
        self._loop = asyncio.get_running_loop()
        _served[address] = self

    async def stop(self, grace_s: float) -> None:
        """Takes no new calls; those in flight have the time to finish, and are cancelled then."""
        self._loop = None
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_s)
        for task in self._tasks:
            task.cancel()

    def takes_calls(self) -> bool:
        return self.serving and self._loop is asyncio.get_running_loop()

    async def answer(self, method: str, call: _Call, request: bytes) -> bytes:
        handler = self._methods.get(method)
        self._tasks.add(call.task)
        try:
            if handler is None:
                await call.abort(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
            return await call.answer(handler, request)
        except grpc.aio.AbortError:
            return b""
        except Exception as error:  # the call's top: a message that can be neither read nor written
            log.exception("defect while serving %s", method)
            call.end(grpc.StatusCode.UNKNOWN, f"Unexpected {type(error)}: {error}")
            return b""
        finally:
            self._tasks.discard(call.task)


class StreamCall:
    """The caller's end of a stream: as much of grpc.aio.StreamStreamCall as services use."""

    def __init__(
        self, call: _Stream, timeout_s: float | None, serialize: Serializer, deserialize: Deserializer
    ) -> None:
        self._call, self._serialize, self._deserialize = call, serialize, deserialize
        call.task.add_done_callback(lambda _: call.answers.put_nowait(None))
        if timeout_s is not None:
            timer = asyncio.get_running_loop().call_later(timeout_s, self._expire)
            call.task.add_done_callback(lambda _: timer.cancel())

    async def write(self, request: Any) -> None:
        if self._call.task.done():
            raise asyncio.InvalidStateError("RPC already finished.")
        self._call.requests.put_nowait(self._serialize(request))

    async def done_writing(self) -> None:
        self._call.requests.put_nowait(None)

    async def read(self) -> Any:
        """The next answer, or grpc.aio.EOF."""
        try:
            answer = await self._call.answers.get()
        except asyncio.CancelledError:
            self.cancel()
            raise
        if answer is not None:
            return self._deserialize(answer)
        self._call.answers.put_nowait(None)
        self._call.raise_for_status()
        return grpc.aio.EOF

    def cancel(self) -> None:
        self._call.give_up()

    def add_done_callback(self, callback: Callable[[Self], None]) -> None:
        """Called when the call has ended, however that came about."""
        self._call.task.add_done_callback(lambda _: callback(self))

    def _expire(self) -> None:
        self._call.end(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")
        self._call.task.cancel()
        self._call.answers.put_nowait(None)


class Channel:
    """To whoever is at an address: as much of grpc.aio.Channel as stubs and services use.

    message_bytes: largest message that either side sends.
    """

    def __init__(self, address: str, message_bytes: int) -> None:
        self._address = address
        self._message_bytes = message_bytes
        self._calls: set[_Call] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Gives up what is in flight, and takes no more calls."""
        self._closed = True
        for call in self._calls:
            call.give_up()

    def unary_unary(
        self, method: str, request_serializer: Serializer, response_deserializer: Deserializer, **_: object
    ) -> Callable[..., Awaitable[Any]]:
        """A method. Awaiting what it returns makes the call, which raises grpc.aio.AioRpcError."""
        serialize, deserialize = self._within_limits(request_serializer, response_deserializer)

        async def called(request: Any, *, timeout: float | None = None, metadata: Metadata = ()) -> Any:  # noqa: ASYNC109
            call = _Call(metadata)
            self._begin(method, call, serialize(request))
            try:
                # Not awaited itself: a servicer that is slow to let go does not keep its caller.
                await asyncio.wait({call.task}, timeout=timeout)
                call.raise_for_status()
                return deserialize(call.task.result())
            finally:
                call.task.cancel()

        return called

    def stream_stream(
        self, method: str, request_serializer: Serializer, response_deserializer: Deserializer, **_: object
    ) -> Callable[..., StreamCall]:
        """A method. What it returns has begun; reading from it raises grpc.aio.AioRpcError."""
        both = self._within_limits(request_serializer, response_deserializer)

        def called(*, timeout: float | None = None, metadata: Metadata = ()) -> StreamCall:
            call = _Stream(metadata)
            self._begin(method, call, b"")
            return StreamCall(call, timeout, *both)

        return called

    def unary_stream(self, *_: object, **__: object) -> None:
        """Nobody calls one, but stubs ask for all the methods of a service."""

    stream_unary = unary_stream

    def _begin(self, method: str, call: _Call, request: bytes) -> None:
        if self._closed:
            raise grpc.aio.UsageError("Channel is closed.")
        # What the caller has in its context is not seen: as between processes, only metadata goes along.
        call.task = asyncio.create_task(self._answer(method, call, request), context=contextvars.Context())
        self._calls.add(call)
        call.task.add_done_callback(lambda _: self._calls.discard(call))

    async def _answer(self, method: str, call: _Call, request: bytes) -> bytes:
        server = _served.get(self._address)
        if server is not None and server.takes_calls():
            return await server.answer(method, call, request)
        call.end(grpc.StatusCode.UNAVAILABLE, f"nobody serves at {self._address}")
        return b""

    def _within_limits(self, serialize: Serializer, deserialize: Deserializer) -> tuple[Serializer, Deserializer]:
        def fitting(message: bytes) -> bytes:
            if len(message) > self._message_bytes:
                details = f"a message of {len(message)} bytes is larger than {self._message_bytes}"
                empty = grpc.aio.Metadata()
                raise grpc.aio.AioRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, empty, empty, details)
            return message

        return lambda message: fitting(serialize(message)), lambda data: deserialize(fitting(data))
