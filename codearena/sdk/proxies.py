"""Which proxy, if any, is on the way to an address: what HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say of it.

httpx reads the same variables, but sends loopback to a proxy, which means the proxy's own machine; it knows no blocks
of addresses in NO_PROXY; and it cannot even be constructed where ALL_PROXY names a SOCKS proxy that nothing would use.
"""

import fnmatch
import ipaddress
import re
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

from codearena.errors import UnreachableError

_SCHEMES = ("http", "https", "socks5", "socks5h")
_ENTRY = re.compile(r"(?:[a-z]+://)?(?P<host>\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(?P<port>\d+))?/?", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Proxy:
    """url: with its scheme, and with credentials where it has some; variable: the one that names it."""

    url: str
    variable: str

    def __str__(self) -> str:
        return f"{without_credentials(self.url)} ({self.variable})"


def proxy_for(url: str) -> Proxy | None:
    """The proxy that the environment names for this address; None: it is reached directly.

    url: http or https, with a host. Loopback is always reached directly, whatever the environment says.

    Raises:
        UnreachableError: a variable names a proxy of a kind that does not exist.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if is_loopback(host):
        return None
    named = urllib.request.getproxies()
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    entries = [entry.lower() for entry in re.split(r"[,\s]+", named.get("no", "")) if entry]
    # The second one also knows what macOS and Windows have set for the whole system.
    if any(_matches(host.lower(), port, entry) for entry in entries) or urllib.request.proxy_bypass(host):
        return None
    for scheme in (parts.scheme, "all"):
        if value := named.get(scheme, "").strip():
            return _proxy(value, f"{scheme.upper()}_PROXY")
    return None


def is_loopback(host: str) -> bool:
    """Whether the host is this machine: localhost, a name below it (RFC 6761), or an address of the loopback."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    if address is None:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    # Linux connects the unspecified address to the loopback.
    return (mapped or address).is_loopback or address.is_unspecified


def without_credentials(url: str) -> str:
    """The address as it may be shown: without user name and password."""
    scheme, separator, rest = url.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def _proxy(value: str, variable: str) -> Proxy:
    url = value if "://" in value else f"http://{value.lstrip('/')}"
    scheme = url.partition("://")[0].lower()
    if scheme not in _SCHEMES:
        known = ", ".join(_SCHEMES)
        raise UnreachableError(
            f"{variable} names the proxy {without_credentials(url)}, whose scheme is none of {known}"
        )
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError unless it is one
    except ValueError as error:
        # Its text may hold a part of the credentials.
        raise UnreachableError(f"{variable} names the proxy {without_credentials(url)}, whose port is none") from error
    if not parts.hostname:
        raise UnreachableError(f"{variable} names the proxy {without_credentials(url)}, which has no host")
    return Proxy(url, variable)


def _matches(host: str, port: int | None, entry: str) -> bool:
    """Whether an entry of NO_PROXY is about the host: "*", a name, a domain, an address or a block of them."""
    block = _block(entry)
    if block is not None:
        address = _address(host)
        return address is not None and address in block
    parts = _ENTRY.fullmatch(entry)
    if parts is None or (parts["port"] and int(parts["port"]) != port):
        return False
    name = parts["host"].strip("[]").rstrip(".")
    if "*" in name:
        return fnmatch.fnmatchcase(host, name)
    domain = name.lstrip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _block(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The addresses that an entry means, if it is an address or a block; an IPv6 address may stand in brackets."""
    try:
        return ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None
