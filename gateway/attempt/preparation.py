"""What has to be known of a task before an attempt at it runs, and the brief that comes of it.

What the reference takes sets the limits (limits.py), what the code as given does is held against the attempt
(given.py), and both are found out once for each task, by whoever comes first. The brief (briefs.py) gets the hidden
inputs that are drawn for this attempt (draws.py). All of it is kept for the tasks asked for last.
"""

import functools
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from codearena.server.recent import Recent
from codearena.tasks.task import Task
from codearena.v1 import common_pb2, executor_pb2
from gateway.attempt import limits
from gateway.attempt.authored import Authored
from gateway.attempt.briefs import Brief, BriefMaker
from gateway.attempt.draws import Draws
from gateway.attempt.given import Given, Seen
from gateway.attempt.limits import AttemptLimits
from gateway.attempt.measuring import Measuring, Probing
from gateway.attempt.proposal import Proposal, Ticket
from gateway.attempt.stages import Services
from gateway.catalogue.sent_task import SentTask
from gateway.settings import Settings

Probe = Callable[[bool], Awaitable[executor_pb2.Workload]]
_SLOT_BYTES = 256 * 1024


@dataclass(frozen=True)
class Prepared:
    """A brief with what it lacks but for the source. draw: what the hidden inputs were drawn by.

    probe: gives a measuring workload, and takes whether the attempt was measured before; None: the tests' calls are.
    """

    brief: Brief
    limits: common_pb2.Limits
    settings: Settings
    draw: str = ""
    probe: Probe | None = None

    def workload(self, source: bytes) -> executor_pb2.Workload:
        """The tests' calls on the source."""
        return _complete(self.brief.workload, self.limits, source)

    async def measuring_workload(self, source: bytes, *, again: bool) -> executor_pb2.Workload:
        """The source against the reference. again: a measurement before told too little."""
        if self.probe is None:
            return _complete(self.brief.measurement, limits.for_measuring(self.limits, self.settings), source)
        workload = await self.probe(again)
        within = limits.for_probing(self.limits, workload.probe_cpu.ToMilliseconds() / 1000)
        return _complete(workload, within, source)

    def repeats_inputs(self, made: Sequence[executor_pb2.Report]) -> bool:
        """Whether the next measurement has inputs that the attempt has been called with. made: those before it.

        Without a probe all of them are the tests' own. With one a screening and the first measurement by all sizes have
        inputs that were drawn for each; those after it may share them. Whatever an attempt managed to leave behind in
        its sandbox is an answer to the same inputs, and worth nothing for others.
        """
        return self.probe is None or not all(measurement.screening for measurement in made)


@dataclass(frozen=True)
class _Known:
    """What is known of one revision of a task, or is being found out. measuring: None: it has no probe."""

    maker: BriefMaker
    draws: Draws
    limits: AttemptLimits
    given: Given
    measuring: Measuring | None


def _slots(known: _Known) -> int:
    """Of so many that there are: a task whose tests are large takes the place of several."""
    size = known.maker.brief.workload.ByteSize() + known.maker.brief.expectations.ByteSize()
    return 1 + size // _SLOT_BYTES


class Preparation:
    """Of all tasks. Every method that waits raises ServiceError where we failed.

    rng: draws measured inputs; its state must be a secret from those who submit.
    """

    def __init__(self, settings: Settings, rng: random.Random, services: Services) -> None:
        self._settings = settings
        self._services = services
        self._rng = rng
        self._probing = Probing(settings.probe_cpu_s, settings.probe_stop_ratio, settings.probe_reuse)
        self._secret = settings.cases_secret.get_secret_value().encode() or rng.randbytes(32)
        # By revision: one id may have had several.
        self._known: Recent[tuple[str, bool], _Known] = Recent(settings.tasks_kept, _slots)

    def _of(self, task: Task) -> _Known:
        key = (task.revision, isinstance(task, SentTask))  # of one that is served the author's code runs here
        known = self._known.get(key)
        if known is None:
            known = self._new(task)
            self._known.put(key, known)
        return known

    def _new(self, task: Task) -> _Known:
        maker = BriefMaker(task)
        checks = maker.brief.workload.checks
        return _Known(
            maker,
            Draws(task, self._secret, self._settings.cases_pool),
            AttemptLimits(task, maker.calls, self._settings, maker.learn_precedents),
            Given(maker),
            Measuring(task, task.probe, checks, self._rng, self._probing) if task.probe else None,
        )

    def draws_anew(self, task: Task) -> bool:
        """Whether attempts that are of no draw get hidden inputs of their own."""
        return not self._settings.cases_fixed and self._of(task).draws.some

    def fresh_inputs(self, task: Task) -> bool:
        """Whether attempts at other times get other hidden inputs, or are measured on others."""
        return self.draws_anew(task) or (task.probe is not None and not self._settings.cases_fixed)

    async def ready(self, task: Task, ticket: Ticket) -> common_pb2.Limits:
        """Finds out what every attempt at the task is held to. Returns the limits. ticket: of who wants to know."""
        within = await self._limits_of(task, ticket)  # first: what the reference did goes into the briefs
        await self._of(task).given.known(ticket.isolation, functools.partial(self._look_at_given, task, ticket))
        return within

    async def for_attempt(self, proposal: Proposal) -> Prepared:
        """With inputs that are drawn for it."""
        task, ticket, known = proposal.task, proposal.ticket, self._of(proposal.task)
        within = await self.ready(task, ticket)
        draw = "task" if self._settings.cases_fixed else _own_draw(proposal)
        cases = functools.partial(self._answered_cases, task, ticket)
        authored = self._authored(task, ticket)
        brief = await known.draws.drawn(known.maker.brief, draw, proposal.step, cases, authored)
        probe = functools.partial(_probe, proposal, known.measuring, authored) if known.measuring else None
        return Prepared(brief, within, self._settings, draw, probe)

    async def for_showing(self, task: Task, ticket: Ticket, *, every_call: bool = False) -> Prepared:
        """With what an agent is shown alone. every_call: is made, though those before it reach their limits."""
        within, brief = await self._limits_of(task, ticket), self._of(task).maker.baseline()
        if every_call:
            within = limits.for_every_call(within, len(brief.workload.calls))
        return Prepared(brief, within, self._settings)

    def learn(self, proposal: Proposal, report: executor_pb2.Report, measurement: executor_pb2.Report | None) -> None:
        """Learns on which hosts attempts run, and how far the reference got in the probe."""
        known = self._of(proposal.task)
        known.limits.ran(report, functools.partial(self._timed, proposal.ticket))
        if known.measuring is not None and measurement is not None and measurement.probe:
            known.measuring.note(measurement)

    async def _limits_of(self, task: Task, ticket: Ticket) -> common_pb2.Limits:
        timed = functools.partial(self._timed, ticket)
        return await self._of(task).limits.get(ticket.isolation, timed)

    async def _timed(self, ticket: Ticket, workload: executor_pb2.Workload) -> executor_pb2.Report:
        """The reference, on the hosts that the attempt gets."""
        return await self._services.run(ticket.errand("timing", ticket.isolation), workload)

    async def _answered_cases(self, task: Task, ticket: Ticket, workload: executor_pb2.Workload) -> executor_pb2.Report:
        """The reference, of whose times the task's limits learn."""
        report = await self._services.run(ticket.errand("reference", isolation=""), workload)
        self._of(task).limits.note(report)
        return report

    def _authored(self, task: Task, ticket: Ticket) -> Authored | None:
        """What runs the author's code; None: it may run here."""
        if not isinstance(task, SentTask):
            return None

        async def run(workload: executor_pb2.Workload) -> executor_pb2.Report:
            return await self._services.run(ticket.errand("author", ticket.isolation), workload)

        return Authored(task, run)

    async def _look_at_given(self, task: Task, ticket: Ticket, brief: Brief) -> Seen:
        """The code as given, of which every call is made."""
        errand = ticket.errand("baseline", ticket.isolation)
        within = limits.for_every_call(await self._limits_of(task, ticket), len(brief.workload.calls))
        async with self._services.stages(errand) as stages:
            report = await stages.analyse_and_run(_complete(brief.workload, within, task.buggy.encode()))
            return report, await stages.examine(report, brief.expectations)


async def _probe(
    proposal: Proposal, measuring: Measuring, authored: Authored | None, again: bool
) -> executor_pb2.Workload:
    return await measuring.workload(
        _own_draw(proposal), proposal.step, again=again, probe_cpu_s=proposal.probe_cpu_s, authored=authored
    )


def _own_draw(proposal: Proposal) -> str:
    return proposal.draw or f"attempt:{proposal.ticket.attempt_id}"


def _complete(workload: executor_pb2.Workload, within: common_pb2.Limits, source: bytes) -> executor_pb2.Workload:
    whole = executor_pb2.Workload()
    whole.CopyFrom(workload)
    whole.limits.CopyFrom(within)
    whole.source = source
    return whole
