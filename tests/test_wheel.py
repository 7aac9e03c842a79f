"""The built package alone serves: installed into an environment of its own, called from an empty folder."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from codearena import CodeArena
from codearena.tasks.folder import load_tasks
from executor_service.runner import revision
from tests.integration.deployment import base_image, docker
from tests.ports import free_port

ROOT = Path(__file__).parent.parent
PACKAGES = ("codearena", "executor_service", "gateway", "grader_service", "judge_service")
TASKS = load_tasks(ROOT / "gateway" / "tasks")
_NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "attempts")


def carried(root: Path) -> set[str]:
    """The files of the packages, by path from their folder."""
    files = [file for package in PACKAGES for file in (root / package).rglob("*") if file.is_file()]
    return {str(file.relative_to(root)) for file in files if "__pycache__" not in file.parts}


@dataclass(frozen=True)
class Built:
    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both, the wheel built from the source distribution, by the locked build tools: no network is needed."""
    source, out = tmp_path_factory.mktemp("wheel") / "source", tmp_path_factory.mktemp("dist")
    shutil.copytree(ROOT, source, ignore=_NOT_COPIED)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out)]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    [wheel], [sdist] = out.glob("*.whl"), out.glob("*.tar.gz")
    return Built(wheel, sdist)


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == carried(ROOT)


def test_the_source_distribution_holds_what_the_wheel_is_built_from_and_nothing_else(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames() if archive.getmember(name).isfile()}
    project = {"LICENSE", "MANIFEST.in", "PKG-INFO", "README.md", "pyproject.toml", "setup.cfg"}
    assert {name for name in held if not name.startswith("codearena.egg-info/")} == carried(ROOT) | project


@dataclass(frozen=True)
class Installed:
    """An environment that has the wheel, and of everything else what the locked environment has."""

    programs: Path
    folder: Path  # an empty one to call from

    def environment(self, **variables: str) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CODEARENA_"))}
        return ours | {"XDG_STATE_HOME": str(self.folder / "state"), "COLUMNS": "200"} | variables

    def run(self, program: str, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.folder,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(built.wheel)], check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "locked.pth").write_text(sysconfig.get_path("purelib"))
    return Installed(folder / "bin", tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def served(installed: Installed) -> Iterator[str]:
    """URL of `codearena serve`."""
    port = free_port()
    command = [str(installed.programs / "codearena"), "serve", "--isolation", "local", "--port", str(port)]
    environment = installed.environment()
    process = subprocess.Popen(command, cwd=installed.folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert any("-d '{" in line for line in process.stdout), "it ended before it served"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


@pytest.mark.redis
def test_it_serves_every_task_and_grades_a_fix(served: str) -> None:
    with CodeArena(served) as arena:
        assert {task.id for task in arena.tasks()} == set(TASKS)
        isolation = arena.ready().isolation
        assert isolation is not None
        assert isolation.name == "local"
        assert arena.grade("easy-1", TASKS["easy-1"].solution).solved


@pytest.mark.redis
def test_the_demo_plays_every_task_through_it(served: str, installed: Installed) -> None:
    ended = installed.run("codearena", "demo")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert all(task in ended.stdout for task in TASKS)


@pytest.mark.redis
def test_the_doctor_finds_nothing_wrong(installed: Installed) -> None:
    ended = installed.run("codearena", "doctor", CODEARENA_EXECUTOR_ISOLATION="local")
    assert "gateway" in ended.stdout
    assert "fault" not in ended.stdout, ended.stdout


@pytest.mark.docker
def test_the_sandbox_image_is_built_from_it(installed: Installed) -> None:
    image = f"codearena-test:{uuid.uuid4().hex}"
    variables = {"CODEARENA_EXECUTOR_IMAGE": image, "PYTHON_BASE": base_image()}
    ended = installed.run("python", "-m", "executor_service.image", **variables)
    assert (ended.returncode, ended.stdout) == (0, f"{image}\n"), ended.stderr
    try:
        script = "from executor_service.runner.revision import runner_revision; print(runner_revision())"
        command = ("run", "--rm", "--network", "none", "--entrypoint", "python3", image, "-c", script)
        assert revision.same_runner(docker(*command).strip(), revision.runner_revision())
    finally:
        docker("rmi", "--force", image)


def test_without_an_engine_the_build_says_what_is_missing(installed: Installed) -> None:
    ended = installed.run("python", "-m", "executor_service.image", PATH="/nonexistent")
    assert (ended.returncode, ended.stderr) == (1, "no sandbox image: there is no docker command\n")
