"""Process-starting functions that record what they would run and start nothing.

Installed in the worker before the attempt is loaded. The record is as trustworthy as a return value: it comes from the
attempt's own process and speaks of its own calls only.
"""

import io
import os
import sys
from collections.abc import Callable
from typing import Any

_RECORDS_KEPT = 101  # one more than are passed on (outcomes.py), which tells that there were more
_TEXT_KEPT = 4096
_PIPE = -1  # subprocess.PIPE
_FOLDERS = [f"{top}{name}" for top in ("/", "/usr/", "/usr/local/") for name in ("bin", "sbin")]

records: list[dict[str, object]] = []
"""What the current call asked for, in order: {"argv", "shell", "via"}. Cleared by the worker before each call."""


def _text(part: Any) -> str:
    return os.fsdecode(part) if isinstance(part, (bytes, os.PathLike)) else str(part)


def record(via: str, argv: Any, shell: bool = False, program: Any = None, environment: Any = None) -> None:
    """program: what is run, where argv[0] is only what it is told to be called; environment: None for our own."""
    parts = [argv] if isinstance(argv, (str, bytes, os.PathLike)) else list(argv)
    if program is not None:
        parts = [program, *parts[1:]]
    if parts and not shell:
        parts[0] = _found(_text(parts[0]), os.environ if environment is None else environment)
    if len(records) < _RECORDS_KEPT:
        records.append({"argv": [_text(part)[:_TEXT_KEPT] for part in parts[:100]], "shell": shell, "via": via})


def _found(program: str, environment: Any) -> str:
    """With the first folder in which it would be looked for and no program of the system is."""
    folders = _text(environment.get("PATH", "")).split(os.pathsep)
    strange = [folder for folder in folders if folder and folder.rstrip("/") not in _FOLDERS]
    return os.path.join(strange[0], program) if strange and "/" not in program else program


class Popen:
    """Stands in for subprocess.Popen: a process that ended at once with status 0 and no output."""

    def __init__(self, args: Any, bufsize: int = -1, *rest: Any, **options: Any) -> None:
        # Positions as in subprocess.Popen: shell is the ninth parameter, text-like options are keywords in practice.
        executable, preexec_fn, shell, environment = (
            options.get(name, rest[position] if len(rest) > position else None)
            for name, position in (("executable", 0), ("preexec_fn", 4), ("shell", 6), ("env", 8))
        )
        if preexec_fn is not None:
            preexec_fn()  # which may start something too
        record("subprocess", args, bool(shell), None if shell else executable, environment)
        is_text = any(options.get(name) for name in ("text", "universal_newlines", "encoding", "errors"))
        self._nothing: Any = "" if is_text else b""
        self.args = args
        self.pid = 2**22
        self.returncode = 0
        self.stdin = self._pipe(options.get("stdin"), is_text)
        self.stdout = self._pipe(options.get("stdout"), is_text)
        self.stderr = self._pipe(options.get("stderr"), is_text)

    @staticmethod
    def _pipe(wanted: Any, is_text: bool) -> Any:
        if wanted != _PIPE:
            return None
        return io.StringIO() if is_text else io.BytesIO()

    def __class_getitem__(cls, item: Any) -> type["Popen"]:
        return cls

    def __enter__(self) -> "Popen":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[Any, Any]:
        stdout, stderr = (None if stream is None else self._nothing for stream in (self.stdout, self.stderr))
        return stdout, stderr

    def poll(self) -> int:
        return 0

    def wait(self, timeout: float | None = None) -> int:
        return 0

    def send_signal(self, number: int) -> None:
        return None

    terminate = kill = lambda self: None


def _recorder(via: str, position: int, spread: bool) -> Callable[..., int]:
    """position: of argv, which follows what is run; spread: over the parameters, as the l-variants have it."""

    def intercepted(*args: Any, **_: Any) -> int:
        parts = [part for part in args[position:] if not isinstance(part, dict)]
        argv = parts if spread else next(iter(parts), [])
        record(via, argv, program=args[position - 1] if parts else None)
        return 0

    return intercepted


def _shell_recorder(via: str, answer: Callable[[], Any]) -> Callable[..., Any]:
    def intercepted(command: Any, *_: Any, **__: Any) -> Any:
        sys.audit(via, command)  # as the function itself does: rules.py may be watching
        record(via, command, shell=True)
        return answer()

    return intercepted


def install() -> None:
    """Replaces them for the rest of this process's life."""
    import subprocess  # few attempts start anything

    subprocess.Popen = Popen  # type: ignore[assignment,misc]
    subprocess.getoutput = _shell_recorder("subprocess.getoutput", str)
    subprocess.getstatusoutput = _shell_recorder("subprocess.getstatusoutput", lambda: (0, ""))
    os.system = _shell_recorder("os.system", int)
    os.popen = _shell_recorder("os.popen", io.StringIO)
    for names, position, spread in _STARTERS:
        for name in names:
            if hasattr(os, name):
                setattr(os, name, _recorder(f"os.{name}", position, spread))


_STARTERS = (
    (("execv", "execve", "execvp", "execvpe", "posix_spawn", "posix_spawnp"), 1, False),
    (("execl", "execle", "execlp", "execlpe"), 1, True),
    (("spawnv", "spawnve", "spawnvp", "spawnvpe"), 2, False),
    (("spawnl", "spawnle", "spawnlp", "spawnlpe"), 2, True),
)
"""Functions of `os`, where they have argv, and whether it is spread over the parameters."""
