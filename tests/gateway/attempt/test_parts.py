"""A workload with more input than fits is run in parts that are, in all, held to what one would be."""

from collections.abc import Callable

import pytest

from codearena.v1 import common_pb2, executor_pb2
from gateway.attempt import parts
from gateway.attempt.parts import run_in_parts

RAN = executor_pb2.ATTEMPT_STATUS_RAN
RETURNED, NOT_RUN = common_pb2.CALL_STATUS_RETURNED, common_pb2.CALL_STATUS_NOT_RUN
TIME_LIMIT = common_pb2.CALL_STATUS_TIME_LIMIT
LARGE = bytes(5 * 1024 * 1024)
Change = Callable[[executor_pb2.Report], object]


def workload(*inputs: bytes, reference: bytes = b"") -> executor_pb2.Workload:
    calls = [
        executor_pb2.Call(call_id=str(number), script=executor_pb2.Script(stdin=stdin))
        for number, stdin in enumerate(inputs)
    ]
    limits = common_pb2.Limits(calls_at_limit=2)
    limits.attempt_cpu.FromSeconds(10)
    limits.attempt_wall.FromSeconds(20)
    checks = [executor_pb2.Check(rule="r")]
    return executor_pb2.Workload(source=b"s", calls=calls, limits=limits, reference_source=reference, checks=checks)


class Executor:
    """Takes a second for each part. change: what is done to each report."""

    def __init__(self, change: Change = lambda _: None) -> None:
        self.asked: list[executor_pb2.Workload] = []
        self._change = change

    async def run(self, part: executor_pb2.Workload) -> executor_pb2.Report:
        asked = executor_pb2.Workload()
        asked.CopyFrom(part)
        self.asked.append(asked)
        outcomes = [common_pb2.CallOutcome(call_id=call.call_id, status=RETURNED) for call in part.calls]
        report = executor_pb2.Report(
            status=RAN, calls=outcomes, reference_calls=outcomes if part.reference_source else []
        )
        for duration, seconds in ((report.usage.cpu, 1), (report.usage.wall, 3), (report.usage.starved, 1)):
            duration.FromSeconds(seconds)
        report.attempt_probe_process.other_cpu.FromSeconds(1)
        report.usage.peak_memory_bytes = len(self.asked)
        self._change(report)
        return report

    @property
    def ids(self) -> list[list[str]]:
        """Of the calls of each part."""
        return [[call.call_id for call in part.calls] for part in self.asked]


async def test_what_fits_is_run_as_it_is() -> None:
    executor, small = Executor(), workload(b"1", b"2")
    await run_in_parts(small, executor.run)
    assert executor.asked == [small]


async def test_parts_are_small_enough_and_reported_as_one() -> None:
    executor = Executor(lambda report: report.broken_checks.append(0))
    report = await run_in_parts(workload(*[LARGE] * 5, reference=b"r"), executor.run)
    assert executor.ids == [["0", "1"], ["2", "3"], ["4"]]
    assert all(part.ByteSize() <= parts.MOST_BYTES + 1024 for part in executor.asked)
    assert {(part.source, part.reference_source, len(part.checks)) for part in executor.asked} == {(b"s", b"r", 1)}
    assert [call.call_id for call in report.calls] == ["0", "1", "2", "3", "4"]
    assert [call.call_id for call in report.reference_calls] == ["0", "1", "2", "3", "4"]
    assert (report.usage.cpu.seconds, report.usage.wall.seconds, report.usage.peak_memory_bytes) == (3, 9, 3)
    assert report.attempt_probe_process.other_cpu.seconds == 3
    assert list(report.broken_checks) == [0]


async def test_many_runs_are_parts_too() -> None:
    executor = Executor()
    await run_in_parts(workload(*[b""] * 2500), executor.run)
    assert [len(part.calls) for part in executor.asked] == [1000, 1000, 500]


async def test_a_part_has_what_those_before_it_have_left() -> None:
    executor = Executor()
    await run_in_parts(workload(*[LARGE] * 5), executor.run)
    left = [(part.limits.attempt_cpu.seconds, part.limits.attempt_wall.seconds) for part in executor.asked]
    assert left == [(10, 20), (9, 18), (8, 16)]


def hangs(report: executor_pb2.Report) -> None:
    report.calls[0].status = TIME_LIMIT


def uses_up_cpu(report: executor_pb2.Report) -> None:
    report.usage.cpu.FromSeconds(5)


def uses_up_wall(report: executor_pb2.Report) -> None:
    report.usage.wall.FromSeconds(11)


@pytest.mark.parametrize("change", [hangs, uses_up_cpu, uses_up_wall])
async def test_once_nothing_is_left_no_other_part_is_run(change: Change) -> None:
    executor = Executor(change)
    report = await run_in_parts(workload(*[LARGE] * 8), executor.run)
    assert len(executor.asked) == 2
    assert [call.call_id for call in report.calls] == [str(number) for number in range(8)]
    assert [call.status for call in report.calls][4:] == [NOT_RUN] * 4
    assert report.calls[4].detail


async def test_what_does_not_compile_is_told_as_it_is() -> None:
    def does_not_compile(report: executor_pb2.Report) -> None:
        report.Clear()
        report.status = executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR
        report.calls.add(call_id="0", status=NOT_RUN)

    executor = Executor(does_not_compile)
    report = await run_in_parts(workload(*[LARGE] * 3), executor.run)
    assert len(executor.asked) == 1
    assert report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR
    assert [call.status for call in report.calls] == [NOT_RUN] * 3


async def test_a_function_is_never_called_in_parts() -> None:
    large = workload(LARGE, LARGE, LARGE)
    for call in large.calls:
        call.function.args.json = call.script.stdin
    executor = Executor()
    await run_in_parts(large, executor.run)
    assert len(executor.asked) == 1
