"""The code of a sent task's author, run in a sandbox like any other source: what makes its inputs.

A task that is served has an author whom the operator trusts, and its code runs in this process. Of one that came with
a request nothing does. Nor would a limited worker of this host do: it would have its files, its network and its other
processes. What the code returns is read like an attempt's values.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from codearena import values
from codearena.errors import InvalidRequestError
from codearena.tasks.author_code import ProbeInputs
from codearena.tasks.task import Task, TaskLimits
from codearena.v1 import common_pb2, executor_pb2
from gateway.attempt import probe
from gateway.attempt.limits import ceilings

Run = Callable[[executor_pb2.Workload], Awaitable[executor_pb2.Report]]
"""Runs a workload that is no attempt, in a sandbox of its own."""

_CALLS_PER_WORKLOAD = 64
_VALUE_BYTES = 4 * 1024 * 1024  # what executors give by default
_READ = values.ValueLimits(nodes=500_000, size_bytes=_VALUE_BYTES)
_MAKE = "__codearena_make__"
_CALL = f"""

def {_MAKE}(name, seed, *args):
    import random
    return globals()[name](*args, random.Random(seed))
"""


class Authored:
    """What makes the inputs of one sent task. Every method raises InvalidRequestError if its code does not, or
    ServiceError if we failed."""

    def __init__(self, task: Task, run: Run) -> None:
        self._task = task
        self._run = run

    async def cases(self, maker: str, rng: random.Random, count: int) -> list[Any]:
        """What the function of `cases` returns, so many times."""
        calls = [(maker, rng.getrandbits(64), ()) for _ in range(count)]
        found = await self._made("cases", self._task.cases, calls)
        if failed := [made for made in found if isinstance(made, _Failed)]:
            raise InvalidRequestError(f"task.cases: {maker} {failed[0].why}")
        return found

    async def inputs(self, rng: random.Random) -> ProbeInputs:
        """Inputs of the probe, one of each size that may be measured at."""
        drawn_by = self._task.probe
        assert drawn_by is not None
        sizes = sorted({*drawn_by.sizes, *probe.added_sizes(drawn_by.sizes)})
        calls = [("make_input", rng.getrandbits(64), (size,)) for size in sizes]
        made = dict(zip(sizes, await self._made("probe", drawn_by.source, calls), strict=True))
        for size in drawn_by.sizes:
            if not isinstance(found := made[size], tuple):
                why = found.why if isinstance(found, _Failed) else f"returned no tuple, but a {type(found).__name__}"
                raise InvalidRequestError(f"task.probe: make_input({size}, rng) {why}")

        def make_input(size: int, _: random.Random) -> tuple[Any, ...]:
            found = made[size]
            if not isinstance(found, tuple):  # of an added size, which is left out then
                raise ValueError(f"no input of {size}")
            return found

        return ProbeInputs(drawn_by.sizes, make_input, drawn_by.vary, drawn_by.lend)

    async def _made(self, field: str, source: str, calls: Sequence[tuple[str, int, tuple[int, ...]]]) -> list[Any]:
        """What each call returned, or a _Failed."""
        made: list[Any] = []
        for at in range(0, len(calls), _CALLS_PER_WORKLOAD):
            part = calls[at : at + _CALLS_PER_WORKLOAD]
            report = await self._run(_workload(source, part))
            if report.status != executor_pb2.ATTEMPT_STATUS_RAN or len(report.calls) != len(part):
                why = report.analysis.problem.message or report.load.raised.type or "it does not load"
                raise InvalidRequestError(f"task.{field}: {why}")
            made += await asyncio.to_thread(_values, report.calls)
        return made


class _Failed:
    """A call that did not return what can be read."""

    def __init__(self, why: str) -> None:
        self.why = why


def _workload(source: str, calls: Sequence[tuple[str, int, tuple[int, ...]]]) -> executor_pb2.Workload:
    limits = ceilings(TaskLimits(value_bytes=_VALUE_BYTES), len(calls))
    workload = executor_pb2.Workload(limits=limits, source=(source + _CALL).encode("utf-8", "surrogatepass"))
    nothing = common_pb2.EncodedValue(json=values.encode({}))
    for number, (name, seed, args) in enumerate(calls, start=1):
        given = common_pb2.EncodedValue(json=values.encode([name, seed, *args]))
        function = executor_pb2.FunctionCall(entry_point=_MAKE, args=given, kwargs=nothing)
        workload.calls.add(call_id=str(number), function=function)
    return workload


def _values(outcomes: Sequence[common_pb2.CallOutcome]) -> list[Any]:
    return [_value(outcome) for outcome in outcomes]


def _value(outcome: common_pb2.CallOutcome) -> Any:
    if outcome.status == common_pb2.CALL_STATUS_RAISED:
        return _Failed(f"raised {outcome.raised.type[:100]}")
    if outcome.status != common_pb2.CALL_STATUS_RETURNED or outcome.left_out.HasField("right"):
        return _Failed(f"ended with {common_pb2.CallStatus.Name(outcome.status).removeprefix('CALL_STATUS_').lower()}")
    try:
        return values.decode(outcome.value.json, _READ)
    except values.MalformedValueError as error:
        return _Failed(f"returned what cannot be an input: {error}")
