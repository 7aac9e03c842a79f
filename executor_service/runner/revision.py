"""Content hash of the runner itself, so that every report says what produced it."""

import functools
import os
import sys

from executor_service.runner.system.digest import sha256

_INTERPRETER = "-py"  # stands between the two parts of a revision


@functools.cache
def runner_revision() -> str:
    """SHA-256 over the runner's files and the value encoding, hex, and the interpreter's version."""
    digest = sha256()
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    paths = [f"codearena/{name}" for name in ("moments.py", "trees.py", "values.py")]
    for folder, _, names in os.walk(os.path.join(root, "executor_service/runner")):
        paths += [os.path.relpath(os.path.join(folder, name), root) for name in names if name.endswith(".py")]
    for path in sorted(paths):
        with open(os.path.join(root, path), "rb") as file:
            digest.update(path.encode() + b"\0" + file.read() + b"\0")
    return digest.hexdigest() + _INTERPRETER + sys.version.split()[0]


def interpreter(revision: str) -> str:
    """The version of the interpreter that a revision is of, e.g. "3.11.7"."""
    return revision.rpartition(_INTERPRETER)[2]


def same_runner(one: str, other: str) -> bool:
    """True if two revisions are of the same files, on whatever interpreter."""
    return one.partition(_INTERPRETER)[0] == other.partition(_INTERPRETER)[0]
