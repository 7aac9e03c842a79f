"""The gRPC shell of every service, and the channels to them.

Server: health, reflection, request ids, one place where errors become statuses, graceful drain.
Channel: round robin over every address a name resolves to, health checks, keep-alive.
"""

import asyncio
import functools
import gc
import inspect
import json
import logging
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as aio_health
from grpc_reflection.v1alpha import reflection
from opentelemetry.trace import SpanKind

from codearena import metrics
from codearena.errors import ERRORS, CodeArenaError, ServiceError
from codearena.server import inproc, telemetry, tls, tracing

log = logging.getLogger(__name__)

MESSAGE_BYTES = 64 * 1024 * 1024
"""Largest message either side accepts: a report of the largest workload with every value at its limit."""
REQUEST_ID_KEY = "x-request-id"
CALLER_KEY = "x-caller"
EPISODE_ID_KEY = "x-episode-id"
ATTEMPT_ID_KEY = "x-attempt-id"
RETRY_AFTER_KEY = "retry-after-ms"
PROBLEM_KEY = "problem"
_CONNECTION_AGE_MS = 30_000  # clients resolve the name again, so that new replicas get their share

_SERVER_OPTIONS = [
    ("grpc.max_receive_message_length", MESSAGE_BYTES),
    ("grpc.max_send_message_length", MESSAGE_BYTES),
    ("grpc.max_connection_age_ms", _CONNECTION_AGE_MS),
    ("grpc.max_connection_age_grace_ms", 120_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
    ("grpc.so_reuseport", 0),
]
_CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", MESSAGE_BYTES),
    ("grpc.max_send_message_length", MESSAGE_BYTES),
    # What is under way at a peer that the network has cut off fails after so long, and is tried elsewhere.
    ("grpc.keepalive_time_ms", 2_000),
    ("grpc.keepalive_timeout_ms", 3_000),
    ("grpc.http2.ping_timeout_ms", 3_000),  # of a ping that is on its way already: a minute by default
    ("grpc.http2.max_pings_without_data", 0),  # else one a minute: while an answer is waited for there is no data
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.dns_min_time_between_resolutions_ms", 2_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
]

_SCHEME = re.compile(r"(dns|ipv4|ipv6|unix):(?!\d+$)")  # a host may be called dns, and then a port follows

# Quoted: generic in the stubs only.
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
MethodHandler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Handler = Callable[[Any, Context], Awaitable[Any]]


class _ErrorInterceptor(grpc.aio.ServerInterceptor):
    """Takes over the caller's ids and its span, and turns every error into its status from the table."""

    def __init__(self) -> None:
        self._handled: dict[str, MethodHandler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["MethodHandler | None"]],
        details: grpc.HandlerCallDetails,
    ) -> "MethodHandler | None":
        handler = await continuation(details)
        if handler is not None and details.method not in self._handled:
            self._handled[details.method] = _handled(details.method, handler)
        return self._handled.get(details.method)


def _handled(path: str, handler: MethodHandler) -> MethodHandler:
    """With what is done around every method. path: /<service>/<method>."""
    call = handler.unary_unary or handler.stream_stream
    if call is None or inspect.isasyncgenfunction(call):  # health and reflection yield
        return handler
    of_kind = grpc.unary_unary_rpc_method_handler if handler.unary_unary else grpc.stream_stream_rpc_method_handler
    return of_kind(
        _counted(path, _guarded(cast(Handler, call), path)),
        request_deserializer=handler.request_deserializer,
        response_serializer=handler.response_serializer,
    )


def _guarded(call: Handler, path: str) -> Handler:
    name = path.strip("/")

    async def guarded(request: Any, context: Context) -> Any:
        metadata = {str(key): str(value) for key, value in context.invocation_metadata() or ()}
        telemetry.request_id.set(metadata.get(REQUEST_ID_KEY, "-"))
        telemetry.episode_id.set(metadata.get(EPISODE_ID_KEY, "-"))
        # A stream's messages have it, and a source that is only read belongs to whatever attempt it is read for.
        telemetry.attempt_id.set(getattr(request, "attempt_id", "") or metadata.get(ATTEMPT_ID_KEY, "-"))
        try:
            with tracing.continuing(metadata), tracing.span(name, SpanKind.SERVER):
                return await call(request, context)
        except CodeArenaError as error:
            trailers = [(PROBLEM_KEY, error.slug)]
            if error.retry_after_s is not None:
                trailers.append((RETRY_AFTER_KEY, str(int(error.retry_after_s * 1000))))
            await context.abort(grpc.StatusCode[error.grpc_status], error.detail, tuple(trailers))
        except (grpc.aio.AbortError, asyncio.CancelledError):
            raise
        except Exception:  # the task's top: a defect of ours becomes INTERNAL, with its traceback in the log
            log.exception("defect while serving")
            await context.abort(grpc.StatusCode.INTERNAL, "internal error", ((PROBLEM_KEY, "internal"),))

    return guarded


def _counted(path: str, call: Handler) -> Handler:
    service, method = path.strip("/").rsplit("/", 1)
    started = metrics.GRPC_STARTED.labels(service, method)
    seconds = metrics.GRPC_SECONDS.labels(service, method)
    handled = functools.cache(functools.partial(metrics.GRPC_HANDLED.labels, service, method))

    async def counted(request: Any, context: Context) -> Any:
        started.inc()
        code = grpc.StatusCode.UNKNOWN
        try:
            with seconds.time():
                answer = await call(request, context)
            code = grpc.StatusCode.OK
            return answer
        except asyncio.CancelledError:
            code = grpc.StatusCode.CANCELLED
            raise
        except grpc.aio.AbortError:
            code = _status_of(context)
            raise
        finally:
            handled(code.name).inc()

    return counted


def _status_of(context: Context) -> grpc.StatusCode:
    """What a call was aborted with. Its declared type is the code, its value at run time the code's number."""
    number: object = context.code()
    return next(code for code in grpc.StatusCode if number in (code, code.value[0]))


class Server:
    """A gRPC server with health and reflection.

    register: adds the servicers; services: their full names, for health and reflection.
    """

    def __init__(self, services: Sequence[str], register: Callable[[grpc.aio.Server], None]) -> None:
        self._server = grpc.aio.server(interceptors=[_ErrorInterceptor()], options=_SERVER_OPTIONS)
        self._inproc = inproc.Dispatcher(_handled)
        self._services = ["", *services]
        self._health = aio_health.HealthServicer()
        for server in (self._server, cast(grpc.aio.Server, self._inproc)):
            register(server)
            health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        names = [*services, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name]
        reflection.enable_server_reflection([*names, reflection.SERVICE_NAME], self._server)

    async def start(self, address: str, tls_folder: Path | None = None) -> int:
        """Listens on host:port (port 0: any) and returns the port; not yet serving by health.

        In its own event loop it is at `in_process(port)`, too.

        tls_folder: of the certificates, see tls.py; None: in the clear. Raises OSError if they cannot be read.
        """
        if tls_folder is None:
            port: int = self._server.add_insecure_port(address)
        else:
            port = self._server.add_secure_port(address, tls.server_credentials(tls_folder))
        await self._server.start()
        self._inproc.start(in_process(port))
        return port

    async def serving(self) -> bool:
        """What its health says."""
        return self._inproc.serving

    async def set_serving(self, serving: bool) -> None:
        self._inproc.serving = serving
        status = health_pb2.HealthCheckResponse
        for name in self._services:
            await self._health.set(name, status.SERVING if serving else status.NOT_SERVING)

    async def drain(self, grace_s: float) -> None:
        """Not serving by health, no new calls, the ones in flight finish within the grace period."""
        self._inproc.serving = False
        await self._health.enter_graceful_shutdown()
        await asyncio.gather(self._server.stop(grace_s), self._inproc.stop(grace_s))


async def until_terminated() -> None:
    """Returns when the process is asked to stop by SIGTERM or SIGINT.

    What there is when it is called stays until then, and is left alone by the garbage collector, which would hold up
    all that is served for a tenth of a second each time that it looks at all of it again.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    gc.collect()
    gc.freeze()
    await stop.wait()


def in_process(port: int) -> str:
    """The address, for callers in the same event loop, of the server that listens on the port."""
    return f"{inproc.SCHEME}{port}"


def channel(target: str, tls_folder: Path | None = None, authority: str = "") -> grpc.aio.Channel:
    """A channel to host:port that balances over all addresses of the host and skips unhealthy ones.

    target: host:port, or a gRPC target with its scheme, e.g. ipv4:10.0.0.1:50051,10.0.0.2:50051; or `in_process`.
    authority: the name that the server's certificate must have; empty: the target's host.
    Retries are the caller's business (gateway/attempt/clients.py): only it knows the deadline of the whole attempt.
    """
    if target.startswith(inproc.SCHEME):
        return cast(grpc.aio.Channel, inproc.Channel(target, MESSAGE_BYTES))
    config = {"loadBalancingConfig": [{"round_robin": {}}], "healthCheckConfig": {"serviceName": ""}}
    options = [*_CHANNEL_OPTIONS, ("grpc.service_config", json.dumps(config)), ("grpc.enable_retries", 0)]
    if authority:
        options += [("grpc.default_authority", authority), ("grpc.ssl_target_name_override", authority)]
    full = target if _SCHEME.match(target) else f"dns:///{target}"
    if tls_folder is None:
        return grpc.aio.insecure_channel(full, options=options)
    return grpc.aio.secure_channel(full, tls.channel_credentials(tls_folder), options=options)


def call_metadata(caller: str = "") -> tuple[tuple[str, str], ...]:
    """Metadata that every call between services carries. caller: on whose behalf, for queues that take turns; ASCII."""
    names = {REQUEST_ID_KEY: "request_id", EPISODE_ID_KEY: "episode_id", ATTEMPT_ID_KEY: "attempt_id"}
    ids = telemetry.ids()
    return (*((key, ids[name]) for key, name in names.items()), (CALLER_KEY, caller), *tracing.carried())


def caller_of(context: Context) -> str:
    """On whose behalf a call is made; empty if it does not say."""
    return next((str(value) for key, value in context.invocation_metadata() or () if key == CALLER_KEY), "")


def error_from_status(error: grpc.aio.AioRpcError) -> CodeArenaError:
    """Our error for a failed call, by the slug in its trailers, else by its status."""
    trailers = {str(key): str(value) for key, value in error.trailing_metadata() or ()}
    slug = trailers.get(PROBLEM_KEY) or _SLUG_BY_STATUS.get(error.code(), ServiceError.slug)
    kind = ERRORS.get(slug, ServiceError)  # a newer service may know errors that this one does not
    detail = error.details() or error.code().name
    retry_ms = trailers.get(RETRY_AFTER_KEY)
    return kind(detail, retry_after_s=int(retry_ms) / 1000) if retry_ms else kind(detail)


_SLUG_BY_STATUS = {
    grpc.StatusCode.INVALID_ARGUMENT: "invalid-request",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "overloaded",
    grpc.StatusCode.DEADLINE_EXCEEDED: "deadline",
}


async def check_health(address: str, timeout_s: float = 2.0, tls_folder: Path | None = None) -> bool:
    """True if the service at host:port says that it is serving."""
    async with channel(address, tls_folder) as probe:
        stub = health_pb2_grpc.HealthStub(probe)
        try:
            answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=timeout_s)
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _tls_folder_of_this_container() -> Path | None:
    """What its one service was told."""
    found = [value for name, value in os.environ.items() if re.fullmatch("CODEARENA_[A-Z]+_TLS_FOLDER", name)]
    return Path(found[0]) if found else None


if __name__ == "__main__":  # container health checks: python -m codearena.server.rpc HOST:PORT
    sys.exit(0 if asyncio.run(check_health(sys.argv[-1], tls_folder=_tls_folder_of_this_container())) else 1)
