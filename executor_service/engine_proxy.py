"""`python -m executor_service.engine_proxy`: the Docker engine's socket, less everything the executor does not need.

The executor then holds a socket by which it can make sandboxes and handle containers with our label, and nothing else:
no container with a mount, a capability or a network of its choice, no image, no volume, no container of another's.

One request is served on each connection, so that nothing can hide behind the first: what follows its body is passed on
only once the engine has said that the connection is the stream of a container now.
"""

import argparse
import asyncio
import contextlib
import http
import json
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from codearena.server import telemetry
from codearena.server.recent import Recent
from codearena.server.rpc import until_terminated
from executor_service.isolation import allowed
from executor_service.isolation.owner import OWNER_LABEL
from executor_service.settings import Settings

log = logging.getLogger(__name__)

_HEAD_BYTES = 16 * 1024
_BODY_BYTES = 256 * 1024
_CHUNK_BYTES = 64 * 1024
_ID = re.compile("[0-9a-f]{64}")
_KNOWN = 100_000
_HEAD_TIMEOUT_S = 30.0


class _Refused(Exception):  # noqa: N818
    """A request that is not passed on. reason: in words, for the caller."""

    def __init__(self, reason: str, status: int = 403) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True)
class _Request:
    """What was read of it. head: as it is passed on; body: whole."""

    method: str
    path: str
    query: str
    head: bytes
    body: bytes


class EngineProxy:
    """Listens on a socket of its own. engine: path of the engine's; seccomp: text of the profile of sandboxes."""

    def __init__(self, engine: Path, seccomp: str) -> None:
        self._engine = engine
        self._seccomp = seccomp
        self._ours: Recent[str, None] = Recent(_KNOWN)  # ids that have been looked at

    async def serve(self, path: Path, mode: int = 0o660) -> asyncio.Server:
        """Begins to listen; the caller closes the server."""
        await asyncio.to_thread(path.unlink, missing_ok=True)
        server = await asyncio.start_unix_server(self._connected, path, limit=_HEAD_BYTES)
        await asyncio.to_thread(path.chmod, mode)
        return server

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_TIMEOUT_S):
                request = await _read(reader)
            await self._check(request)
            await self._pass_on(request, reader, writer)
        except _Refused as refused:
            log.warning("refused: %s", refused.reason)
            writer.write(_answer(refused))
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            log.debug("a connection broke: %s", error)
        finally:
            with contextlib.suppress(OSError):
                writer.close()
                await writer.wait_closed()

    async def _check(self, request: _Request) -> None:
        """Raises _Refused for what is not passed on."""
        if not allowed.parameters_are_known(request.query):
            raise _Refused(f"{request.query} has parameters that may not be used through this proxy")
        if allowed.is_question(request.method, request.path, request.query):
            return
        if allowed.is_creation(request.method, request.path):
            if reason := allowed.refusal(request.body, self._seccomp):
                raise _Refused(f"a container may not be made so: {reason}")
            return
        container = allowed.container_of(request.method, request.path)
        if container is None:
            raise _Refused(f"{request.method} {request.path} may not be asked through this proxy")
        if container not in self._ours:
            await self._check_label(container)

    async def _check_label(self, container: str) -> None:
        """Raises _Refused for a container of somebody else; 404 for one that is not there, as the engine would."""
        reader, writer = await asyncio.open_unix_connection(self._engine)
        try:
            writer.write(f"GET /containers/{container}/json HTTP/1.0\r\nHost: engine\r\n\r\n".encode())
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        finally:
            writer.close()
        status = int(head.split(b" ", 2)[1])
        if status == http.HTTPStatus.NOT_FOUND:
            raise _Refused(f"No such container: {container}", 404)
        if status != http.HTTPStatus.OK or OWNER_LABEL not in (json.loads(body)["Config"]["Labels"] or {}):
            raise _Refused(f"container {container} is not ours")
        if _ID.fullmatch(container):  # one container's for ever; a name may be another's tomorrow
            self._ours.put(container, None)

    async def _pass_on(self, request: _Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        engine_reader, engine_writer = await asyncio.open_unix_connection(self._engine)
        to_engine: asyncio.Task[None] | None = None
        try:
            engine_writer.write(request.head + request.body)
            if request.path.endswith("/attach"):
                head = await engine_reader.readuntil(b"\r\n\r\n")
                writer.write(head)
                if head.split(b" ", 2)[1] == b"101":  # it is no longer HTTP, see RFC 9110 7.8
                    to_engine = asyncio.create_task(_copy(reader, engine_writer))
            await _copy(engine_reader, writer)
        finally:
            if to_engine:
                to_engine.cancel()
                await asyncio.gather(to_engine, return_exceptions=True)
            engine_writer.close()


async def _read(reader: asyncio.StreamReader) -> _Request:
    """Raises _Refused for what is no request that this proxy understands."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise _Refused("the head of the request is too long", 431) from None
    if b"\n" in head.replace(b"\r\n", b"") or b"\r" in head.replace(b"\r\n", b""):
        raise _Refused("a line ends otherwise than it should", 400)
    line, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
    method, target, version = [*line.split(" "), "", ""][:3]
    length = headers.get("content-length", "0")
    if version != "HTTP/1.1" or "transfer-encoding" in headers or not length.isdecimal() or int(length) > _BODY_BYTES:
        raise _Refused("not a request that this proxy understands", 400)
    if sum(each.lower().startswith("content-length:") for each in lines) > 1:
        raise _Refused("two lengths", 400)
    url = urlsplit(target)
    body = await reader.readexactly(int(length))
    return _Request(method, url.path, url.query, _once(line, lines, url.path), body)


def _once(line: str, lines: list[str], path: str) -> bytes:
    """The head for the engine: one request for this connection, unless it becomes the stream of a container."""
    if path.endswith("/attach"):
        return "\r\n".join([line, *lines, "", ""]).encode("latin-1")
    kept = [each for each in lines if each.partition(":")[0].strip().lower() not in ("connection", "upgrade")]
    return "\r\n".join([line, *kept, "Connection: close", "", ""]).encode("latin-1")


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK_BYTES):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


def _answer(refused: _Refused) -> bytes:
    body = json.dumps({"message": refused.reason}).encode()
    status = http.HTTPStatus(refused.status)
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


async def run(engine: Path, listen: Path) -> None:
    """Serves until the process is asked to stop."""
    server = await EngineProxy(engine, Settings().seccomp_profile.read_text("utf-8")).serve(listen)
    log.info("passing %s on as %s", engine, listen)
    async with server:
        await until_terminated()


def main() -> None:
    parser = argparse.ArgumentParser(prog="executor_service.engine_proxy", description=__doc__)
    parser.add_argument("--engine", type=Path, default=Path("/var/run/docker.sock"))
    parser.add_argument("--listen", type=Path, default=Path("/run/codearena/docker.sock"))
    options = parser.parse_args()
    telemetry.configure_logging("engine-proxy", os.environ.get("CODEARENA_EXECUTOR_LOG_LEVEL", "INFO"))
    asyncio.run(run(options.engine, options.listen))


if __name__ == "__main__":
    main()
