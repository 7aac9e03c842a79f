"""Who may call while there are no keys: this machine alone, unless the operator says otherwise.

Two ways lead from another machine to a port that only this one should reach, and both lead through a browser here: a
page of any site may send requests to `localhost`, and a site whose name is made to resolve to 127.0.0.1 even reads the
answers (DNS rebinding). The `Origin` that browsers send tells the first, the `Host` the second.
"""

import functools
import ipaddress
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope as Connection

from codearena.errors import CodeArenaError, ForbiddenError, UnauthenticatedError
from gateway.settings import Settings

_REMEMBERED = 64  # peers and Host headers: mostly there is one
_NEEDS_KEY = "send an API key as `Authorization: Bearer` or `X-API-Key`"


class OpenToAllError(CodeArenaError):
    """The gateway would serve everybody who reaches it."""


class Exposure:
    """What the settings let callers without a key do."""

    def __init__(self, settings: Settings) -> None:
        self._reachable_at = settings.published_on or settings.host
        self._deliberate = settings.allow_anonymous
        # Behind a published port every peer is the container engine: there the address of the port has to do.
        self._peers_are_known = settings.published_on is None
        self._origins = settings.cors_origins

    @property
    def local_only(self) -> bool:
        return is_loopback(self._reachable_at)

    def refuse_to_serve_all(self) -> None:
        """For a start without keys. Raises OpenToAllError if others than this machine could call."""
        if not (self.local_only or self._deliberate):
            raise OpenToAllError(
                f"there are no API keys, and {self._reachable_at} can be reached from other machines: make a key "
                "(codearena keys create), listen on 127.0.0.1, or allow everybody with "
                "CODEARENA_GATEWAY_ALLOW_ANONYMOUS=true"
            )

    def check(self, connection: Connection) -> None:
        """Returns if the caller needs no key, as long as there are none.

        Raises:
            UnauthenticatedError: it comes from elsewhere.
            ForbiddenError: a page of another site sent it.
        """
        headers = Headers(scope=connection)
        refuse_foreign_page(headers, self._origins)
        if self._deliberate:
            return
        peer = connection.get("client")
        if not self.local_only or (self._peers_are_known and peer is not None and not is_loopback(peer[0])):
            raise UnauthenticatedError(_NEEDS_KEY)
        if not _names_this_machine(headers.get("host", "")):
            raise ForbiddenError("the Host header names another site; call this machine by address or as localhost")


def refuse_foreign_page(headers: Headers, allowed: Sequence[str]) -> None:
    """Raises ForbiddenError if the page of another origin than ours, or those allowed, sent the request."""
    origin = headers.get("origin")
    if origin is None or origin in allowed or "*" in allowed:
        return
    if _parsed(origin).netloc.lower() != headers.get("host", "").lower():
        raise ForbiddenError("pages of this origin may not call; CODEARENA_GATEWAY_CORS_ORIGINS lists those that may")


def _parsed(url: str) -> SplitResult:
    """Raises ForbiddenError for what is none."""
    try:
        return urlsplit(url)
    except ValueError:
        raise ForbiddenError("the Host or Origin header is malformed") from None


@functools.lru_cache(_REMEMBERED)
def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@functools.lru_cache(_REMEMBERED)
def _names_this_machine(header: str) -> bool:
    """By an address, or a name that no other site can have: without a dot, or below localhost (RFC 6761)."""
    host = _parsed(f"//{header}").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(".localhost")
    return True
