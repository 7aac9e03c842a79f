"""Whether everything can be served from here: the port is free, and the state folder can be used.

`make run` asks before it installs anything (`python -m gateway.preflight`), the server itself before it builds
anything. So this needs no package, and any Python runs it.
"""

import errno
import fcntl
import http.client
import json
import os
import socket
import sys
import tempfile
from pathlib import Path

from codearena.server.state import URL_FILE, state_folder

REDIS_FOLDER = "redis"
"""Folder of Redis' data, within the state folder."""
LOCK_FILE = "lock"
"""In there: locked for as long as a Redis server uses the data."""
PORT_VARIABLE, HOST_VARIABLE = "CODEARENA_GATEWAY_PORT", "CODEARENA_GATEWAY_HOST"
DEFAULT_PORT, DEFAULT_HOST = 7860, "127.0.0.1"

_ANSWER_TIMEOUT_S = 2.0
_PORTS_TRIED = 50
_PORTS = 65536
_BESIDE = "another one beside it takes a port and a folder of its own, {port} and XDG_STATE_HOME=FOLDER"


class ObstacleError(Exception):
    """What keeps it from serving. cure: what to do about it."""

    def __init__(self, problem: str, cure: str) -> None:
        super().__init__(problem)
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.args[0]}\n  cure: {self.cure}"


def check(host: str, port: int, state: Path) -> None:
    """Returns if it can serve on host:port (port 0: any) with its data in `state`. Raises ObstacleError."""
    _check_port(host, port)
    _check_folder(state)
    _check_free(state)


def port_of_environment() -> int:
    """The port that the environment names, else the usual one. Raises ObstacleError."""
    text = os.environ.get(PORT_VARIABLE) or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and int(text) < _PORTS):
        raise ObstacleError(
            f"{PORT_VARIABLE} is no port: {text!r}", "set it to a number from 1 to 65535, or not at all"
        )
    return int(text)


def _check_port(host: str, port: int) -> None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise _port_obstacle(host, port, error) from error


def _port_obstacle(host: str, port: int, error: OSError) -> ObstacleError:
    if error.errno == errno.EADDRINUSE:
        other = f"{PORT_VARIABLE}={_free_port(host, port)}"
        if _is_ours(host, port):
            beside = _BESIDE.format(port=other)
            return ObstacleError(f"a CodeArena serves on port {port} already", f"use that one, or stop it; {beside}")
        cure = f"choose another port, {other}, or stop what has it: ss -ltnp 'sport = :{port}' names it"
        return ObstacleError(f"port {port} of {host} is taken by another program", cure)
    if error.errno == errno.EACCES:
        cure = f"choose a port from 1024 on, {PORT_VARIABLE}={_free_port(host, DEFAULT_PORT - 1)}"
        return ObstacleError(f"this user may not listen on port {port}", cure)
    reason = str(error.strerror).partition(" (while attempting")[0]  # the library adds what the line says already
    return ObstacleError(f"cannot listen on {host}: {reason}", f"{HOST_VARIABLE}={DEFAULT_HOST}")


def _free_port(host: str, taken: int) -> int:
    """The next free port after a taken one; 0, which means any, if none is near."""
    for port in range(taken + 1, min(taken + _PORTS_TRIED, _PORTS)):
        try:
            socket.create_server((host, port)).close()
        except OSError:
            continue
        return port
    return 0


def _is_ours(host: str, port: int) -> bool:
    """Whether a gateway answers there."""
    reachable = DEFAULT_HOST if host in ("0.0.0.0", "localhost") else host
    connection = http.client.HTTPConnection(reachable, port, timeout=_ANSWER_TIMEOUT_S)
    try:
        connection.request("GET", "/health")
        return bool(json.load(connection.getresponse()) == {"status": "healthy"})
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _check_folder(state: Path) -> None:
    """Tries to write where the data will be."""
    data = state / REDIS_FOLDER
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=state), tempfile.TemporaryFile(dir=data) as file:
            file.write(b"\0" * 4096)
            file.flush()
    except OSError as error:
        reason = error.strerror or str(error)
        cure = "XDG_STATE_HOME=FOLDER names one that this user can write to; the state goes into FOLDER/codearena"
        raise ObstacleError(f"the state folder {state} cannot be used: {reason}", cure) from error


def _check_free(state: Path) -> None:
    """Another server may still be ending, for which its successor waits; one that serves will not."""
    url = state / URL_FILE
    if _is_locked(state / REDIS_FOLDER / LOCK_FILE) and url.exists():
        where = url.read_text("utf-8").strip()
        beside = _BESIDE.format(port=f"{PORT_VARIABLE}=PORT")
        raise ObstacleError(f"the CodeArena on {where} uses {state}", f"use that one, or stop it; {beside}")


def _is_locked(file: Path) -> bool:
    try:
        lock = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not try_lock(lock)
    finally:
        os.close(lock)


def try_lock(lock: int) -> bool:
    """Whether the file, of which this is a descriptor, is locked by it now."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def main() -> None:
    """Says what is in the way, and its cure; the exit status is 1 then."""
    try:
        check(os.environ.get(HOST_VARIABLE) or DEFAULT_HOST, port_of_environment(), state_folder())
    except ObstacleError as obstacle:
        sys.exit(f"cannot serve: {obstacle}")


if __name__ == "__main__":
    main()
