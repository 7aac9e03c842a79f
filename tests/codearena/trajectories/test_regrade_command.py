"""`codearena regrade` where something is wrong: it ends at once, and a line says what it is."""

import asyncio
import json
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner, Result

from codearena.cli import app
from codearena.errors import ServiceError
from codearena.trajectories import grader

ATTEMPT = {"schema": 1, "kind": "attempt", "event_id": "2-0", "task_id": "easy-1", "attempt": {}}
_NEVER_S = 60.0  # instead of a test that hangs
BASIS = {"schema": 1, "kind": "basis", "revision": "r", "basis": {"calls": 1}}


def regrade(folder: Path, *arguments: str, content: str = json.dumps(ATTEMPT) + "\n", **environment: str) -> Result:
    (folder / "run.jsonl").write_text(content)
    command = ["regrade", str(folder / "run.jsonl"), *arguments]
    return CliRunner(env={"COLUMNS": "400", **environment}).invoke(app, command)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WEIGHT_TESTS", "0.5", "the six weights must add up to 1; they add up to 1.15"),
        ("WEIGHT_TESTS", "much", "CODEARENA_GRADER_WEIGHT_TESTS: Input should be a valid number"),
        ("WEIGHT_TESTS", "-1", "CODEARENA_GRADER_WEIGHT_TESTS: Input should be greater than or equal to 0"),
        ("WEIGHT_TEST", "0.5", "CODEARENA_GRADER_WEIGHT_TEST is not a setting (is CODEARENA_GRADER_WEIGHT_TESTS meant"),
        ("COLOUR", "red", "CODEARENA_GRADER_COLOUR is not a setting"),
    ],
)
def test_weights_that_are_wrong_are_told_at_once(tmp_path: Path, name: str, value: str, told: str) -> None:
    result = regrade(tmp_path, **{f"CODEARENA_GRADER_{name}": value})
    (line,) = result.output.strip().splitlines()
    assert (result.exit_code, line.startswith(f"the grader ended with status 1: {told}")) == (1, True), line


def test_settings_of_a_grader_that_runs_already_are_not_those_of_our_own(tmp_path: Path) -> None:
    reached = {f"CODEARENA_GRADER_{name}": "1" for name in ("PORT", "TLS_FOLDER", "METRICS_PORT")}
    result = regrade(tmp_path, **reached)
    assert "1 not graded: its basis is not among the lines" in result.output


async def test_a_grader_that_dies_meanwhile_ends_the_work_with_its_reason() -> None:
    async def work() -> None:
        (child,) = [each for each in psutil.Process().children() if "grader_service" in each.cmdline()]
        child.kill()
        await asyncio.Event().wait()

    async with grader.own() as own:
        with pytest.raises(ServiceError, match="the grader ended with status -9"):
            await asyncio.wait_for(own.during(work()), _NEVER_S)


async def test_our_own_grader_ends_with_the_block_whatever_happens_in_it() -> None:
    with pytest.raises(RuntimeError):
        async with grader.own():
            raise RuntimeError
    assert [each for each in psutil.Process().children() if "grader_service" in each.cmdline()] == []


def test_a_grader_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = regrade(tmp_path, "--grader", "127.0.0.1:9")
    assert (result.exit_code, result.output.strip()) == (1, "no grader serves at 127.0.0.1:9")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("{}\n", "has no schema"),
        (json.dumps({"schema": 1, "kind": "forgotten", "event_id": "1-0"}) + "\n", "holds no attempt"),
        (json.dumps(ATTEMPT | {"attempt": {"colour": 1}}) + "\n", "the attempt of event 2-0 cannot be read"),
        (json.dumps(BASIS) + "\n", "the basis r cannot be read"),
    ],
)
def test_a_foreign_file_is_told_in_a_line(tmp_path: Path, content: str, told: str) -> None:
    result = regrade(tmp_path, content=content)
    assert (result.exit_code, told in result.output) == (1, True), result.output
    assert len(result.output.strip().splitlines()) == 1
