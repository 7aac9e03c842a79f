"""The child that runs a checker: limits itself, reads one request on stdin, writes a line for each case to stdout."""

import json
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from codearena import values

OUT_OF_MEMORY = 77
"""Exit status."""

Check = Callable[[list[Any], dict[str, Any], Any, Any], object]


def main() -> None:
    """Exits with 0 only when every case has its answer."""
    request = json.loads(sys.stdin.buffer.read())
    _limit(request["cpu_s"], request["memory_bytes"])
    answers = os.dup(1)
    os.dup2(2, 1)  # what the checker prints is no answer
    namespace: dict[str, Any] = {"__name__": "checker"}
    limits = values.ValueLimits(size_bytes=request["value_bytes"])
    try:
        exec(compile(request["source"], "checker.py", "exec"), namespace)  # the task author's, trusted
        for case in request["cases"]:
            os.write(answers, b"true\n" if _accepts(namespace["check"], case, limits) else b"false\n")
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _limit(cpu_s: float, memory_bytes: int) -> None:
    signal.setitimer(signal.ITIMER_PROF, cpu_s)  # ends the process by SIGPROF, which says why
    hard = math.ceil(time.process_time() + cpu_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))  # whatever the author's code does with signals
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def _accepts(check: Check, case: dict[str, str], limits: values.ValueLimits) -> bool:
    try:
        got = values.decode(case["got"].encode(), limits)
    except values.MalformedValueError:
        return False
    args, kwargs, expected = (values.decode_own(case[name].encode()) for name in ("args", "kwargs", "expected"))
    try:
        return bool(check(args, kwargs, expected, got))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (of the author's code, about a value of any kind)
        return False


if __name__ == "__main__":
    main()
