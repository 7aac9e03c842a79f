"""A gateway for the length of a command: it serves, and nothing of it is left, however the command ends."""

import contextlib
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from codearena import CodeArena
from codearena.embedded import _stop as stop
from codearena.embedded import embedded_gateway
from codearena.errors import ServiceError

TASKS = Path(__file__).parent.parent.parent / "gateway" / "tasks"
OWNER = """
import sys
from pathlib import Path
from codearena.embedded import embedded_gateway
with embedded_gateway("local", Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.mark.redis
def test_it_serves_the_tasks_of_the_folder_and_leaves_no_process() -> None:
    before = set(psutil.Process().children(recursive=True))
    with embedded_gateway("local", TASKS) as url, CodeArena(url) as arena:
        assert "easy-1" in [task.id for task in arena.tasks()]
        started = set(psutil.Process().children(recursive=True)) - before
    assert started
    assert not [process for process in started if process.is_running()]


@pytest.mark.redis
def test_it_ends_when_the_command_is_killed() -> None:
    command = [sys.executable, "-c", OWNER, str(TASKS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        started = psutil.Process(owner.pid).children(recursive=True)
        owner.kill()
    _, alive = psutil.wait_procs(started, timeout=30)
    assert started
    assert not alive


def write_for_a_second(folder: Path) -> None:
    end = time.monotonic() + 1
    with contextlib.suppress(FileNotFoundError):  # its folder was removed, which is what is asked for
        while time.monotonic() < end:
            (folder / f"late-{time.monotonic_ns()}").touch()


@pytest.mark.redis
def test_what_writes_into_its_folder_a_little_longer_fails_no_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with embedded_gateway("local", TASKS):
        [folder] = tmp_path.glob("codearena-*")
        writer = threading.Thread(target=write_for_a_second, args=(folder / "redis",))
        # Started when the gateway has ended, before its folder is removed.
        monkeypatch.setattr("codearena.embedded._stop", lambda process: (stop(process), writer.start()))
    writer.join()
    assert not folder.exists()


def test_one_that_cannot_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="ended with status"), embedded_gateway("local", tmp_path / "no tasks"):
        pass
