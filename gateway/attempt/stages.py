"""The calls that a source goes through, each of which is timed. Which of them are made is for graph.py to say."""

import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from codearena.errors import ServiceError
from codearena.server import tracing
from codearena.v1 import common_pb2, executor_pb2, grader_pb2, judge_pb2
from gateway.attempt.admission import Admissions
from gateway.attempt.clients import Clients, Sandbox
from gateway.attempt.proposal import Proposal, Ticket
from gateway.attempt.seals import Origin
from gateway.settings import Settings


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
        with tracing.span(name):
            yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


class Interpreters:
    """Whether sandboxes have a newer interpreter than the judge has, which may compile what the judge cannot read."""

    def __init__(self) -> None:
        self._newest: tuple[int, ...] = ()

    def note(self, python: str) -> None:
        """python: the version by which something was run, e.g. "3.13.5"; empty: it is not known."""
        self._newest = max(self._newest, _version(python))

    def may_compile(self, analysis: executor_pb2.Analysis) -> bool:
        """Of a source that the judge cannot compile. As long as nothing has been run, anything may be."""
        return bool(analysis.python) and (not self._newest or self._newest > _version(analysis.python))


def _version(python: str) -> tuple[int, ...]:
    """The language's, in which micro versions do not differ."""
    return tuple(int(part) for part in python.split(".")[:2] if part.isdigit())


@dataclass
class Stages:
    """The calls for one source, each of which is timed."""

    clients: Clients
    sandbox: Sandbox
    ticket: Ticket
    source_bytes: int
    interpreters: Interpreters
    origin: Origin
    watch: Stopwatch

    async def analyse_and_run(self, workload: executor_pb2.Workload) -> executor_pb2.Report:
        """What is read and, of what compiles, seen: the report has both."""
        with self.watch.stage("analyse"):
            analysis = await self._analyse(workload)
        if not analysis.compiles and not self.interpreters.may_compile(analysis):
            return _not_run(workload, analysis)
        with self.watch.stage("execute"):
            report = await self.sandbox.run(self.ticket, workload)
        self.interpreters.note(report.isolation.python)
        if not self.ticket.isolation:
            self.origin.note_sandbox(report.isolation)
        self.ticket = self.ticket.anew()
        if not report.HasField("analysis"):  # else the executor knows better
            report.analysis.CopyFrom(analysis if analysis.compiles else _unread(workload, analysis))
        return report

    async def _analyse(self, workload: executor_pb2.Workload) -> executor_pb2.Analysis:
        if len(workload.source) > self.source_bytes:
            return _too_large(len(workload.source), self.source_bytes)
        read = await self.clients.analyse(self.ticket, workload.source, workload.checks)
        analysis, self.origin.reader = read.analysis, read.revision
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

    async def grade(self, request: grader_pb2.GradeRequest) -> grader_pb2.GradeResponse:
        """The best verdict that the measurements made so far give."""
        with self.watch.stage("grade"):
            graded = await self.clients.grade(self.ticket, request)
        self.origin.grader = graded.verdict.grader_revision
        return graded


class Services:
    """The three services, for as many sources at once as there are places."""

    def __init__(self, settings: Settings, clients: Clients) -> None:
        self._clients = clients
        self._source_bytes = settings.source_bytes
        self._interpreters = Interpreters()
        self.origin = Origin()
        self._admissions = Admissions(
            settings.attempts_running, settings.attempts_waiting, settings.isolation_executors
        )

    @contextlib.asynccontextmanager
    async def stages(self, ticket: Ticket) -> AsyncIterator[Stages]:
        """For a source that has its turn, as long as it keeps its place. Raises OverloadedError, or DeadlineError."""
        watch = Stopwatch()
        async with contextlib.AsyncExitStack() as held:
            with watch.stage("queued"):
                await held.enter_async_context(self._admissions.place(ticket))
            sandbox = await held.enter_async_context(self._clients.sandbox(ticket))
            yield Stages(self._clients, sandbox, ticket, self._source_bytes, self._interpreters, self.origin, watch)

    async def run(self, ticket: Ticket, workload: executor_pb2.Workload) -> executor_pb2.Report:
        """What is read and seen of a source that is no attempt."""
        async with self.stages(ticket) as stages:
            return await stages.analyse_and_run(workload)

    async def idle(self) -> None:
        """Returns when no source is under way."""
        await self._admissions.idle()


def _not_run(workload: executor_pb2.Workload, analysis: executor_pb2.Analysis) -> executor_pb2.Report:
    """Of a source that does not compile, which takes no sandbox: of where it ran nothing is said."""
    not_run = common_pb2.CALL_STATUS_NOT_RUN
    return executor_pb2.Report(
        status=executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR,
        analysis=analysis,
        calls=[common_pb2.CallOutcome(call_id=call.call_id, status=not_run) for call in workload.calls],
    )


def _unread(workload: executor_pb2.Workload, analysis: executor_pb2.Analysis) -> executor_pb2.Analysis:
    """Of a source that only the sandbox's interpreter compiles: a rule that nobody could read is not kept."""
    detail = f"not read: it is newer than the judge's Python {analysis.python}"
    failed = executor_pb2.CheckOutcome(passed=False, detail=detail)
    return executor_pb2.Analysis(compiles=True, checks=[failed] * len(workload.checks), python=analysis.python)


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
