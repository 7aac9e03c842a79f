"""What attempts may import beside the standard library: the packages of the sandbox image, where it has any."""

import functools
import os
import sys

FOLDER = "/opt/packages"
"""Where the image's Dockerfile puts them; a host has no such folder."""
_LISTED = f"{FOLDER}/installed"  # NAME==VERSION, a line each

# Libraries for linear algebra and the like start a thread for each core that the host has, which would wait for a
# sandbox's share of them, and count as processes of the attempt.
_ENVIRONMENT = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "BLIS_NUM_THREADS"), "1"
)


@functools.cache
def installed() -> tuple[str, ...]:
    """NAME==VERSION of each, sorted; none where the image has no such layer."""
    try:
        with open(_LISTED) as file:
            return tuple(sorted(file.read().split()))
    except OSError:
        return ()


def holds(module: str) -> bool:
    """Whether a module, by its full name, is of one of them."""
    top = os.path.join(FOLDER, module.partition(".")[0])
    return bool(installed()) and (os.path.isdir(top) or os.path.isfile(f"{top}.py"))


def environment() -> dict[str, str]:
    """Variables of every process that may import them."""
    return _ENVIRONMENT if installed() else {}


def offer() -> None:
    """Lets this process and its forks import them. They stand last, so that none takes the place of Python's own."""
    if installed():
        sys.path.append(FOLDER)


def offer_to_programs(environment_folder: str) -> None:
    """Lets programs of a virtual environment import them."""
    if not installed():
        return
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = os.path.join(environment_folder, "lib", version, "site-packages")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "packages.pth")
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "x") as file:
        file.write(f"{FOLDER}\n")
