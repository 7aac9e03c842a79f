"""Ports for servers that are started again on the same one."""

import errno
import random
import socket

# Below those that the kernel gives to outgoing connections (ip_local_port_range of ip(7)): one of these may take the
# port of a server while it is down.
_left = random.sample(range(20_000, 32_000), 12_000)


def free_port() -> int:
    """A port of the loopback address that nobody listens on now, another one each time: its server may be down."""
    while _left:
        port = _left.pop()
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return port
    raise OSError(errno.EADDRINUSE, "no free port")
