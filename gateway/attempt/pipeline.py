"""One attempt: execute -> judge and measure -> grade. Reads and writes no episode.

The grader alone can say whether an attempt passed, since the sandbox must not know what is expected. Of a task with a
probe it is asked before the attempt is judged, so that the attempt can be measured meanwhile. Of any other task hardly
an attempt takes a measurement, and to ask would cost as much as to grade: it is asked only if the judge wants to know.
"""

import asyncio
import contextlib
import functools
import random
import time
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from codearena.errors import DeadlineError, ServiceError
from codearena.server import telemetry, tracing
from codearena.tasks.task import Task, TaskLimits
from codearena.v1 import common_pb2, executor_pb2, grader_pb2, judge_pb2
from gateway import metrics
from gateway.attempt import briefs, evidence, limits, tally
from gateway.attempt.admission import Admissions
from gateway.attempt.announcing import Announcements
from gateway.attempt.clients import Clients
from gateway.attempt.draws import Draws
from gateway.attempt.given import Given
from gateway.attempt.identity import identity_of
from gateway.attempt.patience import Patience
from gateway.deadline import Deadline
from gateway.settings import Settings

_MEASUREMENTS = 3
"""Of one attempt, where the first ones do not tell how fast it is."""


class Stopwatch:
    """Seconds of each stage, in all if it was begun more than once; stages may overlap."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def total_s(self) -> float:
        """From the first stage until now: less than the sum of stages that overlap, more where nothing was timed."""
        return time.perf_counter() - self._started

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times what is done inside; nothing is noted of what fails."""
        started = time.perf_counter()
        with tracing.span(name, telemetry.ids()):
            yield
        taken_s = time.perf_counter() - started
        self.seconds[name] = self.seconds.get(name, 0.0) + taken_s
        metrics.STAGES.labels(name).observe(taken_s)


@dataclass(frozen=True)
class Graded:
    """What the services said of an attempt.

    report: of its calls; measurement: of the measuring workload, None if there was no need; judgement: None if not
    asked. readings: which outcomes were right.
    """

    report: executor_pb2.Report
    measurement: executor_pb2.Report | None
    judgement: judge_pb2.Judgement | None
    verdict: grader_pb2.Verdict
    identity: str
    identical: bool
    brief: briefs.Brief
    readings: grader_pb2.Readings


@dataclass(frozen=True)
class Attempt:
    """An attempt, graded. source: as sent; draw: what its hidden inputs were drawn by, see draws.py."""

    attempt_id: str
    task: Task
    source: bytes
    step: int
    started: datetime
    graded: Graded
    draw: str
    seconds: Mapping[str, float]
    total_s: float

    @property
    def verdict(self) -> grader_pb2.Verdict:
        return self.graded.verdict

    @property
    def report(self) -> executor_pb2.Report:
        return self.graded.report


@dataclass(frozen=True)
class _Ran:
    """An attempt whose calls have been made."""

    attempt_id: str
    task: Task
    brief: briefs.Brief
    source: bytes
    limits: common_pb2.Limits
    report: executor_pb2.Report
    patience: Patience
    watch: Stopwatch
    isolation: str = ""


class Pipeline:
    """Grades attempts at the tasks given. Every method raises ServiceError where we failed, never a guess.

    rng: draws measured inputs; its state must be a secret from those who submit.
    """

    def __init__(self, settings: Settings, clients: Clients, tasks: Mapping[str, Task], rng: random.Random) -> None:
        self._settings = settings
        self._clients = clients
        self._announcements = Announcements(clients)
        self._admission = Admissions(settings.attempts_running, settings.attempts_waiting, settings.isolation_executors)
        probing = briefs.Probing(settings.probe_cpu_s, settings.probe_stop_ratio, settings.probe_reuse)
        self._makers = {task.id: briefs.BriefMaker(task, rng, probing) for task in tasks.values()}
        secret = settings.cases_secret.get_secret_value().encode() or rng.randbytes(32)
        self._draws = {task.id: Draws(task, secret, settings.cases_pool) for task in tasks.values()}
        self._limits = {
            name: limits.AttemptLimits(tasks[name], maker.calls, settings, maker.learn_precedents)
            for name, maker in self._makers.items()
        }
        self._given = {name: Given(maker, self._examine_given) for name, maker in self._makers.items()}

    async def attempt(
        self,
        task: Task,
        source: bytes,
        step: int = 1,
        earlier: Collection[str] = (),
        caller: str = "",
        draw: str = "",
        probe_cpu_s: float | None = None,
        isolation: str = "",
    ) -> Attempt:
        """Grades one attempt. step: from 1; earlier: identities of the attempts that this one should differ from.

        caller: whose attempt it is, where many wait; see Admission. draw: attempts of one draw and step get the same
        hidden inputs; empty: inputs of its own. probe_cpu_s: None: as usual. isolation: where it runs; empty: as usual.
        """
        attempt_id, started = uuid.uuid4().hex, datetime.now(UTC)
        telemetry.attempt_id.set(attempt_id)
        own_draw = draw or f"attempt:{attempt_id}"
        within = await self.prepare(task, isolation)
        brief = await self._makers[task.id].brief(probe_cpu_s, own_draw, step)
        draw = "task" if self._settings.cases_fixed else own_draw
        brief = await self._draws[task.id].drawn(brief, draw, step, self._drawing(task))
        graded, watch = await self._graded(attempt_id, task, brief, within, source, step, earlier, caller, isolation)
        if graded.measurement is not None:
            self._makers[task.id].measured(own_draw, step)
        tally.attempt(task, graded.report, graded.verdict, graded.identical)
        return Attempt(attempt_id, task, source, step, started, graded, draw, watch.seconds, watch.total_s())

    def draws_anew(self, task: Task) -> bool:
        """Whether attempts that are of no draw get hidden inputs of their own."""
        return not self._settings.cases_fixed and self._draws[task.id].some

    def fresh_inputs(self, task: Task) -> bool:
        """Whether attempts at other times get other hidden inputs, or are measured on others."""
        return self.draws_anew(task) or (task.probe is not None and not self._settings.cases_fixed)

    async def idle(self) -> None:
        """Returns when no attempt is under way."""
        await self._admission.idle()

    async def prepare(self, task: Task, isolation: str = "") -> common_pb2.Limits:
        """Finds out ahead what every attempt at the task is held to; its limits are part of that."""
        within = await self._limits_of(task, isolation)  # first: what the reference did goes into the briefs
        await self._given[task.id].known(isolation, functools.partial(self._run_given, task, isolation))
        return within

    async def code_as_given(self, task: Task, caller: str) -> grader_pb2.Verdict:
        """What grading the task's buggy code says, on the tests that an agent is shown. caller: as of `attempt`."""
        within, source = await self._limits_of(task), task.buggy.encode()
        brief = self._makers[task.id].baseline()
        within = limits.for_every_call(within, len(brief.workload.calls))
        graded, _ = await self._graded(f"baseline-{uuid.uuid4().hex}", task, brief, within, source, 1, (), caller)
        return graded.verdict

    async def _graded(
        self,
        attempt_id: str,
        task: Task,
        brief: briefs.Brief,
        within: common_pb2.Limits,
        source: bytes,
        step: int,
        earlier: Collection[str],
        caller: str = "",
        isolation: str = "",
    ) -> tuple[Graded, Stopwatch]:
        """Runs the calls, judges, measures where that is needed, grades."""
        patience, watch = self._patience(), Stopwatch()
        async with contextlib.AsyncExitStack() as place:
            with watch.stage("queued"):
                await place.enter_async_context(self._admission.place(patience, caller, isolation))
            if len(source) <= self._settings.source_bytes:
                self._announcements.announce(source)
            with watch.stage("execute"):
                report = await self._execute(attempt_id, brief.workload, within, source, patience, isolation)
            tally.executor_stages(report.timings)
            self._limits[task.id].ran(report, self._timing(isolation))
            # A wait anew: one that has run is not given up because it waited long before that.
            ran = _Ran(attempt_id, task, brief, source, within, report, self._patience(), watch, isolation)
            if task.probe is None:
                judgement, measurement = await self._judge(ran), None
            else:
                judgement, measurement = await self._judge_and_measure(ran)
            identity = identity_of(source, report)
            request = grader_pb2.GradeRequest(
                attempt_id=attempt_id,
                report=report,
                measurement=measurement,
                expectations=brief.expectations,
                judgement=judgement,
                step=step,
                identical=identity in earlier,
            )
            graded = await self._grade(ran, request)
            if request.HasField("measurement"):
                measurement = request.measurement
        verdict, readings = graded.verdict, graded.readings
        return Graded(report, measurement, judgement, verdict, identity, request.identical, brief, readings), watch

    async def preview(self, task: Task, source: bytes, deadline: Deadline, caller: str) -> grader_pb2.Verdict:
        """Grades on what an agent is shown alone: the visible tests, unjudged."""
        attempt_id = f"preview-{uuid.uuid4().hex}"
        try:
            async with asyncio.timeout(deadline.left_s()):
                within = await self._limits_of(task)
        except TimeoutError as error:
            raise DeadlineError("the reference was not measured in time") from error
        brief = self._makers[task.id].baseline()
        patience = Patience(deadline.left_s())
        async with self._admission.place(patience, caller):
            report = await self._execute(attempt_id, brief.workload, within, source, patience)
            # An empty judgement: every dimension unscored.
            judgement = judge_pb2.Judgement() if report.analysis.compiles else None
            request = grader_pb2.GradeRequest(
                attempt_id=attempt_id, report=report, expectations=brief.expectations, judgement=judgement, step=1
            )
            ran = _Ran(attempt_id, task, brief, source, within, report, self._patience(), Stopwatch())
            return (await self._grade(ran, request)).verdict

    async def run_script(self, source: bytes, stdin: bytes) -> executor_pb2.Report:
        """Runs a source as a program, within the limits that tasks have by default."""
        patience, within = self._patience(), limits.ceilings(TaskLimits())
        workload = briefs.script_workload(stdin, within)
        async with self._admission.place(patience):
            return await self._execute(f"script-{uuid.uuid4().hex}", workload, within, source, patience)

    def _patience(self) -> Patience:
        return Patience(self._settings.attempt_wait_s)

    async def _limits_of(self, task: Task, isolation: str = "") -> common_pb2.Limits:
        return await self._limits[task.id].get(isolation, self._timing(isolation))

    def _timing(self, isolation: str) -> limits.Run:
        return functools.partial(self._answered, "timing", isolation=isolation)

    def _drawing(self, task: Task) -> limits.Run:
        """Answers for the reference, of whose times the task's limits learn."""

        async def answered(workload: executor_pb2.Workload) -> executor_pb2.Report:
            report = await self._answered("reference", workload)
            self._limits[task.id].note(report)
            return report

        return answered

    async def _run_given(
        self, task: Task, isolation: str, attempt_id: str, workload: executor_pb2.Workload
    ) -> executor_pb2.Report:
        """The report on the code as given, of which every call is made."""
        within = limits.for_every_call(await self._limits_of(task, isolation), len(workload.calls))
        patience = self._patience()
        async with self._admission.place(patience, isolation=isolation):
            return await self._execute(attempt_id, workload, within, task.buggy.encode(), patience, isolation)

    async def _examine_given(self, request: grader_pb2.ExamineRequest) -> grader_pb2.ExamineResponse:
        return await self._clients.examine(request, self._patience())

    async def _answered(
        self, purpose: str, workload: executor_pb2.Workload, isolation: str = ""
    ) -> executor_pb2.Report:
        """The report on a reference, which is the workload's source."""
        patience = self._patience()
        async with self._admission.place(patience, isolation=isolation):
            return await self._clients.execute(f"{purpose}-{uuid.uuid4().hex}", workload, patience, isolation)

    async def _execute(
        self,
        attempt_id: str,
        workload: executor_pb2.Workload,
        within: common_pb2.Limits,
        source: bytes,
        patience: Patience,
        isolation: str = "",
    ) -> executor_pb2.Report:
        if len(source) > self._settings.source_bytes:
            return limits.too_large(len(source), self._settings.source_bytes)
        whole = executor_pb2.Workload()
        whole.CopyFrom(workload)
        whole.limits.CopyFrom(within)
        whole.source = source
        return await self._clients.execute(attempt_id, whole, patience, isolation)

    async def _examine(self, ran: _Ran) -> grader_pb2.ExamineResponse:
        """Whether the attempt passed, and is to be measured."""
        if ran.report.status != executor_pb2.ATTEMPT_STATUS_RAN:
            return grader_pb2.ExamineResponse()
        request = grader_pb2.ExamineRequest(
            attempt_id=ran.attempt_id, report=ran.report, expectations=ran.brief.expectations
        )
        return await self._clients.examine(request, ran.patience)

    async def _judge_and_measure(self, ran: _Ran) -> tuple[judge_pb2.Judgement | None, executor_pb2.Report | None]:
        """Both at once."""
        examined = await self._examine(ran)
        judging = asyncio.create_task(self._judge(ran, examined))
        try:
            measurement = await self._measure(ran) if examined.measure else None
            return await judging, measurement
        except BaseException:
            judging.cancel()
            await asyncio.wait([judging])  # its own failure, if any, is not the first
            raise

    async def _measure(self, ran: _Ran) -> executor_pb2.Report:
        """The measuring workload's report: from another sandbox, where nothing is left of what the attempt has seen."""
        with ran.watch.stage("measure"):
            workload = ran.brief.measurement
            if workload.probe:
                within = limits.for_probing(ran.limits, workload.probe_cpu.ToMilliseconds() / 1000)
            else:
                within = limits.for_measuring(ran.limits, self._settings)
            return await self._execute(ran.attempt_id, workload, within, ran.source, ran.patience, ran.isolation)

    async def _judge(self, ran: _Ran, examined: grader_pb2.ExamineResponse | None = None) -> judge_pb2.Judgement | None:
        """None for what does not compile. examined: None: only if the judge wants to know."""
        if not ran.report.analysis.compiles:
            return None
        told = judge_pb2.Evidence(
            task_id=ran.task.id,
            title=ran.task.title,
            description=ran.task.description,
            buggy_source=ran.task.buggy.encode(),
            source=ran.source,
            report=evidence.of(ran.report),
            all_tests_passed=examined.passed if examined else None,
        )
        with ran.watch.stage("judge"):
            judgement = await self._clients.judge(ran.attempt_id, told, ran.patience)
            if judgement is None:
                told.all_tests_passed = (await self._examine(ran)).passed
                judgement = await self._clients.judge(ran.attempt_id, told, ran.patience)
        if judgement is None:
            raise ServiceError("the judge did not take what it wanted to know")
        return judgement

    async def _grade(self, ran: _Ran, request: grader_pb2.GradeRequest) -> grader_pb2.GradeResponse:
        """The best verdict, and in the request its measurement. As often as the grader asks for one, one is made."""
        best: grader_pb2.GradeResponse | None = None
        measurement = request.measurement
        for left in reversed(range(_MEASUREMENTS + 1)):
            request.last_measurement = left == 0
            with ran.watch.stage("grade"):
                response = await self._clients.grade(request, ran.patience)
            if response.HasField("verdict") and (best is None or response.verdict.reward > best.verdict.reward):
                best = response
                measurement = grader_pb2.GradeRequest(measurement=request.measurement).measurement
            if not response.takes_measurement:
                break
            if left:
                request.measurement.CopyFrom(await self._measure(ran))
        if best is None:
            raise ServiceError("the grader did not take a measurement for one")
        if request.HasField("measurement"):
            request.measurement.CopyFrom(measurement)
        return best
