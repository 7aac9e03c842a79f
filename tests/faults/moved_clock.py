"""A wall clock that tests move: of the services alone, since the machine has one for everybody."""

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

_SOURCE = Path(__file__).with_name("moved_clock.c")
_SECONDS = struct.Struct("=q")


class MovedClock:
    """environment: of the processes whose clock it is."""

    def __init__(self, folder: Path) -> None:
        """Skips where there is no C compiler."""
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("no C compiler")
        library, file = folder / "moved_clock.so", folder / "ahead_s"
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, _SOURCE, "-ldl"], check=True)
        file.write_bytes(_SECONDS.pack(0))
        self.environment = {"LD_PRELOAD": str(library), "MOVED_CLOCK_FILE": str(file)}
        with file.open("r+b") as opened:
            self._ahead_s = mmap.mmap(opened.fileno(), _SECONDS.size)

    def jump(self, ahead_s: int) -> None:
        """It goes on from so many seconds after what it would be."""
        self._ahead_s[:] = _SECONDS.pack(ahead_s)
