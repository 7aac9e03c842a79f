"""Every `docker compose` command of the docs works as it is pasted, after what `make up` sets up."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration import deployment
from tests.integration.processes import ROOT

pytestmark = pytest.mark.docker
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ENVIRONMENT = {
    name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG") if name in os.environ
}

_COMMAND = re.compile(r"docker compose[^`#|>\n]*")
_PLACEHOLDERS = {"SERVICE": "executor"}
_OF_SERVICES = frozenset({"up", "run", "exec", "ps", "logs", "stop"})
_TAKING_A_VALUE = frozenset({"--since", "--scale", "--entrypoint"})


@dataclass(frozen=True)
class Command:
    """files: which files and profiles it is about; services: those that it names."""

    files: tuple[str, ...]
    verb: str
    services: tuple[str, ...]


def _parsed(text: str) -> Command:
    words = iter(_PLACEHOLDERS.get(word, word) for word in text.split()[2:])
    files: list[str] = []
    for word in words:
        if word not in ("-f", "--profile"):
            return Command(tuple(files), word, tuple(_services(word, words)))
        files += [word, next(words)]
    return Command(tuple(files), "", ())


def _services(verb: str, words: Iterator[str]) -> list[str]:
    found = []
    for word in words:
        if word == "--scale":
            found.append(next(words).partition("=")[0])
        elif word in _TAKING_A_VALUE:
            next(words)
        elif not word.startswith("-"):
            found.append(word)
            if verb in ("run", "exec"):  # what follows runs in it
                break
    return found


def _documented() -> dict[str, Command]:
    texts = {found.strip() for page in PAGES for found in _COMMAND.findall(page.read_text("utf-8"))}
    return {text: _parsed(text) for text in sorted(texts)}


COMMANDS = _documented()


def _compose(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = ENVIRONMENT | {"TLS_CERTIFICATES": "/certificates"}
    command = ["docker", "compose", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True)
def compose() -> None:
    if reason := deployment.obstacle():
        pytest.skip(reason)


def test_the_docs_have_commands() -> None:
    assert {"up", "run", "exec", "ps", "logs", "stop"} <= {command.verb for command in COMMANDS.values()}


@pytest.mark.parametrize("files", sorted({command.files for command in COMMANDS.values()}), ids=" ".join)
def test_what_a_documented_command_names_is_there(files: tuple[str, ...]) -> None:
    answer = _compose(*files, "--profile", "observability", "config", "--services")
    assert (answer.returncode, answer.stderr) == (0, "")  # nor a warning of a variable that is not set
    named = {
        name
        for command in COMMANDS.values()
        if command.files == files and command.verb in _OF_SERVICES
        for name in command.services
    }
    assert named <= set(answer.stdout.split())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the set-up script needs, with a base image that cannot be pulled as the default."""
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "engine.sh", tmp_path / "deploy" / "engine.sh")
    example = (ROOT / ".env.example").read_text("utf-8")
    (tmp_path / ".env.example").write_text(
        re.sub("^PYTHON_BASE=.*", "PYTHON_BASE=none.invalid/a:b", example, flags=re.M)
    )
    state = tmp_path / "state" / "codearena" / "engine"
    state.mkdir(parents=True)
    (state / "base").write_text(deployment.base_image() + "\n")
    return tmp_path


def _recorded(checkout: Path) -> str:
    environment = ENVIRONMENT | {"XDG_STATE_HOME": str(checkout / "state")}
    script = str(checkout / "deploy" / "engine.sh")
    subprocess.run([script, "env"], env=environment, check=True, capture_output=True, timeout=120)
    return (checkout / ".env").read_text("utf-8")


def test_the_base_image_of_this_host_is_recorded_once_and_compose_reads_it(checkout: Path) -> None:
    (checkout / ".env").write_text("LOG_LEVEL=DEBUG")  # without an end of line
    _recorded(checkout)
    text = _recorded(checkout)
    assert text.splitlines()[0] == "LOG_LEVEL=DEBUG"
    assert text.count("PYTHON_BASE=") == 1
    options = ["--env-file", str(checkout / ".env"), "config"]
    assert f"PYTHON_BASE: {deployment.base_image()}\n" in _compose(*options).stdout


def test_a_base_image_that_the_operator_chose_stays(checkout: Path) -> None:
    (checkout / ".env").write_text("PYTHON_BASE=registry.example/python:3.13\n")
    assert _recorded(checkout) == "PYTHON_BASE=registry.example/python:3.13\n"


def test_the_number_of_executors_is_read_from_the_environment_file(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("EXECUTORS=5\n")
    assert "replicas: 5\n" in _compose("--env-file", str(tmp_path / "env"), "config").stdout
