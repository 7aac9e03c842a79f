"""A gateway for the length of a command: it serves, and nothing of it is left, however the command ends."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from codearena import CodeArena
from codearena.embedded import embedded_gateway
from codearena.errors import ServiceError

TASKS = Path(__file__).parent.parent.parent / "tasks"
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


def test_one_that_cannot_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="ended with status"), embedded_gateway("local", tmp_path / "no tasks"):
        pass
