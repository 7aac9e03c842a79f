"""The attempt as a program: the process becomes what `python fix.py` would be.

A fresh interpreter reads a file, instead of this one calling `exec`. Only so does a program get what an interpreter
does around it: the builtins of `site`, threads awaited and handlers called at its end, source lines in tracebacks, a
`__main__` that spawned processes can import, the streams and the warnings as they are by default. It costs about 10 ms.
"""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from executor_service.runner.attempt.module import DRIVER_NAME, PRELUDE_NAME, SOURCE_NAME, Sources
from executor_service.runner.system import packages

# Of no virtual environment, and no symbolic link, which may lead to where a sandbox shows nothing.
_INTERPRETER = os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)
_LINKS = ("python", "python3")
_START_NAME = "start.py"
_START = """\
import sys
sys.path[0], sys.argv[0] = {folder!r}, {source!r}
for _part in {parts!r}:
    exec(compile(open(_part, "rb").read(), _part, "exec", {flags!r}, True))
    del _part
"""


def become(sources: Sources, arguments: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Runs the sources as one program in the working folder; descriptors other than 0, 1 and 2 must close on exec.

    arguments: those after the program's name; environment: variables in addition to those of this process.

    Raises:
        OSError: the file cannot be written, or the interpreter cannot be started.
    """
    folder = os.getcwd()
    programs = _make_virtual_environment(f"{folder}-python")
    started = _write_parts(sources, folder)
    _restore_signals()
    path = os.pathsep.join((programs, os.environ["PATH"]))
    # By the first argument an interpreter finds its environment, and by the path the kernel finds the interpreter:
    # what an earlier program has made of the links does not matter.
    command = [os.path.join(programs, "python3"), started, *arguments]
    os.execve(_INTERPRETER, command, {**os.environ, "PATH": path, **environment})


def _write_parts(sources: Sources, folder: str) -> str:
    """Puts the files into the folder. Returns the one to start: the attempt's own, if nothing is run around it.

    Otherwise one beside the folder runs the three in one namespace, each from its own file: lines stay the same.
    """
    _write(os.path.join(folder, SOURCE_NAME), sources.source)
    if not (sources.prelude or sources.driver):
        return SOURCE_NAME
    _write(os.path.join(folder, PRELUDE_NAME), sources.prelude)
    _write(os.path.join(folder, DRIVER_NAME), sources.driver)
    parts, flags = (PRELUDE_NAME, SOURCE_NAME, DRIVER_NAME), sources.futures
    start = os.path.join(f"{folder}-python", _START_NAME)
    _write(start, _START.format(folder=folder, source=SOURCE_NAME, parts=parts, flags=flags).encode())
    return start


def _make_virtual_environment(folder: str) -> str:
    """One of the standard library and the image's packages, whatever the interpreter has. Returns its programs."""
    programs = os.path.join(folder, "bin")
    os.makedirs(programs, exist_ok=True)
    home = os.path.dirname(_INTERPRETER)
    _write(os.path.join(folder, "pyvenv.cfg"), f"home = {home}\ninclude-system-site-packages = false\n".encode())
    packages.offer_to_programs(folder)
    for name in _LINKS:
        _remove(os.path.join(programs, name))
        os.symlink(_INTERPRETER, os.path.join(programs, name))
    return programs


def _write(path: str, data: bytes) -> None:
    """As a new file, whatever an earlier program has left there."""
    _remove(path)
    with open(path, "xb") as file:
        file.write(data)


def _remove(path: str) -> None:
    if os.path.lexists(path):
        os.unlink(path)


def _restore_signals() -> None:
    """An ignored signal stays ignored in the next program; what this interpreter ignores, the next one decides anew."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def remove_from(folder: str) -> None:
    """Removes a program and what it has left in its working folder.

    Where the caller may not remove it, being of another uid than the program, no other role may read it either.

    Raises:
        RuntimeError: it is still there to be read.
    """
    import shutil  # few workloads run a reference as a program

    for each in (folder, f"{folder}-python"):
        shutil.rmtree(each, ignore_errors=True)
    if os.path.lexists(os.path.join(folder, SOURCE_NAME)):
        raise RuntimeError(f"{folder} cannot be removed")
