"""The image of the sandbox, built from this checkout where there is one and an engine answers."""

import asyncio
import logging
import os
import shutil
from pathlib import Path

log = logging.getLogger(__name__)

_ENGINE_TIMEOUT_S = 10.0
_BUILD_TIMEOUT_S = 300.0


class ImageError(RuntimeError):
    """The image cannot be built here; the message says why."""


async def build(image: str, checkout: Path, base_file: Path) -> None:
    """Builds `image`. With nothing changed since the last time this takes about a second.

    base_file: where deploy/engine.sh notes the base image of this host; PYTHON_BASE in the environment wins over it.

    Raises:
        ImageError: no checkout, no engine, or the build failed.
    """
    dockerfile = checkout / "deploy" / "Dockerfile"
    if not dockerfile.exists():
        raise ImageError("not a checkout of the repository")
    if shutil.which("docker") is None:
        raise ImageError("no docker command on PATH")
    await _docker(["version", "--format", "{{.Server.Version}}"], _ENGINE_TIMEOUT_S)
    base = os.environ.get("PYTHON_BASE") or _noted(base_file)
    arguments = ["--build-arg", f"PYTHON_BASE={base}"] if base else []
    command = ["build", "--quiet", "--target", "runner", *arguments, "-f", str(dockerfile), "-t", image, str(checkout)]
    await _docker(command, _BUILD_TIMEOUT_S)
    log.info("built %s", image)


def _noted(base_file: Path) -> str:
    return base_file.read_text("utf-8").strip() if base_file.exists() else ""


async def _docker(arguments: list[str], timeout_s: float) -> None:
    process = await asyncio.create_subprocess_exec(
        *("docker", *arguments),
        env=os.environ | {"DOCKER_BUILDKIT": "1"},  # the Dockerfile mounts a cache, which the old builder cannot
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(timeout_s):
            output, _ = await process.communicate()
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise ImageError(f"docker {arguments[0]} took longer than {timeout_s:.0f} s") from error
    if process.returncode:
        lines = output.decode("utf-8", "replace").strip().splitlines()
        raise ImageError(lines[-1] if lines else f"docker {arguments[0]} failed")
