"""A program does in every isolation what `python3 fix.py` does with the same interpreter."""

import asyncio
import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from codearena.v1 import common_pb2, executor_pb2
from executor_service.isolation.base import IsolationName
from executor_service.settings import MIB
from tests.conformance.conftest import HONEST, Arena, essence
from tests.conformance.programs import PROGRAMS, Program
from tests.executor_service import workloads
from tests.executor_service.images import runner_image

pytestmark = pytest.mark.asyncio(loop_scope="module")

Ran = tuple[int, bytes, bytes]
"""Exit status, negative for a signal; stdout; stderr."""

_PLAIN = Path(__file__).with_name("plain_python.py").read_text("utf-8")
_AT_ONCE = 2


@pytest.fixture(autouse=True)
def the_next_attempt_is_graded_as_if_nothing_had_been() -> None:
    """Asked once, after all programs, and not after each: see the last test."""


_LIMITS = workloads.limits(
    call_cpu_s=20,
    call_wall_s=60,
    attempt_wall_s=60,
    memory_bytes=256 * MIB,
    processes=32,
    output_bytes=256 * 1024,
)


async def _report(arena: Arena, program: Program) -> executor_pb2.Report:
    call = executor_pb2.Call(call_id="s", script=executor_pb2.Script(stdin=program.stdin))
    return await arena.execute(workloads.workload(program.data, [call], bounds=_LIMITS))


def _as_ran(report: executor_pb2.Report) -> Ran:
    assert report.status == executor_pb2.ATTEMPT_STATUS_RAN, report
    (outcome,) = report.calls
    ended = (common_pb2.CALL_STATUS_RETURNED, common_pb2.CALL_STATUS_CRASHED)
    assert outcome.status in ended, outcome
    return -outcome.signal or outcome.exit_status, outcome.stdout.head, outcome.stderr.head


def _run_plainly(isolation: IsolationName) -> dict[str, Ran]:
    """All programs by the interpreter that the isolation has, alone."""
    command = [os.path.realpath(sys._base_executable), "-c", _PLAIN]
    if isolation is not IsolationName.LOCAL:
        command = ["docker", "run", "--rm", "-i", "--entrypoint", "python3", runner_image(), "-c", _PLAIN]
    asked = [[base64.b64encode(part).decode() for part in (each.data, each.stdin)] for each in PROGRAMS.values()]
    answer = subprocess.run(command, input=json.dumps(asked).encode(), capture_output=True, check=True).stdout
    answers = [(int(status), *map(base64.b64decode, output)) for status, *output in json.loads(answer)]
    return {name: (status, stdout, stderr) for name, (status, stdout, stderr) in zip(PROGRAMS, answers, strict=True)}


@dataclass(frozen=True)
class Both:
    """plain: what the interpreter makes of each program; here: what the isolation reports."""

    plain: dict[str, Ran]
    here: dict[str, executor_pb2.Report]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(arena: Arena) -> Both:
    plain = asyncio.create_task(asyncio.to_thread(_run_plainly, arena.name))
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(program: Program) -> executor_pb2.Report:
        async with at_once:
            return await _report(arena, program)

    here = await asyncio.gather(*map(one, PROGRAMS.values()))
    return Both(await plain, dict(zip(PROGRAMS, here, strict=True)))


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_program_does_what_it_does_alone(arena: Arena, both: Both, name: str) -> None:
    if both.plain[name][0] < 0 and any("nested namespaces" in each for each in arena.degradations):
        pytest.skip("the first process of a namespace: see test_not_held.py")
    kept = slice(None if PROGRAMS[name].same_errors else 2)
    assert _as_ran(both.here[name])[kept] == both.plain[name][kept]


_EXPECTED = {
    "threads: a thread that nobody joins": b"5\n",
    "ends: exit": b"5\n",
    "source of: the source of a function": b"def f():\n    return 1\n\n",
    **{f"processes: a pool, {method}": b"[0, 1, 4]\n" for method in ("fork", "spawn", "forkserver")},
    **{f"processes: an executor, {method}": b"[0, 1, 4]\n" for method in ("fork", "spawn", "forkserver")},
    "stdin: the device": b"by name\n",
    "stdout: bytes": bytes(range(256)),
}


@pytest.mark.parametrize("name", _EXPECTED)
async def test_a_program_does_what_it_is_for(both: Both, name: str) -> None:
    assert _as_ran(both.here[name]) == (0, _EXPECTED[name], b"")


async def test_after_all_of_them_an_attempt_is_graded_as_if_nothing_had_been(arena: Arena, both: Both) -> None:
    assert both.here
    assert essence(await arena.execute(HONEST)) == arena.honest
