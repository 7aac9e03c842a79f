"""Building the image of the sandbox, from a checkout or from where the package is installed."""

import asyncio
import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
"""What the image is built from: the folder of our packages, which is the checkout where there is one."""

_ENGINE_TIMEOUT_S = 10.0
_BASE_TIMEOUT_S = 600.0  # a pull that fails late, then a base image made from packages
_BUILD_TIMEOUT_S = 300.0


class ImageError(RuntimeError):
    """The image cannot be built here; the message says why, in words, and which file has what the engine said."""


async def build(image: str, folder: Path, root: Path = ROOT) -> None:
    """Builds `image`. With nothing changed since the last time this takes about a second.

    Its base is PYTHON_BASE of the environment; else the one that deploy/engine.sh chose for this host, or in a checkout
    now chooses: one that can be pulled, or one of its own where no registry answers; else the Dockerfile's own.

    With the packages of SANDBOX_PACKAGES in the environment: lines of a requirements file, with spaces between them.

    folder: of deploy/engine.sh, where it notes the base image; what the engine prints goes into a file there.

    Raises:
        ImageError: there is no engine, or the build failed.
    """
    if shutil.which("docker") is None:
        raise ImageError("there is no docker command")
    output = _emptied(folder)
    if await _ran(["docker", "version"], _ENGINE_TIMEOUT_S, output) is None:
        raise ImageError(f"no Docker engine answers, see {output}")
    base = os.environ.get("PYTHON_BASE") or await _base(root, folder / "base", output)
    arguments = ["--build-arg", f"PYTHON_BASE={base}"] if base else []
    if packages := os.environ.get("SANDBOX_PACKAGES"):
        arguments += ["--build-arg", f"PACKAGES={packages}"]
    dockerfile = root / "executor_service" / "image" / "Dockerfile"
    command = ["docker", "build", "--target", "runner", *arguments, "-f", str(dockerfile), "-t", image, str(root)]
    if await _ran(command, _BUILD_TIMEOUT_S, output) is None:
        cure = "" if base else "; PYTHON_BASE names a base image that is at hand: a Debian with Python 3.11 or newer"
        raise ImageError(f"the sandbox image could not be built, see {output}{cure}")
    log.info("built %s", image)


def _emptied(folder: Path) -> Path:
    """The file for what is printed; of the last time nothing is left."""
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "runner-image.log"
    output.write_bytes(b"")
    return output


def _noted(file: Path) -> str:
    return file.read_text("utf-8").strip() if file.exists() else ""


async def _base(root: Path, noted: Path, output: Path) -> str:
    """Name of the base image for this host; empty: the Dockerfile's own, as nothing better is known."""
    chosen = _noted(noted)
    if chosen and await _ran(["docker", "image", "inspect", chosen], _ENGINE_TIMEOUT_S, output) is not None:
        return chosen
    if (script := _set_up_script(root)) is None:
        return ""
    printed = await _ran([str(script), "base"], _BASE_TIMEOUT_S, output)
    return "" if printed is None else printed.strip()


def _set_up_script(root: Path) -> Path | None:
    """What prepares a host, which a checkout alone has."""
    script = root / "deploy" / "engine.sh"
    return script if script.exists() else None


async def _ran(command: Sequence[str], timeout_s: float, output: Path) -> str | None:
    """What the command printed, None if it failed; its errors are added to `output`, and say so if it took too long."""
    with output.open("ab") as errors:
        errors.write(f"$ {' '.join(command)}\n".encode())
        errors.flush()
        process = await asyncio.create_subprocess_exec(
            *command,
            env=os.environ | {"DOCKER_BUILDKIT": "1"},  # the Dockerfile mounts a cache, which the old builder cannot
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
        try:
            async with asyncio.timeout(timeout_s):
                printed, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            errors.write(f"ended, since it took longer than {timeout_s:.0f} s\n".encode())
            return None
    return None if process.returncode else printed.decode("utf-8", "replace")
