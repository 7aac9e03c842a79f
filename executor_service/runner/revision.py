"""Content hash of the runner itself, so that every report says what produced it.

`python3 -m executor_service.runner.revision` writes it down, where the files never change again: in an image.
"""

import contextlib
import functools
import os
import sys

from executor_service.runner.system.digest import sha256

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_WRITTEN = os.path.join(_ROOT, "runner-revision")
_INTERPRETER = "-py"  # stands between the two parts of a revision


@functools.cache
def runner_revision() -> str:
    """SHA-256 over the runner's files and the value encoding, hex, and the interpreter's version."""
    with contextlib.suppress(OSError), open(_WRITTEN) as file:
        return file.read()
    return _computed()


def _computed() -> str:
    digest = sha256()
    paths = [f"codearena/{name}" for name in ("moments.py", "trees.py", "values.py")]
    for folder, _, names in os.walk(os.path.join(_ROOT, "executor_service/runner")):
        paths += [os.path.relpath(os.path.join(folder, name), _ROOT) for name in names if name.endswith(".py")]
    for path in sorted(paths):
        with open(os.path.join(_ROOT, path), "rb") as file:
            digest.update(path.encode() + b"\0" + file.read() + b"\0")
    return digest.hexdigest() + _INTERPRETER + sys.version.split()[0]


def interpreter(revision: str) -> str:
    """The version of the interpreter that a revision is of, e.g. "3.11.7"."""
    return revision.rpartition(_INTERPRETER)[2]


def same_runner(one: str, other: str) -> bool:
    """True if two revisions are of the same files, on whatever interpreter."""
    return one.partition(_INTERPRETER)[0] == other.partition(_INTERPRETER)[0]


if __name__ == "__main__":
    with open(_WRITTEN, "x") as written:
        written.write(_computed())
