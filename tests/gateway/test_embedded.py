"""Everything in one process: started as a person starts it, with real services, a real Redis and local isolation."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from codearena import CodeArena
from codearena.commands.gateways import gateway_url
from codearena.tasks.folder import load_task
from gateway import embedded
from tests.ports import free_port

ROOT = Path(__file__).parent.parent.parent
TASK = load_task(ROOT / "gateway" / "tasks" / "easy" / "easy-1")
pytestmark = pytest.mark.redis


@dataclass(frozen=True)
class Running:
    """A started process, what it printed until it served, and a client of it."""

    process: "subprocess.Popen[str]"
    banner: str
    arena: CodeArena


def embedded_command(state: Path) -> list[str]:
    return [sys.executable, "-m", "gateway.embedded", "--port", "0", "--isolation", "local", "--state", str(state)]


@contextmanager
def running(state: Path, command: Sequence[str] = (), **variables: str) -> Iterator[Running]:
    process = subprocess.Popen(
        command or embedded_command(state),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=state,
        env=os.environ | variables,
    )
    assert process.stdout is not None
    banner = ""
    try:
        for line in process.stdout:
            banner += line
            if "-d '{" in line:  # the last line of what it tells
                break
        else:
            raise AssertionError(f"it ended: {process.communicate()}")
        url = next(word for word in banner.split() if word.startswith("http://"))
        with CodeArena(url) as arena:
            yield Running(process, banner, arena)
    finally:
        process.terminate()
        process.communicate()


def redis_pid(state: Path) -> int:
    """The process that holds the lock on the data, beside its owner: told by its log."""
    lines = (state / "redis" / "redis.log").read_text().splitlines()
    return int(lines[-1].partition(":")[0])


def test_it_serves_says_where_and_what_the_isolation_lacks(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        assert it.arena.grade(TASK.id, TASK.solution).solved
        assert "isolation: local" in it.banner
        assert "not in containers" in it.banner


def test_the_line_to_paste_works(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        lines = it.banner.splitlines()
        pasted = "\n".join(lines[next(number for number, line in enumerate(lines) if line.startswith("curl")) :])
        answer = subprocess.run(["bash", "-c", pasted], capture_output=True, text=True, check=True).stdout
        assert json.loads(answer)["solved"]


def test_the_terminal_shows_nothing_but_what_it_announces(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        it.arena.grade(TASK.id, TASK.solution)
        it.process.terminate()
        assert it.process.communicate() == ("stopping\n", "")


def test_serve_listens_where_the_environment_says_and_commands_find_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    serve = [sys.executable, "-m", "codearena", "serve", "--isolation", "local"]
    own = {"CODEARENA_GATEWAY_PORT": str(port), "XDG_STATE_HOME": str(tmp_path)}
    with running(tmp_path, serve, **own) as it:
        assert f"http://localhost:{port}" in it.banner
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        with gateway_url(None, None, ROOT / "gateway" / "tasks") as found:
            assert found == f"http://localhost:{port}"


def test_a_wrong_setting_is_one_line_not_a_traceback(tmp_path: Path) -> None:
    wrong = os.environ | {"CODEARENA_GRADER_DRAIN_S": "long"}
    ran = subprocess.run(embedded_command(tmp_path), env=wrong, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "cannot serve" in ran.stdout
    assert "drain_s" in ran.stdout


def test_a_task_that_cannot_be_served_is_one_line_with_its_field(tmp_path: Path) -> None:
    task = tmp_path / "tasks" / "easy" / "easy-1"
    shutil.copytree(ROOT / "gateway" / "tasks" / "easy" / "easy-1", task)
    wrong = (task / "task.yaml").read_text().replace("point: average_list", "point: f(1).average")
    (task / "task.yaml").write_text(wrong)
    environment = os.environ | {"CODEARENA_GATEWAY_TASKS_DIR": str(tmp_path / "tasks")}
    command = embedded_command(tmp_path / "state")
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert f"cannot serve: {task}: entry_point: 'f(1).average' is no entry point" in ran.stdout
    assert len(ran.stdout.splitlines()) == 1


def test_an_episode_survives_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        episode_id = it.arena.reset(TASK.id).episode_id
        it.arena.step(TASK.buggy)
    with running(tmp_path) as it:
        assert it.arena.state(episode_id).step_count == 1
        assert it.arena.step(TASK.solution, episode_id=episode_id).info.solved


def test_asked_to_stop_it_ends_cleanly(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        it.process.terminate()
        assert it.process.wait(60) == 0
        assert not (tmp_path / "url").exists()


def test_a_redis_that_went_away_ends_it_with_an_error(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        os.kill(redis_pid(tmp_path), signal.SIGKILL)
        _, errors = it.process.communicate(timeout=60)
        assert it.process.returncode == 1
        assert "redis ended" in errors


def test_a_port_in_use_is_one_line_not_a_traceback(tmp_path: Path) -> None:
    with running(tmp_path) as it:
        port = next(word for word in it.banner.split() if word.startswith("http://")).rpartition(":")[2]
        command = [sys.executable, "-m", "gateway.embedded", "--port", port, "--isolation", "local"]
        second = subprocess.run(
            [*command, "--state", str(tmp_path / "second")], capture_output=True, text=True, check=False
        )
    assert second.returncode == 1
    assert "cannot serve: a CodeArena serves on port" in second.stdout
    assert "Traceback" not in second.stderr
    assert not (tmp_path / "second").exists()  # before anything was started


def test_the_port_is_that_of_the_environment_unless_the_command_line_names_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CODEARENA_GATEWAY_PORT", "7999")
    monkeypatch.setenv("CODEARENA_GATEWAY_HOST", "127.0.0.2")
    assert (embedded.parse([]).host, embedded.parse([]).port) == ("127.0.0.2", 7999)
    assert embedded.parse(["--port", "0"]).port == 0


def test_state_is_where_the_user_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/some/where")
    assert embedded.parse([]).state == Path("/some/where/codearena")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert embedded.parse([]).state == Path("/home/someone/.local/state/codearena")
