"""One attempt, from a source to its verdict: a straight graph, of which every arrow is one call.

    Analyse ──▶ Run ──▶ Examine ──┬──▶ Judge ────┬──▶ Grade
       │                          └──▶ Measure ──┘      ▲
       └─ does not compile ─────────────────────────────┘

Whether a call is made follows from the answers before it: nothing is run of what does not compile, and what failed a
test, or shows by its calls how fast it is, is not measured. What Grade is not sure of is measured and graded once more.
Reads and writes no episode.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codearena.errors import DeadlineError, ServiceError
from codearena.server import telemetry, tracing
from codearena.tasks.task import Task, TaskLimits
from codearena.v1 import common_pb2, executor_pb2, grader_pb2, judge_pb2
from gateway import metrics
from gateway.attempt import briefs, limits
from gateway.attempt.admission import Admissions
from gateway.attempt.clients import Clients, Sandbox
from gateway.attempt.preparation import Preparation, Prepared
from gateway.attempt.proposal import Proposal, Ticket, identity_of, ticket_for
from gateway.deadline import Deadline
from gateway.settings import Settings


@dataclass(frozen=True)
class Attempt:
    """A proposal, graded, and what the services said of it.

    report: of its calls. measurement: that the verdict is by; None: there was no need. judgement: None if it does not
    compile. identity: see `identity_of`; identical: an earlier attempt has it too. readings: which outcomes were right.
    seconds: of each stage; total_s: of all.
    """

    proposal: Proposal
    prepared: Prepared
    report: executor_pb2.Report
    measurement: executor_pb2.Report | None
    judgement: judge_pb2.Judgement | None
    verdict: grader_pb2.Verdict
    readings: grader_pb2.Readings
    identity: str
    identical: bool
    seconds: Mapping[str, float]
    total_s: float

    @property
    def attempt_id(self) -> str:
        return self.proposal.ticket.attempt_id

    @property
    def task(self) -> Task:
        return self.proposal.task


class Graph:
    """Grades proposals at the tasks given. Every method raises ServiceError where we failed, never a guess.

    rng: draws measured inputs; its state must be a secret from those who submit.
    """

    def __init__(self, settings: Settings, clients: Clients, tasks: Mapping[str, Task], rng: random.Random) -> None:
        self._settings = settings
        self._clients = clients
        self._admissions = Admissions(
            settings.attempts_running, settings.attempts_waiting, settings.isolation_executors
        )
        self.preparation = Preparation(settings, tasks, rng, self.run, clients.examine)

    async def attempt(self, proposal: Proposal) -> Attempt:
        """Grades one attempt."""
        telemetry.attempt_id.set(proposal.ticket.attempt_id)
        attempt = await self._graded(proposal, await self.preparation.for_attempt(proposal))
        self.preparation.learn(proposal, attempt.report, measured=attempt.measurement is not None)
        metrics.count_attempt(attempt.task.level, attempt.report, attempt.verdict, attempt.seconds)
        metrics.IDENTICAL.inc(attempt.identical)
        return attempt

    async def code_as_given(self, task: Task, caller: str) -> grader_pb2.Verdict:
        """What grading the task's buggy code says, on the tests that an agent is shown. caller: as of a Ticket."""
        ticket = ticket_for(self._settings.attempt_wait_s, caller, prefix="baseline-")
        prepared = await self.preparation.for_showing(task, ticket, every_call=True)
        return (await self._graded(Proposal(ticket, task, task.buggy.encode(), judged=False), prepared)).verdict

    async def preview(self, task: Task, source: bytes, deadline: Deadline, caller: str) -> grader_pb2.Verdict:
        """Grades on what an agent is shown alone: the visible tests, unjudged."""
        ticket = ticket_for(deadline.left_s(), caller, prefix="preview-")
        try:
            async with asyncio.timeout(deadline.left_s()):
                prepared = await self.preparation.for_showing(task, ticket)
        except TimeoutError as error:
            raise DeadlineError("the reference was not measured in time") from error
        return (await self._graded(Proposal(ticket, task, source, judged=False), prepared)).verdict

    async def run_script(self, source: bytes, stdin: bytes) -> executor_pb2.Report:
        """Runs a source as a program, within the limits that tasks have by default."""
        workload = briefs.script_workload(stdin, limits.ceilings(TaskLimits()))
        workload.source = source
        return await self.run(ticket_for(self._settings.attempt_wait_s, prefix="script-"), workload)

    async def run(self, ticket: Ticket, workload: executor_pb2.Workload) -> executor_pb2.Report:
        """What is read and seen of a workload's source, in a place of its own."""
        async with self._stages(ticket) as stages:
            return await stages.see(workload)

    async def idle(self) -> None:
        """Returns when no attempt is under way."""
        await self._admissions.idle()

    async def _graded(self, proposal: Proposal, prepared: Prepared) -> Attempt:
        source, expectations = proposal.source, prepared.brief.expectations
        judgement, measurements = None, list[executor_pb2.Report]()
        async with self._stages(proposal.ticket) as stages:
            report = await stages.see(prepared.workload(source))
            if report.analysis.compiles:
                examined = await stages.examine(report, expectations)
                judging = stages.judge(proposal, report, all_tests_passed=examined.passed)
                measuring = stages.measure(prepared.measuring_workload(source)) if examined.measure else None
                judgement, measurements = await _together(judging, measuring)
            identity = identity_of(source, report.analysis)
            request = grader_pb2.GradeRequest(
                attempt_id=proposal.ticket.attempt_id,
                report=report,
                measurements=measurements,
                expectations=expectations,
                judgement=judgement,
                step=proposal.step,
                identical=identity in proposal.earlier,
            )
            graded = await stages.grade(request)
            while graded.measure_again:
                request.measurements.append(await stages.measure(prepared.measuring_workload(source)))
                graded = await stages.grade(request)
        return Attempt(
            proposal=proposal,
            prepared=prepared,
            report=report,
            measurement=request.measurements[graded.measurement] if graded.HasField("measurement") else None,
            judgement=judgement,
            verdict=graded.verdict,
            readings=graded.readings,
            identity=identity,
            identical=request.identical,
            seconds=stages.watch.seconds,
            total_s=stages.watch.total_s(),
        )

    @contextlib.asynccontextmanager
    async def _stages(self, ticket: Ticket) -> "AsyncIterator[_Stages]":
        """For as long as there is a place for it among the attempts."""
        watch = Stopwatch()
        async with contextlib.AsyncExitStack() as held:
            with watch.stage("queued"):
                await held.enter_async_context(self._admissions.place(ticket))
            sandbox = await held.enter_async_context(self._clients.sandbox(ticket))
            yield _Stages(self._clients, sandbox, ticket, self._settings.source_bytes, watch)


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
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


@dataclass
class _Stages:
    """The calls for one source, each of which is timed."""

    clients: Clients
    sandbox: Sandbox
    ticket: Ticket
    source_bytes: int
    watch: Stopwatch

    async def see(self, workload: executor_pb2.Workload) -> executor_pb2.Report:
        """Analyse, and, of what compiles, Run: the report has what both say."""
        with self.watch.stage("analyse"):
            analysis = await self._analyse(workload)
        if not analysis.compiles:
            return _not_run(workload, analysis)
        with self.watch.stage("execute"):
            report = await self.sandbox.run(self.ticket, workload)
        self.ticket = self.ticket.anew()
        if not report.HasField("analysis"):  # else the executor knows better
            report.analysis.CopyFrom(analysis)
        return report

    async def _analyse(self, workload: executor_pb2.Workload) -> executor_pb2.Analysis:
        if len(workload.source) > self.source_bytes:
            return _too_large(len(workload.source), self.source_bytes)
        analysis = await self.clients.analyse(self.ticket, workload.source, workload.checks)
        if analysis.compiles and len(analysis.checks) != len(workload.checks):
            raise ServiceError("the judge read other rules than it was asked to")
        return analysis

    async def examine(
        self, report: executor_pb2.Report, expectations: grader_pb2.Expectations
    ) -> grader_pb2.ExamineResponse:
        """Whether the attempt passed, and is to be measured."""
        with self.watch.stage("examine"):
            return await self.clients.examine(self.ticket, report, expectations)

    async def judge(
        self, proposal: Proposal, report: executor_pb2.Report, *, all_tests_passed: bool
    ) -> judge_pb2.Judgement:
        """Of what is not to be judged every dimension is unscored."""
        if not proposal.judged:
            return judge_pb2.Judgement()
        evidence = judge_pb2.Evidence(
            task_id=proposal.task.id,
            title=proposal.task.title,
            description=proposal.task.description,
            buggy_source=proposal.task.buggy.encode(),
            source=proposal.source,
            report=_for_judges(report),
            all_tests_passed=all_tests_passed,
        )
        request = judge_pb2.JudgeRequest(attempt_id=self.ticket.attempt_id, evidence=evidence)
        with self.watch.stage("judge"):
            return await self.clients.judge(self.ticket, request)

    async def measure(self, workload: executor_pb2.Workload) -> executor_pb2.Report:
        """Runs the reference and the attempt where nothing is left of what the attempt has seen."""
        with self.watch.stage("measure"):
            return await self.sandbox.run(self.ticket, workload)

    async def grade(self, request: grader_pb2.GradeRequest) -> grader_pb2.GradeResponse:
        """The best verdict that the measurements made so far give."""
        with self.watch.stage("grade"):
            return await self.clients.grade(self.ticket, request)


async def _together(
    judging: Coroutine[Any, Any, judge_pb2.Judgement], measuring: Coroutine[Any, Any, executor_pb2.Report] | None
) -> tuple[judge_pb2.Judgement, list[executor_pb2.Report]]:
    """Both at once; the first failure is the failure of both. measuring: None: nothing is to be measured."""
    if measuring is None:
        return await judging, []
    try:
        async with asyncio.TaskGroup() as group:
            judged, measured = group.create_task(judging), group.create_task(measuring)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    return judged.result(), [measured.result()]


def _not_run(workload: executor_pb2.Workload, analysis: executor_pb2.Analysis) -> executor_pb2.Report:
    """Of a source that does not compile, which takes no sandbox: of where it ran nothing is said."""
    not_run = common_pb2.CALL_STATUS_NOT_RUN
    return executor_pb2.Report(
        status=executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR,
        analysis=analysis,
        calls=[common_pb2.CallOutcome(call_id=call.call_id, status=not_run) for call in workload.calls],
    )


def _too_large(size_bytes: int, limit_bytes: int) -> executor_pb2.Analysis:
    """Of a source beyond the limit. Models do produce such things, and must learn not to: no caller's mistake."""
    message = f"the source has {size_bytes} bytes; at most {limit_bytes} are compiled"
    return executor_pb2.Analysis(problem=executor_pb2.SyntaxProblem(type="SourceTooLarge", message=message))


def _for_judges(report: executor_pb2.Report) -> executor_pb2.Report:
    """How the source was read and how its calls ended, not what they returned or wrote.

    That is all that judges ask for, and a fraction of a large report, which would else be copied to each of them.
    """
    load = common_pb2.CallOutcome(status=report.load.status) if report.HasField("load") else None
    calls = [common_pb2.CallOutcome(call_id=call.call_id, status=call.status) for call in report.calls]
    return executor_pb2.Report(status=report.status, analysis=report.analysis, load=load, calls=calls)
