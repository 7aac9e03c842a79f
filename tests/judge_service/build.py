"""Makers of evidence and sources for the judge's tests."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from codearena.v1 import common_pb2, executor_pb2, judge_pb2

SLOW = b"a=1\n" * 8_000
"""Honest but long: a quarter of a second of CPU time for the security analysis, several times that on a busy host."""
ENDLESS = (b"x=" + b'"a"+' * 1_500 + b"b\n") * 10
"""Seven seconds of CPU time for the security analysis: bandit puts all of a sum together for each string in it."""


def report(*statuses: common_pb2.CallStatus.ValueType, loaded: bool = True) -> executor_pb2.Report:
    """A report of an attempt whose calls ended with these statuses; by default one that returned."""
    return executor_pb2.Report(
        status=executor_pb2.ATTEMPT_STATUS_RAN if loaded else executor_pb2.ATTEMPT_STATUS_LOAD_ERROR,
        analysis=executor_pb2.Analysis(compiles=True),
        calls=[
            common_pb2.CallOutcome(call_id=str(number), status=status)
            for number, status in enumerate(statuses or (common_pb2.CALL_STATUS_RETURNED,))
        ],
    )


def evidence(
    source: bytes, seen: executor_pb2.Report | None = None, *, all_tests_passed: bool = False
) -> judge_pb2.Evidence:
    """Evidence of an attempt with this source. seen: its report; by default all calls returned."""
    return judge_pb2.Evidence(
        task_id="easy-1",
        title="Average of a list",
        description="Repair it.",
        source=source,
        report=seen or report(),
        all_tests_passed=all_tests_passed,
    )


def is_alive(pid: int) -> bool:
    """False for a process that is gone, or only waits to be reaped."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def children_of(pid: int) -> list[int]:
    """Process ids of the children of a process."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def first_child_of(pid: int, *other_than: int) -> int:
    """Process id of a child, as soon as there is one that is a session of its own: no longer just forked."""
    while True:
        for child in children_of(pid):
            with suppress(ProcessLookupError):
                if child not in other_than and os.getsid(child) == child:
                    return child
        await asyncio.sleep(0)


async def burning_child_of(pid: int) -> int:
    """Process id of a child that uses a tenth of a second of CPU time from now on: no idle one does."""
    before_s: dict[int, float] = {}
    while True:
        for child in children_of(pid):
            if cpu_s(child) - before_s.setdefault(child, cpu_s(child)) >= 0.1:
                return child
        await asyncio.sleep(0)


def cpu_s(pid: int) -> float:
    """CPU time of a process (proc(5)); 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def dead(pid: int) -> None:
    """Returns when a process is gone."""
    while True:
        if not is_alive(pid):
            return
        await asyncio.sleep(0)
