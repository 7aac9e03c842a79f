"""The images that tests with a real engine run: the runner's, and the scripted runner's on top of it."""

import io
import os
import subprocess
import tarfile
from functools import cache
from pathlib import Path

import docker
import docker.errors
import pytest

from executor_service.isolation.engine import connect

REPOSITORY = Path(__file__).parents[2]
_TAG = os.environ.get("RUNNER_IMAGE", "codearena-runner:dev").rpartition(":")[2]
RUNNER_IMAGE = f"codearena-runner:{_TAG}-test"
SCRIPTED_IMAGE = f"codearena-scripted-runner:{_TAG}-test"
_BASE_FILE = Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local/state")) / "codearena/engine/base"


@cache
def engine() -> docker.APIClient | str:
    """A client of the engine, or why there is none."""
    try:
        return connect()
    except docker.errors.DockerException as error:
        return f"no Docker engine answers: {error}"


def require_engine() -> docker.APIClient:
    """A client of the engine; skips the test where none answers."""
    client = engine()
    if isinstance(client, str):
        pytest.skip(client)
    return client


@cache
def runner_image() -> str:
    """The runner's image, built from this working tree."""
    base = os.environ.get("PYTHON_BASE") or (_BASE_FILE.read_text().strip() if _BASE_FILE.exists() else "")
    arguments = ["docker", "build", "--quiet", "--target", "runner", "--tag", RUNNER_IMAGE]
    options = ["--build-arg", f"PYTHON_BASE={base}"] if base else []
    arguments += ["--file", "executor_service/image/Dockerfile", *options, "."]
    built = subprocess.run(arguments, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if built.returncode:
        raise RuntimeError(f"the runner's image does not build:\n{built.stderr[-2000:]}")
    return RUNNER_IMAGE


@cache
def scripted_image() -> str:
    """An image whose runner is scripted_runner.py."""
    client = require_engine()
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        archive.add(Path(__file__).parent / "scripted_runner.py", "scripted_runner.py")
        lines = [
            f"FROM {runner_image()}",
            "COPY scripted_runner.py /scripted_runner.py",
            'ENTRYPOINT ["python3", "-S", "-B", "/scripted_runner.py"]',
        ]
        dockerfile = "\n".join(lines).encode()
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(dockerfile)
        archive.addfile(entry, io.BytesIO(dockerfile))
    context.seek(0)
    for progress in client.build(fileobj=context, custom_context=True, tag=SCRIPTED_IMAGE, rm=True, decode=True):
        if "error" in progress:
            raise RuntimeError(progress["error"])
    return SCRIPTED_IMAGE
