"""requirements/install.sh: what serves is installed first, what checks is added to the same environment later."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "requirements" / "install.sh"
_BACKEND = """
import zipfile

def build_editable(folder, config=None, metadata=None):
    name = "codearena-1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        wheel.writestr("codearena-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: codearena\\nVersion: 1.0\\n")
        wheel.writestr("codearena-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr("codearena-1.0.dist-info/entry_points.txt", "[console_scripts]\\ncodearena = own:main\\n")
        wheel.writestr("codearena-1.0.dist-info/RECORD", "")
    return name
"""
_PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "codearena"
version = "1.0"
"""


def _wheel(folder: Path, name: str) -> str:
    """Makes a package of one module; its line in a lock."""
    file = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project with a lock of one package to serve, and one of that and another to check."""
    requirements = tmp_path / "requirements"
    requirements.mkdir()
    shutil.copy(SCRIPT, requirements)
    serving, checking = _wheel(tmp_path, "serving"), _wheel(tmp_path, "checking")
    (requirements / "server.lock").write_text(serving)
    (requirements / "dev.lock").write_text(serving + checking)
    (tmp_path / "pyproject.toml").write_text(_PROJECT)
    (tmp_path / "backend.py").write_text(_BACKEND)
    yield tmp_path


def _start(project: Path, lock: str) -> "subprocess.Popen[str]":
    own = {"PYTHON": sys.executable, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(project)}
    command = [str(project / "requirements" / "install.sh"), ".venv", f"requirements/{lock}.lock"]
    return subprocess.Popen(command, env=os.environ | own, stderr=subprocess.PIPE, text=True)


def _install(project: Path, lock: str) -> None:
    process = _start(project, lock)
    _, said = process.communicate()
    assert process.returncode == 0, said


def _has(project: Path, *modules: str) -> bool:
    command = [str(project / ".venv" / "bin" / "python"), "-c", f"import {', '.join(modules)}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _ready(project: Path) -> set[str]:
    return {file.name for file in (project / ".venv").glob("ready*")}


def test_what_serves_comes_without_what_checks_which_is_added_to_it(project: Path) -> None:
    _install(project, "server")
    assert _ready(project) == {"ready-server"}
    assert _has(project, "serving")
    assert not _has(project, "checking")
    command = project / ".venv" / "bin" / "codearena"
    made = command.stat().st_mtime_ns
    _install(project, "dev")
    assert _ready(project) == {"ready-server", "ready-dev"}
    assert _has(project, "serving", "checking")
    assert command.stat().st_mtime_ns == made  # a program that runs from there never misses it


def test_the_larger_lock_alone_makes_both_ready(project: Path) -> None:
    _install(project, "dev")
    assert _ready(project) == {"ready-server", "ready-dev"}


def test_two_at_once_do_not_disturb_each_other(project: Path) -> None:
    both = [_start(project, "server"), _start(project, "dev")]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert _ready(project) == {"ready-server", "ready-dev"}
    assert _has(project, "serving", "checking")


def test_it_says_which_python_it_would_take_and_makes_nothing(project: Path) -> None:
    command = [str(project / "requirements" / "install.sh"), "--python"]
    said = subprocess.run(command, env=os.environ | {"PYTHON": sys.executable}, capture_output=True, check=True).stdout
    assert said.decode().strip() == sys.executable
    assert not (project / ".venv").exists()
