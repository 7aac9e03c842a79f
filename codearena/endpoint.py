"""The address of a gateway, as a caller gives it, and why no gateway answers there."""

import os
import socket
import ssl
from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from codearena.errors import UnreachableError
from codearena.sdk.proxies import Proxy, without_credentials

_EXAMPLE = "http://localhost:7860"

_NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")
"""OpenSSL's reasons for what is no TLS record; which of them depends on its version and on the answer's first bytes."""

E = TypeVar("E", bound=BaseException)


def checked_url(base_url: str) -> httpx.URL:
    """The base URL of a gateway.

    Raises:
        UnreachableError: nothing can be sent there: it has no scheme, another one than http and https, or no host.
    """
    text = base_url.strip()
    if not text:
        raise UnreachableError(f"the gateway's URL is empty; one looks like {_EXAMPLE}")
    shown = without_credentials(text)
    scheme, separator, _ = text.partition("://")
    if not separator:
        raise UnreachableError(f"the gateway's URL {shown!r} has no scheme; is it http://{shown.lstrip('/')}?")
    if scheme.lower() not in ("http", "https"):
        raise UnreachableError(f"the gateway's URL {shown!r} has the scheme {scheme!r}; it takes http or https")
    try:
        url = httpx.URL(text)
        _ = urlsplit(text).port  # which httpx takes as it comes, and fails at later
    except (httpx.InvalidURL, ValueError) as error:
        raise UnreachableError(f"the gateway's URL {shown!r} is not valid: {error}") from error
    if not url.host:
        raise UnreachableError(f"the gateway's URL {shown!r} has no host; one looks like {_EXAMPLE}")
    return url


class Route:
    """The way to a gateway, in words. proxy: on the way there, if there is one."""

    def __init__(self, url: httpx.URL, proxy: Proxy | None) -> None:
        self._shown = without_credentials(str(url))
        self._tls = url.scheme == "https"
        self._host = url.host
        self._proxy = proxy
        self._swapped = without_credentials(str(url.copy_with(scheme="http" if self._tls else "https")))

    def __str__(self) -> str:
        return f"{self._shown} by the proxy {self._proxy}" if self._proxy else self._shown

    def broken(self, error: httpx.RequestError) -> str:
        """Why nothing was answered."""
        return f"no answer from {self}: {self._reason(error)}"

    def hopeless(self, error: httpx.RequestError) -> bool:
        """Whether trying again is of no use, as with everything that does not depend on the moment."""
        if isinstance(error, httpx.UnsupportedProtocol):
            return True
        refused_by_proxy = isinstance(error, httpx.ProxyError) and str(error).startswith("40")  # its HTTP status
        tls = _refused(error)
        return refused_by_proxy or (tls is not None and not isinstance(tls, ssl.SSLEOFError | ssl.SSLZeroReturnError))

    def foreign(self, response: httpx.Response) -> str:
        """What is wrong with an answer that no gateway gives."""
        said = f"{self} answered {response.status_code} {response.reason_phrase}".rstrip()
        if response.has_redirect_location:
            target = without_credentials(response.headers["Location"].partition("?")[0])
            return f"{said}: a redirect to {target}; give the URL of the gateway itself"
        if response.status_code == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
            return f"{said}: the proxy wants other credentials"
        kind = response.headers.get("Content-Type", "").partition(";")[0] or "no content"
        return f"{said} with {kind}, as no gateway does; is there another service, or a proxy that answers itself?"

    def misplaced(self, response: httpx.Response) -> str:
        """A gateway answered, and does not know the path."""
        return (
            f"a gateway answers at {self}, but knows no {response.request.url.path}; "
            f"is the path of the URL right, and the gateway of this version?"
        )

    def _reason(self, error: httpx.RequestError) -> str:
        if (untrusted := _first(error, ssl.SSLCertVerificationError)) is not None:
            return f"its certificate is not trusted ({untrusted.verify_message}); SSL_CERT_FILE names those that are"
        if (tls := _refused(error)) is not None:
            if tls.reason in _NOT_TLS:
                return f"what listens there does not speak TLS; is it {self._swapped}?"
            return f"TLS failed ({tls.reason or tls.strerror})"
        if (unknown := _first(error, socket.gaierror)) is not None:
            whose = "the proxy's host" if self._proxy else f"the host {self._host}"
            return f"{whose} is not known ({unknown.strerror})"
        if isinstance(error, httpx.TimeoutException):
            return f"not in time ({type(error).__name__})"
        if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError) and not self._tls:
            return (
                f"the connection was closed, or what came is not HTTP ({error or 'no answer'}); is it {self._swapped}?"
            )
        numbers = [cause.errno for cause in _causes(error) if isinstance(cause, OSError) and cause.errno]
        said = os.strerror(numbers[0]) if numbers else str(error) or type(error).__name__
        return f"{said}; NO_PROXY names what is reached without the proxy" if self._proxy else said


def _first(error: BaseException, kind: type[E]) -> E | None:
    """The first of that kind among the causes, the outermost left out."""
    return next((cause for cause in _causes(error) if isinstance(cause, kind)), None)


def _refused(error: BaseException) -> ssl.SSLError | None:
    """What TLS has failed by. That it waited for more to read or to write is its way of working."""
    waits = ssl.SSLWantReadError | ssl.SSLWantWriteError
    found = (cause for cause in _causes(error) if isinstance(cause, ssl.SSLError) and not isinstance(cause, waits))
    return next(found, None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What led to the error, nearest first; of several connections that were tried, all."""
    nearer = error.__cause__ or error.__context__
    several = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for cause in [*several, *([nearer] if nearer else [])]:
        yield cause
        yield from _causes(cause)
