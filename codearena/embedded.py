"""A gateway for the length of a command: `python -m gateway.embedded` in a process and a folder of its own."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from codearena.errors import ServiceError
from codearena.server.state import URL_FILE

_START_TIMEOUT_S = 400.0  # it may build the sandbox image first
_STOP_TIMEOUT_S = 60.0
_REMOVE_TIMEOUT_S = 10.0
_POLL_S = 0.1
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@contextmanager
def embedded_gateway(isolation: str, tasks: Path, settings: Mapping[str, str] = _NO_SETTINGS) -> Iterator[str]:
    """The URL of a gateway that serves the tasks of a folder or file; nothing of it is left afterwards.

    isolation: auto, container or local. settings: environment variables that set more of it.

    Raises:
        ServiceError: it did not start; it has said why on stderr.
    """
    with _folder() as folder:
        command = [sys.executable, "-m", "gateway.embedded", "--host", "127.0.0.1", "--port", "0"]
        # The last: so that it does not outlive us, however we end.
        command += ["--isolation", isolation, "--state", str(folder), "--until-stdin-closes"]
        environment = os.environ | {"CODEARENA_GATEWAY_TASKS_DIR": str(tasks.resolve()), **settings}
        process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        try:
            yield _wait_for_url(process, folder / URL_FILE)
        finally:
            _stop(process)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for the time of the block.

    Its removal never fails what was done in the block, and is tried again: the Redis of a gateway that was killed ends
    a little later than that, and writes there until it has.
    """
    folder = Path(tempfile.mkdtemp(prefix="codearena-"))
    try:
        yield folder
    finally:
        deadline = time.monotonic() + _REMOVE_TIMEOUT_S
        while folder.exists() and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)
                break
            time.sleep(_POLL_S)


def _wait_for_url(process: "subprocess.Popen[bytes]", file: Path) -> str:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while not file.exists():
        if process.poll() is not None:
            raise ServiceError(f"the embedded gateway ended with status {process.returncode} while starting")
        if time.monotonic() > deadline:
            raise ServiceError(f"the embedded gateway did not start within {_START_TIMEOUT_S:.0f} s")
        time.sleep(_POLL_S)
    return file.read_text("utf-8")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
