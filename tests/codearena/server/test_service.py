"""Processes of services: how they begin, and how they end."""

import asyncio
import os
import re
import subprocess
import sys

import pytest

from codearena.server import rpc

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


async def test_a_service_serves_until_it_is_asked_to_stop() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "judge_service"),
        env=os.environ | {"CODEARENA_JUDGE_PORT": "0"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    port = None
    while port is None and (line := await process.stdout.readline()):
        port = re.search(rb"judging on port (\d+)", line)
    assert port is not None
    # Its loop is free to answer only when it waits to be asked to stop.
    assert await rpc.check_health(f"127.0.0.1:{int(port[1])}", 30)
    process.terminate()
    await process.communicate()
    assert process.returncode == 0
