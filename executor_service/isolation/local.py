"""`local` isolation: the same runner in fresh namespaces on this host, forked by a warm launcher; no Docker.

For laptops and for the embedded default. How far the host lets itself be partitioned is found out by the launcher and
said in its first packet; whatever is missing goes into every report.
"""

import asyncio
import logging
import os
import signal
import socket
import sys
import uuid
from asyncio.subprocess import DEVNULL, Process
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from codearena.errors import SandboxError
from executor_service.channel import Channel
from executor_service.isolation.attached import AttachedSandbox, as_sandbox_error, hello_of
from executor_service.isolation.base import Evidence, Hello, Isolation, IsolationInfo, IsolationName, Sandbox, StreamEnd
from executor_service.runner.system.forked import exit_status
from executor_service.settings import Settings

log = logging.getLogger(__name__)

_CODE_ROOT = Path(__file__).resolve().parents[2]
_PACKET_BYTES = 64 * 1024
_EXIT_WAIT_S = 2.0  # a runner whose stdin closed exits by itself; after this it is killed


class _Packet(BaseModel):
    """Any packet of the launcher: `degradations`, which is the first, or `pid`, or `exited` with `status`."""

    model_config = ConfigDict(frozen=True)
    degradations: tuple[str, ...] | None = None
    pid: int | None = None
    exited: int | None = None
    status: int = 0


@dataclass
class Launcher:
    """The warm process that forks runners, as seen from here. Its packets arrive on the event loop.

    control: our end of its socket; degradations: its first packet; exits: runner's pid -> its wait status, once known.
    """

    process: Process
    control: socket.socket
    degradations: asyncio.Future[tuple[str, ...]]
    exits: dict[int, asyncio.Future[int]] = field(default_factory=dict)
    _asked: deque[asyncio.Future[int]] = field(default_factory=deque)
    alive: bool = True

    @classmethod
    async def start(cls) -> "Launcher":
        """Starts one. Raises SandboxError if this host cannot even do that."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        arguments = ["-S", "-P", "-B", "-m", "executor_service.runner", "--launcher", str(theirs.fileno())]
        environment = {"PYTHONPATH": str(_CODE_ROOT), "PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                stdin=DEVNULL,
                stdout=DEVNULL,
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # a Ctrl-C at the terminal is for us: we end it in order
            )
        except OSError as error:
            ours.close()
            raise SandboxError(f"the launcher of local sandboxes did not start: {error.strerror}") from error
        finally:
            theirs.close()
        ours.setblocking(False)
        launcher = cls(process, ours, asyncio.get_running_loop().create_future())
        asyncio.get_running_loop().add_reader(ours, launcher._read)
        return launcher

    async def spawn(self, runner_end: socket.socket, tmpfs_bytes: int) -> int:
        """Forks a runner with that socket as its stream and so large a /tmp; returns its pid.

        Raises:
            SandboxError: the launcher is gone or could not fork.
        """
        if not self.alive:
            raise SandboxError("the launcher of local sandboxes is gone")
        asked: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        try:
            socket.send_fds(self.control, [str(tmpfs_bytes).encode()], [runner_end.fileno()])
        except OSError as error:
            raise SandboxError(f"the launcher of local sandboxes does not listen: {error.strerror}") from error
        self._asked.append(asked)
        pid = await asked
        if pid <= 0:
            raise SandboxError("the launcher could not fork a runner")
        return pid

    async def stop(self) -> None:
        """Ends it, and with it every runner that is left."""
        self._lose()
        try:
            await asyncio.wait_for(self.process.wait(), _EXIT_WAIT_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    def _read(self) -> None:
        try:
            data = self.control.recv(_PACKET_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose()
            return
        try:
            self._accept(_Packet.model_validate_json(data))
        except ValidationError:
            log.error("the launcher of local sandboxes sent what is no packet")
            self._lose()

    def _accept(self, packet: _Packet) -> None:
        if packet.degradations is not None and not self.degradations.done():
            self.degradations.set_result(packet.degradations)
        elif packet.exited is not None:
            exit_ = self.exits.pop(packet.exited, None)
            if exit_ and not exit_.done():
                exit_.set_result(packet.status)
        elif packet.pid is not None and self._asked:
            if packet.pid > 0:
                self.exits[packet.pid] = asyncio.get_running_loop().create_future()
            asked = self._asked.popleft()
            if not asked.done():
                asked.set_result(packet.pid)

    def _lose(self) -> None:
        if not self.alive:
            return
        self.alive = False
        asyncio.get_running_loop().remove_reader(self.control)
        self.control.close()
        gone = SandboxError("the launcher of local sandboxes ended")
        waiting: list[asyncio.Future[Any]] = [self.degradations, *self._asked]
        for future in waiting:
            if not future.done():
                future.set_exception(gone)
                future.exception()  # looked at, should nobody wait
        for exit_ in self.exits.values():
            exit_.cancel()
        self._asked.clear()


class LocalIsolation(Isolation):
    """Runners forked on this host."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._launcher: Launcher | None = None
        self._starting = asyncio.Lock()
        self._degradations: tuple[str, ...] = ()

    async def start(self) -> None:
        await self._running_launcher()
        log.warning(
            "isolation local: attempts run on this host without Docker; missing: %s",
            "; ".join(self._degradations) or "nothing else",
        )

    async def _running_launcher(self) -> Launcher:
        """The launcher, started anew if it has died."""
        async with self._starting:
            if self._launcher and self._launcher.alive:
                return self._launcher
            if self._launcher:
                log.error("the launcher of local sandboxes ended and is started again")
                await self._launcher.stop()
            self._launcher = await Launcher.start()
            try:
                async with asyncio.timeout(self._settings.start_timeout_s):
                    self._degradations = await self._launcher.degradations
            except TimeoutError:
                await self._launcher.stop()
                raise SandboxError("the launcher of local sandboxes was not ready in time") from None
            return self._launcher

    async def create(self) -> Sandbox:
        return LocalSandbox(await self._runner(), self._runner)

    async def _runner(self) -> "_Runner":
        """A ready one."""
        launcher = await self._running_launcher()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        channel = Channel(multiplexed=False)
        await asyncio.get_running_loop().create_unix_connection(lambda: channel, sock=ours)
        try:
            async with asyncio.timeout(self._settings.start_timeout_s):
                with theirs:
                    pid = await launcher.spawn(theirs, self._settings.tmpfs_bytes)
                hello = await hello_of(channel)
        except BaseException as error:
            channel.close()
            raise as_sandbox_error(error, channel) from error
        return _Runner(pid, launcher.exits.get(pid), hello, channel, f"{pid}-{uuid.uuid4().hex}")

    async def close(self) -> None:
        if self._launcher:
            await self._launcher.stop()

    def describe(self) -> IsolationInfo:
        return IsolationInfo(IsolationName.LOCAL, degradations=self._degradations)


@dataclass(frozen=True)
class _Runner:
    """One that was forked. exit: its wait status once it has ended; None if it had before we could ask."""

    pid: int
    exit: asyncio.Future[int] | None
    hello: Hello
    channel: Channel
    runner_id: str

    async def exit_status(self) -> int | None:
        """128 + signal if it was killed; None if it cannot be known."""
        if not self.exit:
            return None
        done, _ = await asyncio.wait([self.exit], timeout=_EXIT_WAIT_S)
        if not done or self.exit.cancelled():
            return None
        return exit_status(self.exit.result())


class LocalSandbox(AttachedSandbox):
    """A forked runner. fork: makes another one."""

    def __init__(self, runner: _Runner, fork: Callable[[], Awaitable[_Runner]]) -> None:
        super().__init__(runner.runner_id, runner.hello, runner.channel)
        self._runner = runner
        self._fork = fork

    async def _end(self) -> Evidence:
        return Evidence(StreamEnd.ENDED, exit_status=await self._runner.exit_status())

    async def renew(self) -> None:
        """By a fresh one: a fork costs no more than to look whether all of this one's is gone."""
        await self.destroy()
        runner = self._runner = await self._fork()
        self.sandbox_id, self.hello, self._channel = runner.runner_id, runner.hello, runner.channel

    async def destroy(self) -> None:
        runner = self._runner
        runner.channel.close()
        if await runner.exit_status() is None and runner.exit and not runner.exit.done():
            # The launcher has not reaped it, so that the pid is still this runner's.
            os.kill(runner.pid, signal.SIGKILL)
            await runner.exit_status()
