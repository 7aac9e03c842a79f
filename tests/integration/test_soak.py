"""The smallest soak: a minute of load with a few kills. The long one is `make soak`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.processes import ROOT

pytestmark = pytest.mark.redis


def test_a_minute_of_chaos_loses_no_step_makes_up_no_reward_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--minutes", "1", "--kill-every", "15", "--clients", "4"]
    command += ["--tasks", "easy-1", "security_bugs-2", "--hostile-every", "20", "--settle", "10"]
    command += ["--out", str(tmp_path / "soak")]
    soaked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert soaked.returncode == 0, soaked.stdout + soaked.stderr[-4000:]
    assert (tmp_path / "soak" / "soak.png").stat().st_size
