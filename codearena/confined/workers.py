"""The service's side: starts the launcher, hands items to workers, and sees how each ended."""

import asyncio
import itertools
import logging
import math
import os
import socket
import sys
from asyncio.subprocess import Process
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from codearena.confined.protocol import (
    ITEM,
    PACKET_BYTES,
    PART,
    Ended,
    Gone,
    Kill,
    Limits,
    Start,
    State,
    pack,
    unpack_report,
)
from codearena.errors import ServiceError

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parent.parent.parent
_KILL_S = 5.0
"""Longest wait for a killed worker to be reported, and for a launcher to end its workers."""


class LauncherLostError(Exception):
    """The launcher ended, and every worker with it."""


class LauncherProcess:
    """One running launcher process. Once lost it stays lost."""

    def __init__(self, process: Process, control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._ids = itertools.count(1)
        self._workers: dict[int, asyncio.Future[Gone]] = {}
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost = False
        asyncio.get_running_loop().add_reader(control, self._receive)

    @classmethod
    async def start(cls, module: str, start_s: float, hash_seed: int | None = None) -> "LauncherProcess":
        """Starts the process and waits until it has imported the module. hash_seed: None: a random one.

        Raises ServiceError.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        command = (sys.executable, "-P", "-B", "-s", "-m", "codearena.confined.launcher", str(theirs.fileno()), module)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Nothing of ours is inherited: the environment may hold keys.
                env={
                    "PYTHONPATH": str(_ROOT),
                    "PYTHONWARNINGS": "ignore",
                    "LC_ALL": "C.UTF-8",
                    "PYTHONHASHSEED": "random" if hash_seed is None else str(hash_seed),
                },
                cwd="/",
                start_new_session=True,
            )
        launcher = cls(process, ours)
        try:
            async with asyncio.timeout(start_s):
                await launcher.ready
        except (LauncherLostError, TimeoutError) as error:
            await launcher.close()
            raise ServiceError(f"the workers of {module} could not be started") from error
        except asyncio.CancelledError:
            await launcher.close()
            raise
        log.info("launcher of %s started pid=%d", module, process.pid)
        return launcher

    @property
    def pid(self) -> int:
        return self._process.pid

    def fork(self, limits: Limits) -> "Worker":
        """A new worker. Raises LauncherLostError."""
        request_id = next(self._ids)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        ours.setblocking(False)
        gone: asyncio.Future[Gone] = asyncio.get_running_loop().create_future()
        worker = Worker(self, request_id, ours, gone)
        with theirs:
            self._send(pack(Start(id=request_id, limits=asdict(limits))), [theirs.fileno()])
        self._workers[request_id] = gone
        gone.add_done_callback(lambda _: self._workers.pop(request_id, None))
        return worker

    def kill(self, worker_id: int) -> None:
        with suppress(LauncherLostError):
            self._send(pack(Kill(kill=worker_id)))

    async def close(self) -> None:
        """Ends the process and every worker, and waits until they are gone. Idempotent."""
        self.lose()
        try:
            async with asyncio.timeout(_KILL_S):
                await self._process.wait()
        except TimeoutError:  # stuck: then its workers end by their own limits
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def lose(self) -> None:
        if self.lost:
            return
        self.lost = True
        asyncio.get_running_loop().remove_reader(self._control)
        self._control.close()  # the launcher kills its workers when it reads the end of this socket
        if not self.ready.done():
            self.ready.set_exception(LauncherLostError())
        for gone in self._workers.values():
            if not gone.done():
                gone.set_exception(LauncherLostError())
                gone.exception()  # of an idle worker nobody asks

    def _send(self, packet: bytes, files: list[int] | None = None) -> None:
        """Never waits: so few small packets are under way that a full buffer means that nobody reads them."""
        try:
            socket.send_fds(self._control, [packet], files or [])
        except OSError as error:
            self.lose()
            raise LauncherLostError from error

    def _receive(self) -> None:
        try:
            data = self._control.recv(PACKET_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.lose()
            return
        report = unpack_report(data)
        if "ready" in report:
            self.ready.set_result(None)
        elif (gone := self._workers.get(report["id"])) is not None and not gone.done():
            gone.set_result(report)


class Worker:
    """One worker process, for one item at a time. usable: whether it takes another one."""

    def __init__(
        self, launcher: LauncherProcess, worker_id: int, channel: socket.socket, gone: "asyncio.Future[Gone]"
    ) -> None:
        self._launcher = launcher
        self._id = worker_id
        self._channel = channel
        self._gone = gone
        self._at_work = False
        self.usable = True
        gone.add_done_callback(self._end)

    async def work(self, item: bytes, wall_s: float, limits: Limits) -> Ended:
        """Has one item worked on, as it is sent. Cancelling kills the worker. Raises LauncherLostError.

        wall_s: how long its answer is waited for.
        """
        self._at_work = True
        answer, timed_out = _Answer(limits.answer_bytes), False
        try:
            try:
                async with asyncio.timeout(wall_s):
                    await self._exchange(item, answer)
            except TimeoutError:
                timed_out = True
            self.usable = self.usable and answer.state is State.DONE
            if answer.state is State.MORE:
                return await self._ended(answer, timed_out)
            return Ended(0, timed_out=False, answer=bytes(answer.data), cpu_s=answer.cpu_s)
        except BaseException:
            self.usable = False
            self._launcher.kill(self._id)
            raise
        finally:
            self._at_work = False
            if not self.usable:
                self._channel.close()  # which ends it, if nothing else does

    async def _exchange(self, item: bytes, answer: "_Answer") -> None:
        """Until the answer is whole, or nothing more can come of the worker."""
        with suppress(OSError, EOFError, ValueError):
            await asyncio.get_running_loop().sock_sendall(self._channel, item)
            while answer.state is State.MORE:
                length, state, cpu_s = answer.begins(await self._received(PART.size))
                answer.data += await self._received(length)
                answer.state, answer.cpu_s = state, cpu_s

    async def _received(self, size: int) -> bytes:
        loop, data = asyncio.get_running_loop(), bytearray()
        while len(data) < size:
            chunk = await loop.sock_recv(self._channel, size - len(data))
            if not chunk:
                raise EOFError
            data += chunk
        return bytes(data)

    async def _ended(self, answer: "_Answer", timed_out: bool) -> Ended:
        """How it died; it is killed if it has not. A launcher that does not say so in time is lost."""
        if timed_out or answer.malformed:
            self._launcher.kill(self._id)
        in_time, _ = await asyncio.wait([self._gone], timeout=_KILL_S)
        if not in_time:
            self._launcher.lose()
        gone = await self._gone
        # A status of 0 would say that the answer is whole.
        status = os.waitstatus_to_exitcode(gone["status"]) or 1
        return Ended(status, timed_out, bytes(answer.data), gone["cpu_s"])

    def _end(self, gone: "asyncio.Future[Gone]") -> None:
        self.usable = False
        if not self._at_work:
            self._channel.close()
        elif gone.exception() is not None:  # the launcher is lost, and this worker may still be at it
            with suppress(OSError):
                self._channel.shutdown(socket.SHUT_RDWR)


@dataclass
class _Answer:
    """What has come of an answer. limit_bytes: of all parts. malformed: no worker of ours says such a thing."""

    limit_bytes: int
    data: bytearray = field(default_factory=bytearray)
    state: State = State.MORE
    cpu_s: float = 0.0
    malformed: bool = False

    def begins(self, head: bytes) -> tuple[int, State, float]:
        """Length, state and CPU time of the part that follows. Raises ValueError if it is malformed."""
        length, state, cpu_s = PART.unpack(head)
        within = state in list(State) and len(self.data) + length <= self.limit_bytes
        self.malformed = not (within and math.isfinite(cpu_s) and cpu_s >= 0)
        if self.malformed:
            raise ValueError("an answer beyond its bounds")
        return length, State(state), cpu_s


class Workers:
    """Workers of one module, so many of them at once, on a launcher that is replaced when it is lost."""

    def __init__(
        self,
        module: str,
        size: int,
        start_s: float,
        started: Callable[[], object] = lambda: None,
        hash_seed: int | None = None,
    ) -> None:
        """start_s: longest wait until the module is imported; started: called whenever a launcher is.

        hash_seed: by which all the workers hash texts; None: one that nobody knows.
        """
        self._module = module
        self._start_s = start_s
        self._started = started
        self._hash_seed = hash_seed
        self._places = asyncio.Semaphore(size)
        self._idle: defaultdict[Limits, list[Worker]] = defaultdict(list)
        self._launcher: LauncherProcess | None = None
        self._starting = asyncio.Lock()
        self._closed = False

    @property
    def launcher_pid(self) -> int | None:
        """Process id of the launcher, if one runs."""
        return self._launcher.pid if self._launcher and not self._launcher.lost else None

    async def start(self) -> None:
        """Raises ServiceError: what the work needs cannot be imported."""
        await self._ready_launcher()

    async def close(self) -> None:
        """Ends everything; items in work raise ServiceError."""
        self._closed = True
        async with self._starting:
            if self._launcher is not None:
                await self._launcher.close()

    async def run(
        self, kind: str, payload: bytes, limits: Limits, wall_s: float | None = None, cpu_s: float | None = None
    ) -> Ended:
        """The work on one item, to its end, by a worker with these limits.

        kind: known to the module; wall_s, cpu_s: for this item, if those of the limits are not; cpu_s: no more than
        theirs.

        An item that was lost with the launcher is worked on once more on the next one: that was not its own doing.

        Raises:
            ServiceError: the launcher cannot be started or was lost twice.
        """
        body = kind.encode() + b"\n" + payload
        head = ITEM.pack(len(body), limits.cpu_s if cpu_s is None else cpu_s)
        item, wall_s = head + body, limits.wall_s if wall_s is None else wall_s
        async with self._places:
            try:
                return await self._run_once(item, wall_s, limits)
            except LauncherLostError:
                log.warning("launcher of %s lost, starting another", self._module)
            try:
                return await self._run_once(item, wall_s, limits)
            except LauncherLostError as error:
                raise ServiceError(f"the workers of {self._module} were lost") from error

    async def _run_once(self, item: bytes, wall_s: float, limits: Limits) -> Ended:
        launcher = await self._ready_launcher()
        worker = self._idle_worker(limits) or launcher.fork(limits)
        ended = await worker.work(item, wall_s, limits)
        if worker.usable:
            self._idle[limits].append(worker)
        return ended

    def _idle_worker(self, limits: Limits) -> Worker | None:
        """The one that worked last, whose pages are warm."""
        while self._idle[limits]:
            worker = self._idle[limits].pop()
            if worker.usable:
                return worker
        return None

    async def _ready_launcher(self) -> LauncherProcess:
        async with self._starting:
            if self._closed:
                raise ServiceError(f"the workers of {self._module} are closing")
            if self._launcher is None or self._launcher.lost:
                if self._launcher is not None:
                    await self._launcher.close()
                self._launcher = await LauncherProcess.start(self._module, self._start_s, self._hash_seed)
                self._started()
            return self._launcher
