"""The command."""

import subprocess
import sys


def test_help_names_the_settings() -> None:
    done = subprocess.run([sys.executable, "-m", "judge_service", "--help"], capture_output=True, text=True, check=True)
    assert "CODEARENA_JUDGE_" in done.stdout
