"""What an interpreter makes of programs by itself: `python3 fix.py`, and nothing of ours around it.

Run as a program, by the interpreter in question: reads [[source, stdin], ...] and writes [[status, stdout, stderr],
...], bytes as base64. status: as of subprocess, negative for a signal.
"""

import base64
import json
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
_LONGEST_S = 60


def run(source: bytes, stdin: bytes) -> tuple[int, bytes, bytes]:
    """Exit status, stdout, stderr; in these the program's folder is called /tmp/attempt."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "attempt"
        folder.mkdir()
        (folder / "fix.py").write_bytes(source)
        ran = subprocess.run(
            [sys.executable, "fix.py"],
            cwd=folder,
            input=stdin,
            capture_output=True,
            env={**_ENVIRONMENT, "HOME": home},
            timeout=_LONGEST_S,
            check=False,
        )
    name = str(folder).encode()
    return ran.returncode, ran.stdout.replace(name, b"/tmp/attempt"), ran.stderr.replace(name, b"/tmp/attempt")


def _as_text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


if __name__ == "__main__":
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored under nohup, and then by all that we start
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda program: run(*map(base64.b64decode, program)), json.load(sys.stdin)))
    json.dump([[status, _as_text(stdout), _as_text(stderr)] for status, stdout, stderr in answers], sys.stdout)
