"""One attempt, from a source to its verdict: a straight graph, of which every name is one call.

    Analyse ──▶ Run ──▶ Examine ──┬──▶ Judge ────┬──▶ Grade
       │                          └──▶ Measure ──┘      ▲
       └─ does not compile ─────────────────────────────┘

Whether a call is made follows from the answers before it: nothing is run of what does not compile, and what failed a
test, or shows by its calls how fast it is, is not measured. What Grade is not sure of is measured and graded once more.
Every run is in the sandbox of the one before it, but for inputs that an earlier one has had: these get another sandbox.
Reads and writes no episode.
"""

import asyncio
import random
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codearena.errors import DeadlineError
from codearena.server import telemetry
from codearena.tasks.task import Task, TaskLimits
from codearena.v1 import executor_pb2, grader_pb2, judge_pb2
from gateway import metrics
from gateway.attempt import briefs, limits
from gateway.attempt.clients import Clients
from gateway.attempt.preparation import Preparation, Prepared
from gateway.attempt.proposal import Proposal, identity_of, ticket_for
from gateway.attempt.seals import Seals
from gateway.attempt.stages import Services, Stages
from gateway.deadline import Deadline
from gateway.series.tally import Tally
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
    """Grades proposals. Every method raises ServiceError where we failed, never a guess.

    rng: draws measured inputs; its state must be a secret from those who submit.
    """

    def __init__(self, settings: Settings, clients: Clients, rng: random.Random, tally: Tally) -> None:
        self._settings = settings
        self._tally = tally
        self._services = Services(settings, clients)
        self.preparation = Preparation(settings, rng, self._services)
        self.seals = Seals(settings, self._services.origin)

    async def attempt(self, proposal: Proposal) -> Attempt:
        """Grades one attempt."""
        telemetry.attempt_id.set(proposal.ticket.attempt_id)
        attempt = await self._graded(proposal, await self.preparation.for_attempt(proposal))
        self.preparation.learn(proposal, attempt.report, attempt.measurement)
        metrics.count_attempt(attempt.task.level, attempt.report, attempt.verdict, attempt.seconds)
        metrics.IDENTICAL.inc(attempt.identical)
        self._tally.attempt(attempt.task.level, attempt.report, attempt.verdict)
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

    async def run_script(self, code: str, stdin: str) -> executor_pb2.Report:
        """Runs a source as a program, within the limits that tasks have by default."""
        source, fed = (text.encode("utf-8", "surrogatepass") for text in (code, stdin))
        workload = briefs.script_workload(source, fed, limits.ceilings(TaskLimits()))
        return await self._services.run(ticket_for(self._settings.attempt_wait_s, prefix="script-"), workload)

    async def idle(self) -> None:
        """Returns when no attempt is under way."""
        await self._services.idle()

    async def _graded(self, proposal: Proposal, prepared: Prepared) -> Attempt:
        source, expectations = proposal.source, prepared.brief.expectations
        judgement, measurements = None, list[executor_pb2.Report]()
        async with self._services.stages(proposal.ticket) as stages:
            report = await stages.analyse_and_run(prepared.workload(source))
            if report.analysis.compiles:
                examined = await stages.examine(report, expectations)
                if not examined.measure:
                    await stages.sandbox.release()
                judging = stages.judge(proposal, report, all_tests_passed=examined.passed)
                measuring = _measure(stages, prepared, source, []) if examined.measure else None
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
                request.measurements.append(await _measure(stages, prepared, source, request.measurements))
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


async def _measure(
    stages: Stages, prepared: Prepared, source: bytes, made: Sequence[executor_pb2.Report]
) -> executor_pb2.Report:
    """One more measurement. made: those before it."""
    with stages.watch.stage("measure"):
        workload = await prepared.measuring_workload(source, again=bool(made))
        if prepared.repeats_inputs(made):
            await stages.sandbox.release()
        return await stages.sandbox.run(stages.ticket, workload)


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
        raise failed.exceptions[0] from None
    return judged.result(), [measured.result()]
