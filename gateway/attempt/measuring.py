"""What attempts at a task with a probe are measured by: a screening, and all of the probe where that tells too little.

Most attempts that pass grow like the reference and are as fast. A few sizes show it, the largest among them, and cost a
fraction; the grader says whether they do. A screening is possible once a measurement by all sizes has shown how far
the reference gets.

Inputs are drawn once for several attempts, and anew before a later step of whoever was measured on them: an attempt can
tell by its speed what it was called with.
"""

import asyncio
import functools
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from codearena.errors import InvalidRequestError, ServiceError
from codearena.tasks.author_code import ProbeInputs
from codearena.tasks.task import Probe, Task
from codearena.v1 import common_pb2, executor_pb2
from gateway.attempt import probe
from gateway.attempt.authored import Authored

_MakeInputs = Callable[[], Awaitable[ProbeInputs]]


@dataclass(frozen=True)
class Probing:
    """How attempts are probed. cpu_s, stop_ratio: as in a Workload; reuse: attempts for which inputs are drawn once."""

    cpu_s: float
    stop_ratio: float
    reuse: int


class Measuring:
    """The measuring workloads of one task with a probe. They lack only the source and their limits.

    checks: those of the task's other workload. rng: draws the inputs; nobody outside may know its state.
    """

    def __init__(
        self, task: Task, drawn_by: Probe, checks: Iterable[executor_pb2.Check], rng: random.Random, probing: Probing
    ) -> None:
        self._task_id, self._entry_point = task.id, task.entry_point
        self._bare = executor_pb2.Workload(
            reference_source=task.solution.encode(),
            needs=task.needs,
            prelude=task.prelude.encode(),
            driver=task.driver.encode(),
            checks=checks,
            probe_stop_ratio=probing.stop_ratio,
        )
        self._probe = drawn_by
        self._rng = rng
        self._probing = probing
        self._reach = 0
        self._whole = _Shared(lambda inputs: self._whole_probe(inputs, probing.cpu_s), probing.reuse)
        self._screening = _Shared(self._screened, probing.reuse)

    async def workload(
        self,
        draw: str,
        step: int,
        *,
        again: bool = False,
        probe_cpu_s: float | None = None,
        authored: Authored | None = None,
    ) -> executor_pb2.Workload:
        """For an attempt. Not to be modified: attempts share it.

        draw, step: of its hidden inputs; again: it was measured, and that told too little; probe_cpu_s: other than
        usual, and then of all sizes at once; authored: makes the inputs of a task that somebody has sent.
        """
        try:
            return await self._drawn(draw, step, again, probe_cpu_s, functools.partial(self._inputs, authored))
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            # What the author's code made has not the form that its probe says. Of a task that we serve it is a defect.
            if authored is None:
                raise
            raise InvalidRequestError(f"task.probe: {type(error).__name__}: {error}") from error

    async def _drawn(
        self, draw: str, step: int, again: bool, probe_cpu_s: float | None, make_inputs: _MakeInputs
    ) -> executor_pb2.Workload:
        if probe_cpu_s is not None:
            return await asyncio.to_thread(self._whole_probe, await make_inputs(), probe_cpu_s)
        if self._reach and not again:
            screening = await self._screening.get(draw, step, make_inputs)
            if screening.probe:
                return screening
        return await self._whole.get(draw, step, make_inputs)

    def note(self, report: executor_pb2.Report) -> None:
        """Takes in how far the reference got in a measurement by all sizes."""
        reach = reach_of(report)
        if reach and not report.screening and reach != self._reach:
            self._reach = reach
            self._screening.drop()

    def _whole_probe(self, inputs: ProbeInputs, cpu_s: float) -> executor_pb2.Workload:
        return self._with(probe.points(inputs, self._entry_point, self._rng, cpu_s), cpu_s)

    def _screened(self, inputs: ProbeInputs) -> executor_pb2.Workload:
        points = probe.screening_points(inputs, self._entry_point, self._rng, self._reach)
        workload = self._with(points, self._probing.cpu_s)
        workload.screening = True
        return workload

    async def _inputs(self, authored: Authored | None) -> ProbeInputs:
        if authored is not None:
            return await authored.inputs(self._rng)
        try:
            return self._probe.inputs
        except ValueError as error:
            raise ServiceError(f"the probe of {self._task_id} cannot be used: {error}") from error

    def _with(self, points: Iterable[executor_pb2.ProbePoint], cpu_s: float) -> executor_pb2.Workload:
        workload = executor_pb2.Workload()
        workload.CopyFrom(self._bare)
        workload.probe.extend(points)
        workload.probe_cpu.FromMilliseconds(round(1000 * cpu_s))
        return workload


def reach_of(report: executor_pb2.Report) -> int:
    """The largest size at which the reference returned; 0: at none."""
    returned = common_pb2.CALL_STATUS_RETURNED
    return max((point.size for point in report.probe if point.reference.status == returned), default=0)


class _Shared:
    """A workload that several attempts are measured by. make: draws one; reuse: for how many attempts."""

    def __init__(self, make: Callable[[ProbeInputs], executor_pb2.Workload], reuse: int) -> None:
        self._make = make
        self._reuse = reuse
        self._drawing = asyncio.Lock()
        self.drop()

    def drop(self) -> None:
        """The next one is drawn anew."""
        self._workload: executor_pb2.Workload | None = None
        self._uses = 0
        self._last_step: dict[str, int] = {}  # of each draw, on the present inputs

    async def get(self, draw: str, step: int, make_inputs: _MakeInputs) -> executor_pb2.Workload:
        """For an attempt of this draw and step."""
        async with self._drawing:
            if self._workload is None or self._uses >= self._reuse or step > self._last_step.get(draw, step):
                self.drop()
                # In a thread, since large inputs take tens of milliseconds, in which other requests should go on.
                self._workload = await asyncio.to_thread(self._make, await make_inputs())
            self._uses += 1
            self._last_step[draw] = max(step, self._last_step.get(draw, step))
            return self._workload
