"""The grader that grades stored attempts again: the one named, or one of our own for the length of a command."""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable
from typing import IO, TypeVar

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from codearena.errors import ServiceError
from codearena.server import rpc

_STARTS_WITHIN_S = 60.0
_ANSWERS_WITHIN_S = 10.0
_ENDS_WITHIN_S = 2.0
_SHOWN_CHARS = 500

Result = TypeVar("Result")


class Grader:
    """A grader that serves. Make it with `named` or `own`."""

    def __init__(self, address: str, ended: "asyncio.Task[ServiceError] | None" = None) -> None:
        self.address = address
        self._ended = ended

    async def during(self, work: Awaitable[Result]) -> Result:
        """The result of the work, which needs the grader all the time.

        Raises:
            ServiceError: the grader's process ended before the work did; the message says why.
        """
        task = asyncio.ensure_future(work)
        watched = {task} if self._ended is None else {task, self._ended}
        try:
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            if task.done() or self._ended is None:
                return await self._finished(task)
        finally:
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        raise self._ended.result()

    async def _finished(self, task: "asyncio.Future[Result]") -> Result:
        """A broken connection may be the first sign of the end of the process, whose reason says more."""
        try:
            return await task
        except ServiceError as error:
            if self._ended is not None:
                await asyncio.wait({self._ended}, timeout=_ENDS_WITHIN_S)
                if self._ended.done():
                    raise self._ended.result() from error
            raise


async def named(address: str) -> Grader:
    """The grader at host:port. Raises ServiceError if none serves there."""
    if not await rpc.check_health(address, timeout_s=_ANSWERS_WITHIN_S):
        raise ServiceError(f"no grader serves at {address}")
    return Grader(address)


@contextlib.asynccontextmanager
async def own() -> AsyncIterator[Grader]:
    """A grader with the settings of the environment, which ends with the block.

    Raises:
        ServiceError: it did not start, e.g. because a setting is wrong; the message says why.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        command = (sys.executable, "-m", "grader_service", "--refuse-unknown")
        process = await asyncio.create_subprocess_exec(*command, env=_environment(port), stderr=log)
        ended = asyncio.create_task(_end_of(process, log))
        grader = Grader(f"127.0.0.1:{port}", ended)
        try:
            if not await grader.during(_serves(grader.address)):
                raise ServiceError(f"the grader did not serve within {_STARTS_WITHIN_S:.0f} s")
            yield grader
        finally:
            if process.returncode is None:
                process.terminate()
            await ended


def _environment(port: int) -> dict[str, str]:
    """Ours, with its settings of the grading, and without those of how a grader that runs already is reached."""
    reached = {f"CODEARENA_GRADER_{name}" for name in ("HOST", "PORT", "METRICS_PORT", "TLS_FOLDER")}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in reached}
    return kept | {"CODEARENA_GRADER_PORT": str(port), "CODEARENA_GRADER_LOG_LEVEL": "WARNING"}


async def _serves(address: str) -> bool:
    """Whether it does, when it has started: unlike `rpc.check_health` this waits for somebody to listen."""
    async with rpc.channel(address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        try:
            await health.Check(health_pb2.HealthCheckRequest(), timeout=_STARTS_WITHIN_S, wait_for_ready=True)
        except grpc.aio.AioRpcError:
            return False
        return True


async def _end_of(process: asyncio.subprocess.Process, log: IO[bytes]) -> ServiceError:
    status = await process.wait()
    log.seek(0)
    said = log.read().decode("utf-8", "replace").strip().splitlines()
    last = said[-1][:_SHOWN_CHARS] if said else "it said nothing"
    return ServiceError(f"the grader ended with status {status}: {last}")
