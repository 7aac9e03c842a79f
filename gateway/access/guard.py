"""What every request and every connection passes, HTTP and WebSocket alike, before anything of it is read."""

from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Connection

from codearena.errors import CallerError, CodeArenaError, ForbiddenError, StoreError, UnauthenticatedError
from gateway import metrics, problems
from gateway.access import caller as callers
from gateway.access.caller import ANONYMOUS, Caller, Quota
from gateway.access.exposure import Exposure
from gateway.access.keyring import Keyring
from gateway.access.quotas import Quotas
from gateway.settings import Settings
from gateway.store.api_keys import ApiKey, Scope

OPEN_PATHS = frozenset({"/health", "/ready", "/metadata", "/schema", "/openapi.json", "/docs", "/docs/oauth2-redirect"})
"""What anybody may read: nothing in them is anybody's."""
DOCS_ASSETS = "/docs/assets"
"""Below it are the scripts of /docs, open as that is."""
DASHBOARD = "/web"
"""It and what is below it are open: files that hold nothing. The page asks for the key with which it then calls."""
_METRICS_PATH = "/metrics"
_POLICY_VIOLATION = 1008  # RFC 6455 7.4.1

GetKeyring = Callable[[Connection], Keyring]


class Guard:
    """Finds out who calls, refuses who may not, and holds the others to their quota.

    keyring: of the running application; it opens with the application, after this is built.
    """

    def __init__(self, app: ASGIApp, settings: Settings, keyring: GetKeyring) -> None:
        self._app = app
        self._keyring = keyring
        self._exposure = Exposure(settings)
        self._quotas = Quotas()
        self._quota = Quota(settings.key_requests_per_s, settings.key_concurrent)
        self._admin_paths = {_METRICS_PATH} if settings.metrics_access == "admin" else set[str]()
        self._open_paths = OPEN_PATHS | ({_METRICS_PATH} if settings.metrics_access == "open" else set())

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._is_open(scope):
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._caller(scope)
            scope[callers.OWNER] = caller.owner
            if scope["type"] == "http":
                self._quotas.begin(caller)
        except CodeArenaError as error:
            await _refuse(error, scope, receive, send)
            return
        serve = self._serve_request if scope["type"] == "http" else self._serve_connection
        with callers.calling(caller):
            await serve(caller, scope, receive, send)

    def _is_open(self, scope: Connection) -> bool:
        path = scope["path"]
        if path in self._open_paths or path.startswith(f"{DOCS_ASSETS}/"):
            return True
        if scope["type"] != "http":
            return False
        # A browser is led to the dashboard, which tells nothing; what a program is told there, takes a key.
        is_page = path == DASHBOARD or path.startswith(f"{DASHBOARD}/")
        return is_page or (path == "/" and wants_page(Headers(scope=scope)))

    async def _caller(self, scope: Connection) -> Caller:
        """Raises UnauthenticatedError, ForbiddenError, or StoreError if the keys cannot be read."""
        headers = Headers(scope=scope)
        keyring = self._keyring(scope)
        presented = _presented(headers)
        # Looked for first: it may be the first key of all, made a moment ago.
        key = await keyring.find(presented) if presented is not None else None
        if key is None and not await keyring.configured():
            self._exposure.check(scope)
            return ANONYMOUS
        if presented is None:
            raise UnauthenticatedError("send an API key as `Authorization: Bearer` or `X-API-Key`")
        if key is None:
            raise UnauthenticatedError("the API key is not known, or has been revoked")
        if scope["path"] in self._admin_paths and key.scope is not Scope.ADMIN:
            raise ForbiddenError(f"this takes a key of the scope {Scope.ADMIN}")
        return self._caller_of(key)

    def _caller_of(self, key: ApiKey) -> Caller:
        quota = Quota(
            requests_per_s=key.requests_per_s or self._quota.requests_per_s,
            concurrent=key.concurrent or self._quota.concurrent,
        )
        return Caller(key.owner, key.scope, quota)

    async def _serve_request(self, caller: Caller, scope: Connection, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            self._quotas.end(caller)

    async def _serve_connection(self, caller: Caller, scope: Connection, receive: Receive, send: Send) -> None:
        """Each message counts as a request, from when it is handed over until the next is asked for.

        One too many waits rather than being refused: its sender waits for the answer anyway, and every protocol that
        is spoken over such a connection would need another way to say no.
        """
        begun = False

        async def receiving() -> Message:
            nonlocal begun
            if begun:
                self._quotas.end(caller)
                begun = False
            message = await receive()
            if message["type"] == "websocket.receive":
                if await self._revoked(scope):
                    await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "the key is revoked"})
                    return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
                await self._quotas.begin_in_turn(caller)
                begun = True
            return message

        try:
            await self._app(scope, receiving, send)
        finally:
            if begun:
                self._quotas.end(caller)

    async def _revoked(self, scope: Connection) -> bool:
        """Whether who opened the connection could no longer do so; while that is not known, they could."""
        try:
            await self._caller(scope)
        except CallerError:
            return True
        except StoreError:  # what needs the store fails by itself
            return False
        return False


def wants_page(headers: Headers) -> bool:
    """Whether a browser asks: it names HTML, where programs take anything or name JSON."""
    return "text/html" in headers.get("accept", "").lower()


def _presented(headers: Headers) -> str | None:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    return headers.get("x-api-key")


async def _refuse(error: CodeArenaError, scope: Connection, receive: Receive, send: Send) -> None:
    metrics.REFUSALS.labels(error.slug).inc()
    answer: Callable[[Connection, Receive, Send], Awaitable[None]] = problems.respond_error(error)
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": error.title})
        return
    await answer(scope, receive, send)
