"""What keeps the embedded gateway from serving is found before anything is installed or built, and has a cure."""

import asyncio
import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from codearena.server.state import URL_FILE
from gateway import preflight
from gateway.preflight import LOCK_FILE, REDIS_FOLDER, ObstacleError
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens who says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def obstacle(host: str, port: int, state: Path) -> str:
    with pytest.raises(ObstacleError) as found:
        preflight.check(host, port, state)
    return str(found.value)


def test_it_needs_nothing_but_the_standard_library() -> None:
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import gateway.preflight"
    subprocess.run([sys.executable, "-I", "-S", "-c", script], check=True)


def test_where_all_is_in_order_it_says_nothing(tmp_path: Path) -> None:
    preflight.check("127.0.0.1", free_port(), tmp_path / "new" / "codearena")
    preflight.check("127.0.0.1", 0, tmp_path / "new" / "codearena")


def test_a_port_of_another_program_is_named_with_one_that_is_free(tmp_path: Path, taken: int) -> None:
    said = obstacle("127.0.0.1", taken, tmp_path)
    assert f"port {taken} of 127.0.0.1 is taken by another program" in said
    free = int(said.partition(f"{preflight.PORT_VARIABLE}=")[2].partition(",")[0])
    preflight.check("127.0.0.1", free, tmp_path)


async def test_a_port_of_another_gateway_is_told_from_that(tmp_path: Path, api: httpx.AsyncClient) -> None:
    said = await asyncio.to_thread(obstacle, "127.0.0.1", api.base_url.port or 0, tmp_path)
    assert "a CodeArena serves on port" in said


@pytest.mark.parametrize("host", ["192.0.2.7", "no-such-host.invalid"])
def test_an_address_that_is_not_this_machines_is_named(tmp_path: Path, host: str) -> None:
    said = obstacle(host, 7860, tmp_path)
    assert said.startswith(f"cannot listen on {host}: ")
    assert "cure: CODEARENA_GATEWAY_HOST=127.0.0.1" in said


def test_a_state_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    said = obstacle("127.0.0.1", 0, file / "codearena")
    assert f"the state folder {file}/codearena cannot be used" in said
    assert "cure: XDG_STATE_HOME=" in said


def test_a_state_folder_in_use_is_named_and_one_that_is_being_left_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / REDIS_FOLDER
    folder.mkdir()
    lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    preflight.check("127.0.0.1", 0, tmp_path)  # nobody serves any more: the server waits for the lock
    (tmp_path / URL_FILE).write_text("http://localhost:1")
    assert "the CodeArena on http://localhost:1 uses" in obstacle("127.0.0.1", 0, tmp_path)
    os.close(lock)
    preflight.check("127.0.0.1", 0, tmp_path)  # it was killed


@pytest.mark.parametrize("text", ["many", "-1", "65536", "7860.5", "٣"])
def test_a_port_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(preflight.PORT_VARIABLE, text)
    with pytest.raises(ObstacleError, match="CODEARENA_GATEWAY_PORT is no port"):
        preflight.port_of_environment()


def test_make_run_finds_a_taken_port_before_it_installs_anything(tmp_path: Path, taken: int) -> None:
    own = {"CODEARENA_GATEWAY_PORT": str(taken), "XDG_STATE_HOME": str(tmp_path), "MAKEFLAGS": ""}
    command = ["make", "run", f"VENV={tmp_path / 'venv'}"]
    ran = subprocess.run(command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert f"port {taken} of 127.0.0.1 is taken" in ran.stderr
    assert not (tmp_path / "venv").exists()
