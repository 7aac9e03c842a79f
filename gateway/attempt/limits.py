"""The limits of an attempt, from what the task's reference takes for the same tests.

An attempt that hangs is to cost little, and one that is merely slow is to be seen to its end. The reference tells how
much time is a lot for a task: it makes the tests' calls once, in a sandbox, and an attempt may take so many times as
long, at least a floor, and at most what the task says. The slowest class of hosts that has been seen decides.
"""

import asyncio
import functools
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import astuple, dataclass

from google.protobuf.duration_pb2 import Duration

from codearena.errors import ServiceError
from codearena.tasks.task import Task, TaskLimits
from codearena.v1 import common_pb2, executor_pb2
from gateway.attempt import programs
from gateway.attempt.briefs import reference_workload
from gateway.settings import Settings

log = logging.getLogger(__name__)

Run = Callable[[executor_pb2.Workload], Awaitable[executor_pb2.Report]]
"""Runs a workload whose source is the reference."""

_UNSEEN_WAIT_S = 0.05  # shorter waits of a call may be the host's: the runner does not look at them
_WALL_OF_CPU = 2.0  # an attempt that computes needs about as much wall time as CPU time
_TRIES = 4  # of measuring the reference on a class of hosts
_SCRIPT_TRIES = 3  # of a reference that failed a test of its script, perhaps for lack of time: it sets the precedent
_LONGEST_S = 300.0  # what executors take by default, and the most that a task may ask for
_PROBE_WALL_S = 1.0
_PROBE_WALL_OF_CPU = 4.0


def ceilings(limits: TaskLimits, calls: int = 1) -> common_pb2.Limits:
    """The task's own limits, for so many calls of code that is trusted, as the reference is."""
    message = common_pb2.Limits(
        memory_bytes=limits.memory_bytes,
        processes=limits.processes,
        output_bytes=limits.output_bytes,
        value_bytes=limits.value_bytes,
        calls_at_limit=max(1, calls),
    )
    for name in ("call_cpu", "attempt_cpu", "call_wall", "attempt_wall"):
        getattr(message, name).FromMilliseconds(round(1000 * getattr(limits, f"{name}_s")))
    return message


def for_every_call(limits: common_pb2.Limits, calls: int) -> common_pb2.Limits:
    """So that each of so many calls is made, though all before it reach their limits: for the code as given.

    Of so many that this takes longer than a workload may, the last are not made then.
    """
    every = common_pb2.Limits()
    every.CopyFrom(limits)
    every.calls_at_limit = max(1, calls)
    for each, whole in (("call_cpu", "attempt_cpu"), ("call_wall", "attempt_wall")):
        most_ms = min(round(1000 * _LONGEST_S), every.calls_at_limit * getattr(limits, each).ToMilliseconds())
        getattr(every, whole).FromMilliseconds(max(most_ms, getattr(limits, whole).ToMilliseconds()))
    return every


@dataclass(frozen=True)
class _Times:
    """What the reference took, in seconds. *_wait_s: neither computing nor kept from it by the host."""

    call_cpu_s: float = 0.0
    attempt_cpu_s: float = 0.0
    call_wait_s: float = 0.0
    attempt_wait_s: float = 0.0

    def most(self, other: "_Times") -> "_Times":
        return _Times(*map(max, astuple(self), astuple(other)))


class AttemptLimits:
    """Of attempts at one task. calls: those that its tests make; learn: is told what the reference did at them."""

    def __init__(
        self,
        task: Task,
        calls: Iterable[executor_pb2.Call],
        settings: Settings,
        learn: Callable[[executor_pb2.Report], None] = lambda _: None,
    ) -> None:
        self._task = task
        self._calls = list(calls)
        self._settings = settings
        self._learn = learn
        self._times: dict[str, _Times] = {}  # by class of hosts
        self._derived: common_pb2.Limits | None = None
        self._first: dict[str, asyncio.Task[None]] = {}  # by isolation: one whose executors are down holds up no other
        self._tries: Counter[str] = Counter()  # by class of hosts
        self._again: asyncio.Task[None] | None = None

    async def get(self, isolation: str, run: Run) -> common_pb2.Limits:
        """The limits. Measured by whoever asks first; the others of the same isolation wait for that.

        Raises:
            ServiceError: the reference could not be run.
        """
        while self._derived is None:
            first = self._first.get(isolation)
            if first is None or (first.done() and (first.cancelled() or first.exception() is not None)):
                first = self._first[isolation] = asyncio.create_task(self._measure(run))
            await asyncio.shield(first)
        return self._derived

    def ran(self, report: executor_pb2.Report, run: Run) -> "asyncio.Task[None] | None":
        """Measures the reference again, in the background, if an attempt ran on a class of hosts not seen before.

        Nobody says on which host a workload runs, so that it is tried a few times. Returns what was begun, if anything.
        """
        host_class = report.isolation.host_class
        busy = self._again is not None and not self._again.done()
        if host_class and host_class not in self._times and not busy and self._tries[host_class] < _TRIES:
            self._tries[host_class] += 1
            self._again = asyncio.create_task(self._measure_again(run))
            return self._again
        return None

    async def _measure_again(self, run: Run) -> None:
        try:
            await self._measure(run)
        except ServiceError as error:
            log.info("the reference of %s was not measured again: %s", self._task.id, error)

    def note(self, report: executor_pb2.Report) -> None:
        """Takes in what the reference took in a report of its own."""
        host_class = report.isolation.host_class
        self._times[host_class] = self._times.get(host_class, _Times()).most(_times_of(report))
        self._derived = self._derive(functools.reduce(_Times.most, self._times.values()))

    async def _measure(self, run: Run) -> None:
        limits = ceilings(programs.limits_of(self._task), len(self._calls))
        workload = reference_workload(self._task, limits, self._calls)
        for _ in range(_SCRIPT_TRIES):
            report = await run(workload)
            if _passes_its_scripts(report):
                break
        self._learn(report)
        self.note(report)

    def _derive(self, times: _Times) -> common_pb2.Limits:
        most, floor = programs.limits_of(self._task), self._settings
        ratio, calls = floor.limit_reference_ratio, floor.limit_calls
        call_cpu_s = min(most.call_cpu_s, max(floor.limit_call_cpu_s, ratio * times.call_cpu_s))
        attempt_cpu_s = max(floor.limit_attempt_cpu_s, ratio * times.attempt_cpu_s, calls * call_cpu_s)
        call_wall_s = max(floor.limit_call_wall_s, _WALL_OF_CPU * call_cpu_s + ratio * times.call_wait_s)
        call_wall_s = min(most.call_wall_s, call_wall_s)
        attempt_cpu_s = min(most.attempt_cpu_s, attempt_cpu_s)
        attempt_wall_s = max(_WALL_OF_CPU * attempt_cpu_s + ratio * times.attempt_wait_s, calls * call_wall_s)
        derived = {
            "call_cpu_s": call_cpu_s,
            "attempt_cpu_s": attempt_cpu_s,
            "call_wall_s": call_wall_s,
            "attempt_wall_s": min(most.attempt_wall_s, attempt_wall_s),
        }
        return ceilings(most.model_copy(update=derived), calls)


def for_measuring(limits: common_pb2.Limits, settings: Settings) -> common_pb2.Limits:
    """Of a workload that measures an attempt on the tests' own calls, which it has made before within `limits`.

    What takes longer than this is far slower than the reference, whose own times are in `limits`.
    """
    measuring = common_pb2.Limits()
    measuring.CopyFrom(limits)
    share = settings.limit_measuring_share
    for name in ("attempt_cpu", "attempt_wall"):
        duration = getattr(measuring, name)
        duration.FromMilliseconds(round(duration.ToMilliseconds() * share))
    return measuring


def for_probing(limits: common_pb2.Limits, probe_cpu_s: float) -> common_pb2.Limits:
    """Of a workload that probes: its budget of CPU time bounds its calls, not what the tests' calls take."""
    probing = common_pb2.Limits()
    probing.CopyFrom(limits)
    wall_ms = round(1000 * (_PROBE_WALL_S + _PROBE_WALL_OF_CPU * probe_cpu_s))
    cpu_ms = round(1000 * max(1.0, probe_cpu_s))
    for name in ("call_wall", "attempt_wall"):
        getattr(probing, name).FromMilliseconds(wall_ms)
    for name in ("call_cpu", "attempt_cpu"):
        getattr(probing, name).FromMilliseconds(cpu_ms)
    return probing


def _passes_its_scripts(report: executor_pb2.Report) -> bool:
    return all(
        test.status == common_pb2.SCRIPT_TEST_STATUS_PASSED for call in report.calls for test in call.script_tests
    )


def _times_of(report: executor_pb2.Report) -> _Times:
    waits_s = [_waited_s(call.usage) for call in report.calls]
    return _Times(
        max((_seconds(call.usage.cpu) for call in report.calls), default=0.0),
        _seconds(report.usage.cpu),
        max(waits_s, default=0.0),
        sum(waits_s),
    )


def _waited_s(usage: common_pb2.Usage) -> float:
    waited_s = _seconds(usage.wall) - _seconds(usage.cpu) - _seconds(usage.starved)
    return max(0.0, waited_s - _UNSEEN_WAIT_S)


def _seconds(duration: Duration) -> float:
    return float(duration.seconds + duration.nanos / 1e9)
