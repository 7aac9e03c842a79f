"""What surrounds every request: its id and its metrics, its end when the server stops, and the limit on its body."""

import asyncio
import logging
import re
import time
import uuid

from opentelemetry.trace import SpanKind
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codearena import models
from codearena.errors import BodyTooLargeError, ServiceError
from codearena.server import telemetry, tracing
from gateway import metrics, problems, response_ids
from gateway.access import caller as callers

log = logging.getLogger(__name__)

_ID = re.compile(models.ID_PATTERN)
_FIRST_PROBLEM = 400


class RequestContext:
    """Takes over the caller's X-Request-ID or makes one, returns it, and measures and logs the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(problems.REQUEST_ID_HEADER, "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        telemetry.request_id.set(request_id)
        ids = response_ids.begin()
        started, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[problems.REQUEST_ID_HEADER] = request_id
                headers.update(ids.headers)
            await send(message)

        try:
            with tracing.continuing(_carried(scope)), tracing.span("request", SpanKind.SERVER) as span:
                await self._app(scope, receive, sending)
                span.update_name(f"{scope['method']} {getattr(scope.get('route'), 'path', 'none')}")
                span.set_attribute("http.response.status_code", status)
        finally:
            # The route's template, never the path: a label must come from a closed set.
            route = getattr(scope.get("route"), "path", "none")
            labels = metrics.REQUESTS.labels(route, scope["method"] if route != "none" else "any", str(status))
            taken_s = time.perf_counter() - started
            labels.observe(taken_s)
            ids.log_from_here()
            _log(scope, route, status, taken_s)


def _log(scope: Scope, route: str, status: int, taken_s: float) -> None:
    """A line for each request but those that probes and scrapers send all the time and that find all well."""
    owner = scope.get(callers.OWNER)
    if owner is not None or status >= _FIRST_PROBLEM:
        log.info("%s %s: %d after %.3f s, owner %s", scope["method"], route, status, taken_s, owner or "-")


def _carried(scope: Scope) -> dict[str, str]:
    """The caller's span, by https://www.w3.org/TR/trace-context/"""
    headers = Headers(scope=scope)
    return {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}


class CutOff:
    """Answers a request that the server cancels, which it does to those that outlast the drain.

    What they began goes on until it is committed or given up, and a retry with the same request id, here after the
    restart or at another gateway, gets the answer. The framework's own answer would be a 500, which nobody retries.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except asyncio.CancelledError:
            if begun:
                raise
            error = ServiceError("the gateway is shutting down; send the same request again")
            await problems.respond_error(error)(scope, receive, send)


class BodyLimit:
    """Refuses bodies that are too large, by their declared length or, for chunked ones, when they have grown so far.

    limits: bytes by path; any other path has the default.
    """

    def __init__(self, app: ASGIApp, default_bytes: int, limits: dict[str, int]) -> None:
        self._app = app
        self._default_bytes = default_bytes
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], self._default_bytes)
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared) > limit:
            await problems.respond_error(BodyTooLargeError(_too_large(limit)))(scope, receive, send)
            return
        received = 0

        async def receiving() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                # The framework turns every other error here into a 400.
                raise HTTPException(BodyTooLargeError.http_status, _too_large(limit))
            return message

        await self._app(scope, receiving, send)


def _too_large(limit: int) -> str:
    return f"the body is larger than {limit} bytes"
