"""gRPC between the parts of one event loop, without sockets: a call costs a task of the loop in place of two ends' I/O.

Stubs, servicers and what is done around each method are those of any other transport, and what the two ends see of each
other is the same: copies of messages, metadata, deadlines, cancellation, statuses with their trailers, as
tests/codearena/server/test_transports.py says of both. Calls are unary, since all calls between services are.
"""

import asyncio
import contextlib
import contextvars
import logging
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NoReturn, Self, TypeAlias

import grpc

log = logging.getLogger(__name__)

SCHEME: Final = "inproc:///"
"""What the address of such a server begins with."""

Metadata: TypeAlias = Sequence[tuple[str, str]]
MethodHandler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"  # quoted: generic in the stubs only

_served: weakref.WeakValueDictionary[str, "Dispatcher"] = weakref.WeakValueDictionary()
"""Who is at which address: of the process, as its ports are."""


class _Call:
    """A call, as much of grpc.aio.ServicerContext as our servicers use. There is an answer if the code is OK."""

    def __init__(self, metadata: Metadata) -> None:
        self._metadata = tuple(metadata)
        self._code, self.details, self.trailers = grpc.StatusCode.OK, "", grpc.aio.Metadata()

    def invocation_metadata(self) -> Metadata:
        return self._metadata

    def code(self) -> grpc.StatusCode:
        return self._code

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Metadata = ()) -> NoReturn:
        self._code, self.details, self.trailers = code, details, grpc.aio.Metadata(*trailing_metadata)
        raise grpc.aio.AbortError


class Dispatcher:
    """The server at an address. around: what is done around each of its methods, by their paths."""

    def __init__(self, around: Callable[[str, MethodHandler], MethodHandler]) -> None:
        self._around = around
        self._methods: dict[str, MethodHandler] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.calls: set[asyncio.Task[bytes]] = set()
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
        if self.calls:
            await asyncio.wait(self.calls, timeout=grace_s)
        for call in self.calls:
            call.cancel()

    def takes_calls(self) -> bool:
        return self.serving and self._loop is asyncio.get_running_loop()

    async def answer(self, method: str, request: bytes, call: _Call) -> bytes:
        handler: Any = self._methods.get(method)
        try:
            if handler is None or handler.unary_unary is None:
                await call.abort(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
            response = await handler.unary_unary(handler.request_deserializer(request), call)
            answer: bytes = handler.response_serializer(response)
        except grpc.aio.AbortError:
            return b""
        except Exception as error:  # the call's top: a message that can be neither read nor written
            log.exception("defect while serving %s", method)
            with contextlib.suppress(grpc.aio.AbortError):
                await call.abort(grpc.StatusCode.UNKNOWN, f"Unexpected {type(error)}: {error}")
            return b""
        return answer


class Channel:
    """To whoever is at an address: as much of grpc.aio.Channel as stubs and services use.

    message_bytes: largest message that either side sends.
    """

    def __init__(self, address: str, message_bytes: int) -> None:
        self._address = address
        self._message_bytes = message_bytes
        self._calls: set[asyncio.Task[bytes]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Cancels what is in flight, and takes no more calls."""
        self._closed = True
        for call in self._calls:
            call.cancel()

    def unary_unary(
        self,
        method: str,
        request_serializer: Callable[[Any], bytes],
        response_deserializer: Callable[[bytes], Any],
        **_: object,
    ) -> Callable[..., Awaitable[Any]]:
        """A method. Awaiting what it returns makes the call, which raises grpc.aio.AioRpcError."""

        async def called(request: Any, *, timeout: float | None = None, metadata: Metadata = ()) -> Any:  # noqa: ASYNC109
            call = _Call(metadata)
            answer = await self._answered(method, self._fitting(request_serializer(request)), call, timeout)
            if call.code() is not grpc.StatusCode.OK:
                raise _error(call.code(), call.details, call.trailers)
            return response_deserializer(self._fitting(answer))

        return called

    def unary_stream(self, *_: object, **__: object) -> None:
        """There are none, but stubs ask for all the methods of a service."""

    stream_unary = stream_stream = unary_stream

    async def _answered(self, method: str, request: bytes, call: _Call, timeout_s: float | None) -> bytes:
        if self._closed:
            raise grpc.aio.UsageError("Channel is closed.")
        server = _served.get(self._address)
        if server is None or not server.takes_calls():
            raise _error(grpc.StatusCode.UNAVAILABLE, f"nobody serves at {self._address}")
        # The caller's context is not seen: as between processes, only metadata goes along.
        task = asyncio.create_task(server.answer(method, request, call), context=contextvars.Context())
        for calls in (self._calls, server.calls):
            calls.add(task)
            task.add_done_callback(calls.discard)
        try:
            # Not awaited itself: a servicer that is slow to let go does not keep its caller.
            await asyncio.wait({task}, timeout=timeout_s)
            if not task.done():
                raise _error(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")
            if task.cancelled() and not self._closed:
                raise _error(grpc.StatusCode.UNAVAILABLE, "the server has stopped")
            return task.result()
        finally:
            task.cancel()

    def _fitting(self, message: bytes) -> bytes:
        if len(message) > self._message_bytes:
            details = f"a message of {len(message)} bytes is larger than {self._message_bytes}"
            raise _error(grpc.StatusCode.RESOURCE_EXHAUSTED, details)
        return message


def _error(code: grpc.StatusCode, details: str, trailers: grpc.aio.Metadata | None = None) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailers or grpc.aio.Metadata(), details)
