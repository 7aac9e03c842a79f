"""Where the executors behind one address are: each address of its name is a replica."""

import asyncio
import re
import socket
from dataclasses import dataclass

from codearena.errors import SandboxError

_TIMEOUT_S = 2.0
_LISTED = re.compile(r"(ipv4|ipv6):(?!\d+$)")
_NAMED = re.compile(r"(?:dns:(?:///)?)?(?P<host>[^/]+):(?P<port>\d+)")


@dataclass(frozen=True)
class ReplicaAddress:
    """target: its own address, for gRPC; authority: the name that its certificate has, empty: that of the target."""

    target: str
    authority: str = ""


async def resolve(address: str) -> list[ReplicaAddress]:
    """Every address that the name has now.

    address: host:port, every address of the host being a replica, or a gRPC target that lists some.

    Raises:
        SandboxError: the name has no address, or nobody says within two seconds.
    """
    if listed := _LISTED.match(address):
        return [ReplicaAddress(f"{listed[1]}:{each}") for each in address[listed.end() :].split(",")]
    named = _NAMED.fullmatch(address)
    if named is None:  # a socket, or a resolver of its own: gRPC knows it, and it is one
        return [ReplicaAddress(address)]
    host, port = named["host"], int(named["port"])
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError) as error:
        raise SandboxError(f"the name {host} has no address: {error or 'no answer'}") from error
    targets = {
        f"ipv6:[{place[0]}]:{port}" if family is socket.AF_INET6 else f"ipv4:{place[0]}:{port}"
        for family, _, _, _, place in found
    }
    return [ReplicaAddress(target, host) for target in sorted(targets)]
