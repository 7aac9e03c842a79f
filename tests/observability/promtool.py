"""Debian's package `prometheus`: the server and its tool, where they are installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
ALERTS = PROMETHEUS / "rules" / "alerts.yml"
RECORDING = PROMETHEUS / "rules" / "recording.yml"


def require(program: str) -> str:
    """Path of `prometheus` or `promtool`; skips where it is not installed, unless the test run has set it up."""
    found = shutil.which(program)
    if found is None:
        reason = f"no {program} on PATH: deploy/engine.sh prometheus installs it where root on Debian"
        if os.environ.get("CODEARENA_TESTS_NEED_PROMETHEUS"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def promtool(*arguments: str) -> None:
    """Fails the test with what promtool says, if it finds something."""
    ran = subprocess.run([require("promtool"), *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
