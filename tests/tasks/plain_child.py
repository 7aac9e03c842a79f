"""The child process of plain.py: reads a job from stdin, makes its calls, writes one line of base64 JSON."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any


class _TooLong(BaseException):
    """Not an Exception, so that no source catches it by the way."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TooLong


class _RecordingPopen:
    """Stands for subprocess.Popen: starts nothing, and reports success without output."""

    started: list[tuple[list[str], bool]] = []
    returncode = 0
    pid = 1

    def __init__(self, args: Any, **options: Any) -> None:
        self.args = args
        shell = bool(options.get("shell"))
        self.started.append(([args] if isinstance(args, str) else list(args), shell))
        self._nothing = "" if options.get("text") or options.get("universal_newlines") else b""

    def __enter__(self) -> "_RecordingPopen":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def communicate(self, *_: object, **__: object) -> tuple[str | bytes, str | bytes]:
        return self._nothing, self._nothing

    def poll(self) -> int:
        return 0

    def wait(self, timeout: float | None = None) -> int:
        return 0

    def kill(self) -> None:
        """Nothing runs."""


def _system(command: str) -> int:
    _RecordingPopen(command, shell=True)
    return 0


def _outcome(function: Any, args: list[Any], kwargs: dict[str, Any], limit_s: float) -> dict[str, Any]:
    from codearena import values

    signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
    started = time.process_time()
    try:
        value = function(*args, **kwargs)
        cpu_s = time.process_time() - started
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return {"value": values.encode(value).decode(), "cpu_s": cpu_s}
    except _TooLong:
        return {"too_long": True}
    except Exception as error:  # noqa: BLE001 - whatever the source raises is its outcome
        return {"raised": [kind.__name__ for kind in type(error).__mro__], "message": str(error)}
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _make_call(namespace: dict[str, Any], call: dict[str, Any], limit_s: float) -> dict[str, Any]:
    from codearena import values

    args, kwargs = values.decode(call["args"].encode())
    originals = subprocess.Popen, os.system
    _RecordingPopen.started.clear()
    os.environ.clear()
    os.environ.update(call["env"])
    if call["intercept"]:
        subprocess.Popen, os.system = _RecordingPopen, _system  # type: ignore[misc,assignment]
    try:
        outcome = _outcome(namespace[call["entry_point"]], args, kwargs, limit_s)
    finally:
        subprocess.Popen, os.system = originals  # type: ignore[misc]
    return {**outcome, "processes": list(_RecordingPopen.started)}


def main() -> None:
    """Makes the calls of the job on stdin."""
    job = json.load(sys.stdin)
    sys.path.insert(0, job["root"])
    signal.signal(signal.SIGVTALRM, _stop)
    namespace: dict[str, Any] = {"__name__": "fix"}
    try:
        exec(compile(job["source"], "fix.py", "exec"), namespace)
        outcomes = [_make_call(namespace, call, job["call_cpu_s"]) for call in job["calls"]]
    except (SyntaxError, KeyError) as error:
        outcomes = [{"raised": [], "message": str(error), "processes": []} for _ in job["calls"]]
    sys.stdout.write("\n" + base64.b64encode(json.dumps(outcomes).encode()).decode())


if __name__ == "__main__":
    main()
