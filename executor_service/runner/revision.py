"""Content hash of the runner itself, so that every report says what produced it."""

import functools
import os
import sys

from executor_service.runner.digest import sha256

_INTERPRETER = "-py"  # stands between the two parts of a revision


@functools.cache
def runner_revision() -> str:
    """SHA-256 over the runner's files and the value encoding, hex, and the interpreter's version."""
    digest = sha256()
    here = os.path.dirname(os.path.abspath(__file__))
    paths = [os.path.join(here, name) for name in sorted(os.listdir(here)) if name.endswith(".py")]
    shared = os.path.join(os.path.dirname(os.path.dirname(here)), "codearena")
    paths += [os.path.join(shared, name) for name in ("moments.py", "trees.py", "values.py")]
    for path in paths:
        with open(path, "rb") as file:
            digest.update(os.path.basename(path).encode() + b"\0" + file.read() + b"\0")
    return digest.hexdigest() + _INTERPRETER + sys.version.split()[0]


def same_runner(one: str, other: str) -> bool:
    """True if two revisions are of the same files, on whatever interpreter."""
    return one.partition(_INTERPRETER)[0] == other.partition(_INTERPRETER)[0]
