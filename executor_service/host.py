"""What kind of machine this is."""

import functools
import os
from pathlib import Path


@functools.cache
def host_class() -> str:
    """The machine's architecture and its processor, as Linux names it: those of one name are about equally fast."""
    return f"{os.uname().machine} {_processor()}".strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").split("\n")
    except OSError:
        return ""
    names = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "CPU part")))
    return next(names, "")


def crowding(loadavg: str = "", cores: int = 0) -> float:
    """How many times as long as alone a process that computes takes now: threads to run by cores, at least 1.

    loadavg, cores: what /proc/loadavg says and how many cores there are; empty, 0: of this host.
    """
    running = (loadavg or os.pread(_loadavg(), 128, 0).decode("ascii")).split()[3].partition("/")[0]
    return max(1.0, int(running) / (cores or _cores()))


@functools.cache
def _cores() -> int:
    return os.cpu_count() or 1


@functools.cache
def _loadavg() -> int:
    """proc_loadavg(5), kept open: each attempt reads it."""
    return os.open("/proc/loadavg", os.O_RDONLY | os.O_CLOEXEC)
