"""The judge's side of the launcher: starts it, hands it sources, collects how each child ended and what it answered."""

import asyncio
import io
import itertools
import logging
import os
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from codearena.errors import ServiceError
from judge_service import metrics
from judge_service.analysers.protocol import (
    ANSWER_BYTES,
    PACKET_BYTES,
    Analysis,
    Ended,
    Kill,
    Start,
    pack,
    unpack_report,
)

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parent.parent
_KILL_S = 5.0
"""Longest wait for a killed child to be reported, and for a launcher to end its children."""


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Bounds on one child: CPU time, wall time, address space."""

    cpu_s: int
    wall_s: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a child ended.

    exit_status: 0 or more, or minus the signal that killed it. timed_out: we killed it, its wall time was over.
    answer: what it wrote, at most ANSWER_BYTES; complete only if it exited with 0.
    """

    exit_status: int
    timed_out: bool
    answer: bytes
    cpu_s: float


class _LauncherLostError(Exception):
    """The launcher ended, and every child with it."""


class LauncherProcess:
    """One running launcher process. Once lost it stays lost."""

    def __init__(self, process: Process, control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Ended]] = {}
        self.ready = asyncio.get_running_loop().create_future()
        self.lost = False
        asyncio.get_running_loop().add_reader(control, self._receive)

    @classmethod
    async def start(cls, start_s: float) -> "LauncherProcess":
        """Starts the process and waits until the analysers are imported. Raises ServiceError."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-B", "-s", "-m", "judge_service.analysers.launcher", str(theirs.fileno())),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Nothing of ours is inherited: the environment may hold keys.
                env={"PYTHONPATH": str(_ROOT), "PYTHONWARNINGS": "ignore", "LC_ALL": "C.UTF-8"},
                cwd="/",
                start_new_session=True,
            )
        launcher = cls(process, ours)
        try:
            async with asyncio.timeout(start_s):
                await launcher.ready
        except (_LauncherLostError, TimeoutError) as error:
            await launcher.close()
            raise ServiceError("the analysers could not be started") from error
        except asyncio.CancelledError:
            await launcher.close()
            raise
        metrics.LAUNCHER_STARTS.inc()
        log.info("launcher started pid=%d", process.pid)
        return launcher

    @property
    def pid(self) -> int:
        return self._process.pid

    async def run(self, analysis: Analysis, source_fd: int, answer_fd: int, limits: ChildLimits) -> tuple[Ended, bool]:
        """Runs one child to its end; true if its wall time was over. Cancelling kills it. Raises _LauncherLostError."""
        request_id = next(self._ids)
        ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self._pending[request_id] = ended
        request = Start(id=request_id, analysis=analysis, cpu_s=limits.cpu_s, memory_bytes=limits.memory_bytes)
        try:
            self._send(pack(request), [source_fd, answer_fd])
            in_time, _ = await asyncio.wait([ended], timeout=limits.wall_s)
            if not in_time:
                await self._kill(request_id, ended)
            return await ended, not in_time
        finally:
            if not ended.done() or ended.cancelled():
                with suppress(_LauncherLostError):
                    self._send(pack(Kill(kill=request_id)))
            self._pending.pop(request_id, None)

    async def close(self) -> None:
        """Ends the process and every child, and waits until they are gone. Idempotent."""
        self._lose()
        try:
            async with asyncio.timeout(_KILL_S):
                await self._process.wait()
        except TimeoutError:  # stuck: then its children end by their own limits
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _kill(self, request_id: int, ended: asyncio.Future[Ended]) -> None:
        """Has one child killed and waits for its end; a launcher that does not even do that is lost."""
        self._send(pack(Kill(kill=request_id)))
        killed, _ = await asyncio.wait([ended], timeout=_KILL_S)
        if not killed:
            self._lose()

    def _send(self, packet: bytes, files: list[int] | None = None) -> None:
        """Never waits: so few small packets are under way that a full buffer means that nobody reads them."""
        try:
            socket.send_fds(self._control, [packet], files or [])
        except OSError as error:
            self._lose()
            raise _LauncherLostError from error

    def _receive(self) -> None:
        try:
            data = self._control.recv(PACKET_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose()
            return
        report = unpack_report(data)
        if "ready" in report:
            self.ready.set_result(None)
        elif (ended := self._pending.get(report["id"])) is not None and not ended.done():
            ended.set_result(report)

    def _lose(self) -> None:
        if self.lost:
            return
        self.lost = True
        asyncio.get_running_loop().remove_reader(self._control)
        self._control.close()  # the launcher kills its children when it reads the end of this socket
        for waiting in (self.ready, *self._pending.values()):
            if not waiting.done():
                waiting.set_exception(_LauncherLostError())


class Children:
    """Runs limited children, on a launcher that is replaced when it is lost."""

    def __init__(self, limits: ChildLimits, start_s: float) -> None:
        self._limits = limits
        self._start_s = start_s
        self._launcher: LauncherProcess | None = None
        self._starting = asyncio.Lock()
        self._closed = False

    @property
    def launcher_pid(self) -> int | None:
        """Process id of the launcher, if one runs."""
        return self._launcher.pid if self._launcher and not self._launcher.lost else None

    async def start(self) -> None:
        """Raises ServiceError: the analysers cannot be imported, or ruff is missing."""
        await self._ready_launcher()

    async def close(self) -> None:
        """Ends everything; runs in flight raise ServiceError."""
        self._closed = True
        async with self._starting:
            if self._launcher is not None:
                await self._launcher.close()

    async def run(self, analysis: Analysis, source: bytes) -> ChildEnd:
        """One analysis of one source, to its end.

        A child that was lost with its launcher runs once more on the next one: that was not the attempt's doing.

        Raises:
            ServiceError: the launcher cannot be started or was lost twice.
        """
        try:
            return await self._run_once(analysis, source)
        except _LauncherLostError:
            log.warning("launcher lost, starting another")
        try:
            return await self._run_once(analysis, source)
        except _LauncherLostError as error:
            raise ServiceError("the analysers were lost") from error

    async def _run_once(self, analysis: Analysis, source: bytes) -> ChildEnd:
        launcher = await self._ready_launcher()
        with _memory_file("source", source) as given, _memory_file("answer", b"") as answer:
            ended, timed_out = await launcher.run(analysis, given.fileno(), answer.fileno(), self._limits)
            metrics.ANALYSIS_CPU.labels(analysis).observe(ended["cpu_s"])
            answer.seek(0)
            written = answer.read(ANSWER_BYTES)
        return ChildEnd(os.waitstatus_to_exitcode(ended["status"]), timed_out, written, ended["cpu_s"])

    async def _ready_launcher(self) -> LauncherProcess:
        async with self._starting:
            if self._closed:
                raise ServiceError("the judge is closing")
            if self._launcher is None or self._launcher.lost:
                if self._launcher is not None:
                    await self._launcher.close()
                self._launcher = await LauncherProcess.start(self._start_s)
            return self._launcher


@contextmanager
def _memory_file(name: str, content: bytes) -> Iterator[io.FileIO]:
    """An anonymous file, at its start. A child shares its position, and can write to it only what its limits allow."""
    with io.FileIO(os.memfd_create(name), "r+") as file:
        file.write(content)
        file.seek(0)
        yield file
