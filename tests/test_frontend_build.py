"""deploy/frontend.sh: builds of the lock alone, only what has changed, and says so where it cannot."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "deploy" / "frontend.sh"
_NPM = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
*" ci "*) mkdir -p frontend/node_modules ;;
*"run build"*) mkdir -p gateway/web && echo built >gateway/web/index.html ;;
esac
"""
_TOOLS = ("bash", "dirname", "find", "sort", "xargs", "sha256sum", "cut", "mkdir", "tail", "flock", "sh", "env", "cat")


class Project:
    """A checkout with the script and a page to build. node: what `node` ends with when it is asked for its version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._programs = folder / "programs"
        for place in (folder / "deploy", folder / "frontend", self._programs):
            place.mkdir()
        shutil.copy(SCRIPT, folder / "deploy")
        for name in ("package.json", "package-lock.json", "index.html"):
            self.write(name, "{}")
        for tool in _TOOLS:
            found = shutil.which(tool)
            assert found is not None
            (self._programs / tool).symlink_to(found)

    def write(self, name: str, text: str) -> None:
        (self.folder / "frontend" / name).write_text(text)

    def give_node(self, ends_with: int = 0, npm: str = _NPM) -> None:
        for name, text in (("node", f"#!/bin/sh\nexit {ends_with}\n"), ("npm", npm)):
            (self._programs / name).write_text(text)
            (self._programs / name).chmod(0o755)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        own = {"PATH": str(self._programs), "CALLS": str(self.folder / "calls"), "HOME": os.environ.get("HOME", "/")}
        command = [str(self.folder / "deploy" / "frontend.sh"), *arguments]
        return subprocess.run(command, env=own, capture_output=True, text=True, check=False)

    @property
    def calls(self) -> list[str]:
        """What npm was told, without its options, since this was last asked."""
        file = self.folder / "calls"
        told = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [line.partition("--no-update-notifier ")[2] for line in told]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_it_installs_the_lock_alone_and_builds(project: Project) -> None:
    project.give_node()
    ended = project.run()
    assert ended.returncode == 0, ended.stderr
    assert project.calls == ["ci --ignore-scripts", "run build"]
    assert (project.folder / "gateway" / "web" / "index.html").exists()


def test_what_is_built_of_the_same_sources_is_not_built_again(project: Project) -> None:
    project.give_node()
    project.run()
    assert project.calls
    assert project.run().returncode == 0
    assert project.calls == []
    project.write("index.html", "changed")
    project.run()
    assert project.calls == ["run build"]
    project.write("package-lock.json", "[]")
    project.run()
    assert project.calls == ["ci --ignore-scripts", "run build"]
    shutil.rmtree(project.folder / "gateway")
    project.run()
    assert project.calls == ["run build"]


def test_only_the_packages_are_installed_for_whoever_asks_for_these(project: Project) -> None:
    project.give_node()
    assert project.run("install").returncode == 0
    assert project.calls == ["ci --ignore-scripts"]


@pytest.mark.parametrize("old", [False, True])
def test_without_a_node_that_will_do_it_says_so_and_builds_nothing(project: Project, old: bool) -> None:
    if old:
        project.give_node(ends_with=1)
    ended = project.run()
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "no Node.js 20.19 or newer" in ended.stderr
    assert not (project.folder / "gateway").exists()


def test_what_npm_says_of_a_failure_is_shown(project: Project) -> None:
    project.give_node(npm="#!/bin/sh\necho the lock and the manifest differ\nexit 1\n")
    ended = project.run()
    assert ended.returncode == 1
    assert "the lock and the manifest differ" in ended.stderr
    assert "npm ci failed" in ended.stderr
