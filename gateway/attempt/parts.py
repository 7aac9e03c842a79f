"""A workload of programs that has more or larger inputs than a workload may: run part by part, reported as one.

Each part is a workload of its own, in the same sandbox as far as the executor keeps it. The limits are of all parts
together: a part has what those before it have left over, and once nothing is left the calls of the others are not run.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator

from google.protobuf.duration_pb2 import Duration

from codearena.v1 import common_pb2, executor_pb2

MOST_BYTES = 12 * 1024 * 1024
"""Inputs of one part: executors take 16 MiB in all."""
MOST_CALLS = 1000
"""Of one part: executors take 2048."""

_AT_LIMIT = frozenset(
    (
        common_pb2.CALL_STATUS_TIME_LIMIT,
        common_pb2.CALL_STATUS_MEMORY_LIMIT,
        common_pb2.CALL_STATUS_OUTPUT_LIMIT,
    )
)
_OVER = "the limits of the whole attempt were reached before"

Run = Callable[[executor_pb2.Workload], Awaitable[executor_pb2.Report]]


async def run_in_parts(workload: executor_pb2.Workload, run: Run) -> executor_pb2.Report:
    """What was seen of the workload, run at once or, where its programs' inputs are too large for that, in parts."""
    if not _is_large(workload):
        return await run(workload)
    left, whole = common_pb2.Limits(), executor_pb2.Report()
    left.CopyFrom(workload.limits)
    for calls in _groups(workload.calls):
        part = executor_pb2.Workload(
            source=workload.source,
            calls=calls,
            limits=left,
            reference_source=workload.reference_source,
            checks=workload.checks,
            needs=workload.needs,
            prelude=workload.prelude,
            driver=workload.driver,
        )
        report = await run(part)
        if report.status != executor_pb2.ATTEMPT_STATUS_RAN and not whole.calls:
            whole.CopyFrom(report)
            break
        _add(whole, report)
        if not _has_left(left, report):
            break
    ids = [call.call_id for call in workload.calls]
    whole.calls.extend(_not_run(ids[len(whole.calls) :]))
    if whole.reference_calls:
        whole.reference_calls.extend(_not_run(ids[len(whole.reference_calls) :]))
    return whole


def _is_large(workload: executor_pb2.Workload) -> bool:
    if not workload.calls or not workload.calls[0].HasField("script"):
        return False
    return len(workload.calls) > MOST_CALLS or workload.ByteSize() > MOST_BYTES


def _groups(calls: Iterable[executor_pb2.Call]) -> Iterator[list[executor_pb2.Call]]:
    """Calls in their order, as many at once as are not too large."""
    group: list[executor_pb2.Call] = []
    room = MOST_BYTES
    for call in calls:
        size = call.ByteSize()
        if len(group) == MOST_CALLS or (group and size > room):
            yield group
            group, room = [], MOST_BYTES
        group.append(call)
        room -= size
    yield group


def _has_left(left: common_pb2.Limits, report: executor_pb2.Report) -> bool:
    """Takes off what the report has used up, and returns whether another part may be run."""
    left.calls_at_limit -= sum(call.status in _AT_LIMIT for call in report.calls)
    used = report.usage
    left.attempt_cpu.FromNanoseconds(left.attempt_cpu.ToNanoseconds() - used.cpu.ToNanoseconds())
    waited_ns = used.wall.ToNanoseconds() - used.starved.ToNanoseconds()
    left.attempt_wall.FromNanoseconds(left.attempt_wall.ToNanoseconds() - waited_ns)
    all_left = (left.calls_at_limit, left.attempt_cpu.ToNanoseconds(), left.attempt_wall.ToNanoseconds())
    return report.status == executor_pb2.ATTEMPT_STATUS_RAN and min(all_left) > 0


def _add(whole: executor_pb2.Report, part: executor_pb2.Report) -> None:
    if not whole.calls:
        whole.CopyFrom(part)
        return
    whole.calls.extend(part.calls)
    whole.reference_calls.extend(part.reference_calls)
    whole.broken_checks.extend(each for each in part.broken_checks if each not in whole.broken_checks)
    whole.usage.peak_memory_bytes = max(whole.usage.peak_memory_bytes, part.usage.peak_memory_bytes)
    usage, more = whole.usage, part.usage
    sums = [(usage.cpu, more.cpu), (usage.wall, more.wall), (usage.starved, more.starved)]
    sums += [(usage.blocked, more.blocked), (whole.timings.leased, part.timings.leased)]
    sums += [(whole.timings.ran, part.timings.ran)]
    for beside, further in (
        (whole.reference_probe_process, part.reference_probe_process),
        (whole.attempt_probe_process, part.attempt_probe_process),
    ):
        sums += [(beside.load_cpu, further.load_cpu), (beside.other_cpu, further.other_cpu)]
    for total, addition in sums:
        _sum(total, addition)


def _sum(total: Duration, addition: Duration) -> None:
    total.FromNanoseconds(total.ToNanoseconds() + addition.ToNanoseconds())


def _not_run(ids: Iterable[str]) -> Iterator[common_pb2.CallOutcome]:
    for call_id in ids:
        yield common_pb2.CallOutcome(call_id=call_id, status=common_pb2.CALL_STATUS_NOT_RUN, detail=_OVER)
