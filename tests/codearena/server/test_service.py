"""Processes of services: how they begin, and how they end."""

import os
import signal
import subprocess
import sys

import pytest

SERVICES = ("executor", "grader", "judge")


@pytest.mark.parametrize("name", SERVICES)
def test_a_misspelt_setting_is_one_line_where_that_is_asked_for(name: str) -> None:
    variable = f"CODEARENA_{name.upper()}_PRT"
    command = [sys.executable, "-m", f"{name}_service", "--refuse-unknown"]
    ended = subprocess.run(command, env=os.environ | {variable: "1"}, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{variable} is not a setting")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("name", SERVICES)
def test_a_setting_that_is_not_valid_is_one_line(name: str) -> None:
    variable = f"CODEARENA_{name.upper()}_PORT"
    command = [sys.executable, "-m", f"{name}_service"]
    ended = subprocess.run(command, env=os.environ | {variable: "many"}, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{variable}: ")
    assert ended.stderr.count("\n") == 1


def test_a_service_serves_until_it_is_asked_to_stop() -> None:
    environment = os.environ | {"CODEARENA_JUDGE_PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "judge_service"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any("judging on port" in line for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        process.stdout.read()  # whatever it says while it ends
    assert process.returncode == 0
