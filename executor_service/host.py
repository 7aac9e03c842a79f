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
