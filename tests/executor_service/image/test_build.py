"""The sandbox image: built from the base image of this host, and what the engine says goes into a file."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from executor_service.image import build
from executor_service.image.build import ImageError
from tests.integration import deployment
from tests.integration.deployment import docker

NOWHERE = "none.invalid/no/image:none"
DOCKERFILE = f"ARG PYTHON_BASE={NOWHERE}\nFROM ${{PYTHON_BASE}} AS runner\nLABEL codearena.test=1\n"


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where nobody has named a base image."""
    monkeypatch.delenv("PYTHON_BASE", raising=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository whose base image cannot be pulled, and whose set-up script knows none."""
    folder = tmp_path / "checkout"
    (folder / "deploy").mkdir(parents=True)
    (folder / "executor_service" / "image").mkdir(parents=True)
    (folder / "executor_service" / "image" / "Dockerfile").write_text(DOCKERFILE)
    set_up(folder, "echo 'no base image here' >&2; exit 3")
    return folder


def set_up(checkout: Path, script: str) -> None:
    file = checkout / "deploy" / "engine.sh"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def image() -> Iterator[str]:
    name = f"codearena-test:{uuid.uuid4().hex}"
    yield name
    docker("rmi", "--force", name)


@pytest.mark.docker
async def test_where_no_base_image_is_known_the_set_up_script_is_asked_for_one(
    checkout: Path, image: str, tmp_path: Path
) -> None:
    set_up(checkout, f"echo {deployment.base_image()}")
    await build.build(image, tmp_path / "state", checkout)
    assert '"codearena.test":"1"' in docker("image", "inspect", "--format", "{{json .Config.Labels}}", image)


@pytest.mark.docker
async def test_a_noted_base_image_is_taken_unless_it_is_gone(checkout: Path, image: str, tmp_path: Path) -> None:
    noted = tmp_path / "state" / "base"
    noted.parent.mkdir()
    noted.write_text(deployment.base_image() + "\n")
    await build.build(image, noted.parent, checkout)
    noted.write_text(NOWHERE)
    set_up(checkout, f"echo {deployment.base_image()}")
    await build.build(image, noted.parent, checkout)


@pytest.mark.docker
async def test_an_image_that_cannot_be_built_is_said_in_words_and_the_engines_are_in_a_file(
    checkout: Path, tmp_path: Path
) -> None:
    with pytest.raises(ImageError) as caught:
        await build.build("codearena-test:never", tmp_path / "state", checkout)
    said, output = str(caught.value), tmp_path / "state" / "runner-image.log"
    assert said.startswith(f"the sandbox image could not be built, see {output}; PYTHON_BASE names a base image")
    assert "no base image here" in output.read_text()
    assert NOWHERE.partition("/")[0] in output.read_text()


async def test_without_a_docker_command_that_is_the_reason(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ImageError, match="there is no docker command"):
        await build.build("codearena-test:never", tmp_path / "state", checkout)


async def test_an_engine_that_does_not_answer_is_the_reason(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ImageError, match="no Docker engine answers, see "):
        await build.build("codearena-test:never", tmp_path / "state", checkout)
    assert "Cannot connect" in (tmp_path / "state" / "runner-image.log").read_text()
