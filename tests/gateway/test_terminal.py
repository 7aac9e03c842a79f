"""What the terminal shows of the embedded gateway, and what it does not."""

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from codearena import models
from gateway.terminal import Announcement, announce

_SCRIPT = """
import logging, os, subprocess, sys
from pathlib import Path
from gateway import terminal
terminal.keep_to_files(Path(sys.argv[1]))
os.write(2, b"I0000 library.cc:1] written past everything\\n")
subprocess.run(["sh", "-c", "echo of a child >&2"])
logging.getLogger("own").info("nobody needs to see this")
logging.getLogger("own").warning("look at this")
try:
    raise ValueError("deep inside")
except ValueError:
    logging.getLogger("own").exception("it failed")
"""


def _printed(told: Announcement) -> str:
    console = Console(file=io.StringIO(), width=200)
    announce(console, told)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _isolation(name: str) -> models.Isolation:
    return models.Isolation(name=name, runtime="", degradations=[], ready=0, leased=0, capacity=1, queued=0)


def test_lines_of_libraries_and_children_and_tracebacks_go_into_files(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", _SCRIPT, str(tmp_path)], capture_output=True, text=True, check=True)
    log = tmp_path / "embedded.log"
    assert ran.stderr.splitlines() == ["WARNING: look at this", f"ERROR: it failed (traceback: {log})"]
    assert (tmp_path / "output.log").read_text().splitlines() == [
        "I0000 library.cc:1] written past everything",
        "of a child",
    ]
    assert "deep inside" in log.read_text()
    assert "nobody needs to see this" in log.read_text()


def test_it_says_how_the_command_is_called_and_where_the_log_is(tmp_path: Path) -> None:
    text = _printed(Announcement("http://localhost:1", _isolation("container"), "this machine only", "", tmp_path))
    line = text.splitlines()[text.splitlines().index("From now on, in another terminal:") + 1]
    ran = subprocess.run(line.split(), capture_output=True, text=True, check=True)
    assert "Usage" in ran.stdout
    assert str(tmp_path / "embedded.log") in text
    assert "Weaker" not in text


def test_it_says_why_attempts_get_no_container(tmp_path: Path) -> None:
    reason = "no Docker engine answers, see /some/file"
    text = _printed(Announcement("http://localhost:1", _isolation("local"), "this machine only", reason, tmp_path))
    assert f"attempts run on this host, not in containers ({reason})" in text
