"""One HTTP exchange of the SDK: problem documents become errors, and what may be repeated is."""

import contextlib
import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from codearena.endpoint import Route, checked_url
from codearena.errors import (
    ERRORS,
    PROBLEM_BASE,
    BodyTooLargeError,
    CallerError,
    CodeArenaError,
    DeadlineError,
    EpisodeBusyError,
    RateLimitedError,
    ServiceError,
    UnreachableError,
)
from codearena.models import Problem
from codearena.retry import RetryPolicy
from codearena.sdk.proxies import Proxy, proxy_for

_CONNECT_TIMEOUT_S = 5.0
_NO_CONTENT = 204
_NO_SUCH_PATH = (PROBLEM_BASE + "not-found", PROBLEM_BASE + "method-not-allowed")
_LOST = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 3, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 14_000}
"""What a connection asks of a peer that is silent, by tcp(7), as far as this system knows it: one whose machine is gone
closes no connection, and a request to it would wait for its whole time. So it ends after 14 s, and is sent again."""
_PROXY_STATUSES = (429, 502, 503, 504)  # without a problem document they come from something between us and the gateway

Model = TypeVar("Model", bound=BaseModel)
JSON = Any  # what json.loads returns


class Transport:
    """Sends requests that are safe to repeat, which all of this API's are: each names what it makes.

    Until a gateway has answered once, a failure to reach one is UnreachableError: at once if trying again is of no
    use, else after the last try. From then on the address is right, and the same is an outage: ServiceError.
    transport: instead of the network's, and of its proxies.
    """

    def __init__(
        self,
        base_url: str,
        timeout_s: float,
        retry: RetryPolicy,
        transport: httpx.AsyncBaseTransport | None,
        api_key: str | None = None,
    ) -> None:
        self._retry = retry
        self._reached = False
        try:
            url = checked_url(base_url)
            proxy = proxy_for(str(url)) if transport is None else None
            transport = transport or _network(url, proxy)
        except UnreachableError as error:
            # Said by the first call, not here: an object that is made and not used is to do no harm.
            self._opened: httpx.AsyncClient | str = error.detail
            return
        self._route = Route(url, proxy)
        self._opened = httpx.AsyncClient(
            base_url=url,
            headers={"X-API-Key": api_key} if api_key else None,
            timeout=httpx.Timeout(timeout_s, connect=_CONNECT_TIMEOUT_S),
            transport=transport,  # also keeps httpx from looking for proxies itself
        )

    @property
    def _http(self) -> httpx.AsyncClient:
        if isinstance(self._opened, str):
            raise UnreachableError(self._opened)
        return self._opened

    async def close(self) -> None:
        if not isinstance(self._opened, str):
            await self._opened.aclose()

    async def post(self, path: str, body: Mapping[str, object] | Sequence[object]) -> JSON:
        """The answer's JSON; members of a body that is an object are left out if they are None.

        Raises:
            CodeArenaError: as the problem document says, or ServiceError if none came.
        """
        # Escaped to ASCII here: a source may hold lone surrogates, which UTF-8 cannot carry.
        if isinstance(body, Mapping):
            body = {name: value for name, value in body.items() if value is not None}
        content = json.dumps(body).encode("ascii")
        request = self._http.build_request("POST", path, content=content, headers={"Content-Type": "application/json"})
        return await self._answered(request, self._retry.attempts, None)

    async def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        tries: int | None = None,
        also_status: int | None = None,
    ) -> JSON:
        """The answer's JSON. tries: none means as the retry policy says; also_status: counts as a success.

        Raises:
            CodeArenaError: as the problem document says, or ServiceError if none came.
        """
        request = self._http.build_request("GET", path, params=query)
        return await self._answered(request, tries or self._retry.attempts, also_status)

    async def delete(self, path: str) -> None:
        """Raises CodeArenaError: as the problem document says, or ServiceError if none came."""
        await self._answered(self._http.build_request("DELETE", path), self._retry.attempts, None)

    @contextlib.asynccontextmanager
    async def lines(
        self, path: str, query: Mapping[str, str], headers: Mapping[str, str], idle_s: float
    ) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of an answer that may have no end; asked for once. idle_s: longest wait for some of it.

        Raises, also while they are read:
            CodeArenaError: as the problem document says, or ServiceError if the connection broke.
        """
        timeout = httpx.Timeout(idle_s, connect=_CONNECT_TIMEOUT_S)
        try:
            async with self._http.stream("GET", path, params=query, headers=headers, timeout=timeout) as response:
                if not response.is_success:
                    await response.aread()
                    raise self._error(response)
                yield response.aiter_lines()
        except httpx.RequestError as error:
            raise self._unanswered(error, last=False) from error

    async def _answered(self, request: httpx.Request, tries: int, also_status: int | None) -> JSON:
        for failures in range(1, tries):
            try:
                return await self._exchange(request, also_status)
            except (ServiceError, RateLimitedError) as error:
                await self._retry.pause(failures, error.retry_after_s)
            except EpisodeBusyError:
                if failures == 1:
                    raise
                # Not the first try: what keeps the episode busy may be our own first one, still on its way.
                await self._retry.pause(failures, None)
        return await self._exchange(request, also_status, last=True)

    async def _exchange(self, request: httpx.Request, also_status: int | None, *, last: bool = False) -> JSON:
        try:
            response = await self._http.send(request)
        except httpx.RequestError as error:
            raise self._unanswered(error, last) from error
        if not response.is_success and response.status_code != also_status:
            raise self._error(response)
        try:
            answer = response.json() if response.status_code != _NO_CONTENT else None
        except ValueError as error:
            raise self._foreign(response) from error
        self._reached = True
        return answer

    def _unanswered(self, error: httpx.RequestError, last: bool) -> CodeArenaError:
        if not self._reached and (last or self._route.hopeless(error)):
            return UnreachableError(self._route.broken(error))
        kind = DeadlineError if isinstance(error, httpx.TimeoutException) else ServiceError
        return kind(self._route.broken(error))

    def _foreign(self, response: httpx.Response) -> CodeArenaError:
        """Of an answer that is not a gateway's: in mid-run of something between us, which passes."""
        kind = ServiceError if self._reached else UnreachableError
        return kind(self._route.foreign(response))

    def _error(self, response: httpx.Response) -> CodeArenaError:
        asked_s = retry_after_s(response.headers)
        problem = _problem(response)
        if problem is not None:
            if not self._reached and problem.type in _NO_SUCH_PATH:
                return UnreachableError(self._route.misplaced(response))
            self._reached = True
            return error_from_problem(problem, asked_s)
        if response.status_code == BodyTooLargeError.http_status:
            return BodyTooLargeError(self._route.foreign(response))
        if response.status_code in _PROXY_STATUSES:
            return _with_delay(ServiceError, self._route.foreign(response), asked_s)
        return self._foreign(response)


def _network(url: httpx.URL, proxy: Proxy | None) -> httpx.AsyncBaseTransport:
    """Raises UnreachableError for a proxy or certificates that cannot be used."""
    limits, options = httpx.Limits(max_connections=None), [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    known = {name: value for name, value in _LOST.items() if hasattr(socket, name)}
    options += [(socket.IPPROTO_TCP, getattr(socket, name), value) for name, value in known.items()]
    try:
        return httpx.AsyncHTTPTransport(proxy=proxy.url if proxy else None, limits=limits, socket_options=options)
    except ImportError as error:
        detail = f"the way to {url} is by the proxy {proxy}"
        raise UnreachableError(
            f'{detail}, which takes pip install "codearena[socks]"; or name the host in NO_PROXY'
        ) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise UnreachableError(f"the way to {url} is by the proxy {proxy}, which is no address: {error}") from error
    except OSError as error:
        raise UnreachableError(f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR name: {error}") from error


def _problem(response: httpx.Response) -> Problem | None:
    """The problem document of a gateway; other services have some of their own."""
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        return None
    return problem if problem.type.startswith(PROBLEM_BASE) else None


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """How long an answer asks to be waited, if it does."""
    header = headers.get("Retry-After")
    try:
        return max(float(header), 0.0) if header else None
    except ValueError:  # RFC 9110 also allows a date; our own backoff will do for that
        return None


def error_from_problem(problem: Problem | None, retry_after_s: float | None = None) -> CodeArenaError:
    """The error that a problem document stands for; one of an unknown type by its status."""
    if problem is None:
        return CodeArenaError("neither a verdict nor a problem")
    kind = ERRORS.get(problem.type.removeprefix(PROBLEM_BASE))
    if kind is None:
        kind = ServiceError if problem.status in _PROXY_STATUSES else CodeArenaError
        kind = CallerError if 400 <= problem.status < 500 and kind is CodeArenaError else kind
    return _with_delay(kind, f"{problem.detail} (request {problem.request_id})", retry_after_s)


def _with_delay(kind: type[CodeArenaError], detail: str, retry_after_s: float | None) -> CodeArenaError:
    return kind(detail) if retry_after_s is None else kind(detail, retry_after_s=retry_after_s)


def validated(model: type[Model], answer: JSON) -> Model:
    """The answer as a model.

    Raises:
        CodeArenaError: it does not match; the service is of another version.
    """
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        raise CodeArenaError(f"the answer is no {model.__name__}: {error}") from error
