"""What the embedded gateway shows on the terminal: where it serves, and what to look at. Files have the rest.

Libraries in C and child processes write to the process's standard error, and no logging configuration reaches them: it
is pointed at a file as a whole.
"""

import logging
import logging.handlers
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.panel import Panel

from codearena import models
from codearena.server import telemetry

_LOG_BYTES = 10 * 1024 * 1024
_STDERR = 2
_OUTPUT_FILE = "output.log"


@dataclass(frozen=True)
class Announcement:
    """What there is to say. callers: whom it serves; image_problem: why there is no sandbox image; empty: there is."""

    url: str
    isolation: models.Isolation | None
    callers: str
    image_problem: str
    state: Path


def log_file(state: Path) -> Path:
    """Where everything that is logged goes, as JSON."""
    return state / "embedded.log"


def keep_to_files(state: Path) -> logging.Handler:
    """Sends the log, and whatever is written to standard error, to files in the folder, which is made if need be.

    Returns the handler that prints warnings and worse, a line each, on what was standard error.
    """
    state.mkdir(parents=True, exist_ok=True)
    terminal = _redirected(state / _OUTPUT_FILE)
    telemetry.configure_logging("embedded", "INFO")
    root = logging.getLogger()
    to_file = _Rotating(log_file(state), maxBytes=_LOG_BYTES, backupCount=2)
    to_file.setFormatter(telemetry.JSONFormatter("embedded"))
    to_terminal = logging.StreamHandler(terminal)
    to_terminal.setLevel(logging.WARNING)
    to_terminal.setFormatter(_Brief(log_file(state)))
    root.handlers[:] = [to_file, to_terminal]
    return to_terminal


def _redirected(file: Path) -> TextIO:
    """What standard error was; it is the file from now on, for child processes too."""
    sys.stderr.flush()
    terminal = os.fdopen(os.dup(_STDERR), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    os.dup2(opened, _STDERR)
    os.close(opened)
    return terminal


class _Rotating(logging.handlers.RotatingFileHandler):
    """Begins another file with the record after the one that fills it.

    The library's own way formats each record once more to know its length first, which is 4 % of what a reset costs.
    """

    def shouldRollover(self, record: logging.LogRecord) -> int:  # noqa: N802
        del record
        return int(self.stream is not None and os.fstat(self.stream.fileno()).st_size >= self.maxBytes)


class _Brief(logging.Formatter):
    """One line; where there is a traceback it says which file has it."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    def format(self, record: logging.LogRecord) -> str:
        more = f" (traceback: {self._log})" if record.exc_info else ""
        return f"{record.levelname}: {record.getMessage()}{more}"


def announce(console: Console, told: Announcement) -> None:
    """Tells where it is, what isolation attempts get and what is missing from it, and one line to paste."""
    isolation = told.isolation
    lines = [f"[bold]CodeArena[/bold] serves on [link={told.url}]{told.url}[/link]"]
    if isolation is not None:
        lines.append(f"isolation: [bold]{isolation.name}[/bold] {isolation.runtime}".rstrip())
    lines.append(f"serves: {told.callers}")
    lines.append(f"log: {log_file(told.state)}")
    console.print(Panel("\n".join(lines), expand=False))
    if weaknesses := _weaknesses(told):
        text = "\n".join(f"- {weakness}" for weakness in weaknesses)
        console.print(Panel(text, title="Weaker than the full isolation", style="yellow", expand=False))
    console.print("From now on, in another terminal:", style="bold")
    console.print(f"{_command()} --help\n{_command()} demo", markup=False, highlight=False, soft_wrap=True)
    console.print("Try:", style="bold")
    console.print(_curl(told.url), markup=False, highlight=False, soft_wrap=True)


def _weaknesses(told: Announcement) -> list[str]:
    if told.isolation is None:
        return []
    if told.isolation.name != "local":
        return told.isolation.degradations
    reason = f" ({told.image_problem})" if told.image_problem else ""
    first = f"attempts run on this host, not in containers{reason}: for your own code and first looks"
    return [first, *told.isolation.degradations]


def _curl(url: str) -> str:
    return f"""curl -s {url}/grade -H 'Content-Type: application/json' \\
  -d '{{"task_id": "easy-1", "source": "def average_list(xs):\\n    return sum(xs) / len(xs) if xs else 0"}}'"""


def _command() -> str:
    """How `codearena` is called from the folder where this was started."""
    script = Path(sys.executable).with_name("codearena")
    if not script.exists():
        return f"{sys.executable} -m codearena"
    return str(script.relative_to(Path.cwd())) if script.is_relative_to(Path.cwd()) else str(script)
