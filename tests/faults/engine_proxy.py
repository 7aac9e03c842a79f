"""A socket in front of the Docker engine that can be cut, for whoever would rather not stop the engine of this host."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_ENGINE = "/var/run/docker.sock"
_CHUNK_BYTES = 65536
_REASON = b'{"message":"mkdir /var/lib/docker/overlay2/0: no space left on device"}'
_DISK_FULL = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_REASON), _REASON)
)


class EngineProxy:
    """Passes bytes on, both ways. The engine behind it never notices more than that a client hung up.

    disk_full: whoever asks for a container gets the engine's answer on a full disk. hangs_up: ... no answer, while the
    engine makes it. refused: how often either was.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._server: asyncio.Server | None = None
        self.disk_full = False
        self.hangs_up = False
        self.refused = 0
        self._transports: set[asyncio.Transport | asyncio.WriteTransport] = set()
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"unix://{self._path}"

    async def listen(self) -> None:
        """The engine is there (again)."""
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._connected, self._path)

    @property
    def listens(self) -> bool:
        return self._path.exists()

    async def stop(self) -> None:
        """The engine is gone: nobody listens, and every connection breaks."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)
        self.cut()
        await asyncio.gather(*self._connections)

    def cut(self) -> None:
        """Breaks every connection, streams of running containers included; new ones are taken."""
        for transport in list(self._transports):
            transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._between(reader, writer))
        self._connections.add(task)
        await task
        self._connections.discard(task)

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            engine_reader, engine_writer = await asyncio.open_unix_connection(_ENGINE)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer.transport, engine_writer.transport}
        self._transports |= ends
        await asyncio.gather(self._ask(reader, engine_writer, writer), _pass_on(engine_reader, writer))
        self._transports -= ends
        for end in ends:
            end.abort()

    async def _ask(
        self, reader: asyncio.StreamReader, engine: asyncio.StreamWriter, client: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):  # cut
            while data := await reader.read(_CHUNK_BYTES):
                asks_for_one = data.startswith(b"POST ") and b"/containers/create" in data.partition(b"\r\n")[0]
                if asks_for_one and self.disk_full:
                    self.refused += 1
                    client.write(_DISK_FULL)
                    await client.drain()
                    break
                engine.write(data)
                await engine.drain()
                if asks_for_one and self.hangs_up:
                    engine.write(await _body(data, reader))
                    self.refused += 1
                    client.transport.abort()
                    break
        if engine.can_write_eof():
            engine.write_eof()


async def _body(head: bytes, reader: asyncio.StreamReader) -> bytes:
    """What is still to come of a request of which `head` has come."""
    fields, _, begun = head.partition(b"\r\n\r\n")
    [length] = [line.split(b":")[1] for line in fields.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return await reader.readexactly(int(length) - len(begun))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):  # cut
        while data := await reader.read(_CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


@asynccontextmanager
async def engine_proxy(folder: Path) -> AsyncIterator[EngineProxy]:
    """A proxy that listens; stopped at the end."""
    proxy = EngineProxy(folder / "engine.sock")
    await proxy.listen()
    try:
        yield proxy
    finally:
        await proxy.stop()
