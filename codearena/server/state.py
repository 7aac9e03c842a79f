"""Where `codearena serve` keeps its state, and says there where it serves. Standard library only."""

import os
from pathlib import Path

URL_FILE = "url"
"""File in the state folder that holds the URL of the gateway while it serves."""


def state_folder() -> Path:
    """Where this user's programs keep their state, by the XDG base directory specification."""
    root = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(root) / "codearena"


def served_url() -> str | None:
    """Where this user's `codearena serve` says that it serves; None: it does not. One that was killed says so still."""
    try:
        return (state_folder() / URL_FILE).read_text("utf-8").strip() or None
    except OSError:
        return None
