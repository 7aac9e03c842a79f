"""What the terminal shows of the embedded gateway, and what it does not."""

import io
import json
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


_MANY = """
import logging, sys
from pathlib import Path
from gateway import terminal
terminal.keep_to_files(Path(sys.argv[1]))
for number in range(50_000):
    logging.getLogger("own").info("%d %s", number, "x" * 1000)
"""


def test_the_log_takes_thirty_megabytes_at_most_and_loses_none_of_the_last_lines(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _MANY, str(tmp_path)], check=True)
    files = [tmp_path / name for name in ("embedded.log.2", "embedded.log.1", "embedded.log")]
    assert sorted(tmp_path.glob("embedded.log*")) == sorted(files)
    assert sum(file.stat().st_size for file in files) < 3 * 10.01 * 1024 * 1024
    lines = [line for file in files for line in file.read_text().splitlines()]
    numbers = [int(json.loads(line)["message"].split()[0]) for line in lines]
    assert numbers == list(range(50_000))[-len(numbers) :]


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
