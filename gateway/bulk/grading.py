"""Grading without episodes: one source, or a batch of them."""

import asyncio
import functools
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence

from pydantic import ValidationError

from codearena import models
from codearena.errors import CallerError, CodeArenaError, DeadlineError, ForbiddenError
from codearena.server.flights import Flights
from gateway import metrics, problems, response_ids
from gateway.access.caller import current, owned
from gateway.access.isolations import Isolations
from gateway.attempt.graph import Attempt, Graph
from gateway.attempt.proposal import Proposal, ticket_for
from gateway.bulk.group_verdicts import GroupVerdict, GroupVerdicts
from gateway.bulk.places import Places, Usual, task_id_of
from gateway.catalogue.wanted import Wants
from gateway.deadline import Deadline
from gateway.series.tally import Tally
from gateway.settings import Settings
from gateway.store.api_keys import Scope

log = logging.getLogger(__name__)

_KEPT_REPORT_BYTES = 32 * 1024  # usual ones have a few thousand


class Grading:
    """Grades as the first step of an episode would be."""

    def __init__(self, settings: Settings, graph: Graph, wants: Wants, groups: GroupVerdicts, tally: Tally) -> None:
        self._tally = tally
        self._parallel = settings.batch_parallel
        self._batch_deadline_s = settings.batch_deadline_s
        self._graph = graph
        self._wait_s = settings.attempt_wait_s
        self._isolations = Isolations(settings)
        self._wants = wants
        self._groups = groups
        self._usual = Usual()
        self._flights: Flights[Attempt] = Flights(settings.verdicts_kept_s, may_keep=_is_small)

    async def grade(self, request: models.GradeRequest, caller: str = "") -> models.Verdict:
        """caller: whom to be fair to.

        Raises:
            UnknownTaskError, UnknownSentTaskError: no such task.
            ForbiddenError: a budget for the probe, an isolation or a task of one's own, from a caller who may not.
            InvalidRequestError: no executors have the isolation, or the task that was sent is none.
            ServiceError: we failed.
        """
        if request.probe_cpu_s is not None and current().scope is not Scope.ADMIN:
            raise ForbiddenError(f"probe_cpu_s takes a key of the scope {Scope.ADMIN}")
        proposal = Proposal(
            ticket_for(self._wait_s, caller, self._isolations.permitted(request.isolation)),
            await self._wants.of_grade(request),
            request.source.encode("utf-8", "surrogatepass"),
            draw=f"group:{owned(request.group_id)}" if request.group_id else "",
            probe_cpu_s=request.probe_cpu_s,
        )
        answer = await self._graded(proposal)
        if not caller:  # else it is one of a batch
            response_ids.note_attempt(answer.attempt_id)
        return answer.verdict

    async def _graded(self, proposal: Proposal) -> GroupVerdict:
        """One attempt for all who send the same source while it is graded, if they would get the same inputs."""
        task, ticket, inputs = proposal.task, proposal.ticket, self._graph.preparation
        grade = functools.partial(self._graph.attempt, proposal)
        if not proposal.draw and inputs.draws_anew(task):
            return GroupVerdict.of(await grade())
        # The owner too: nobody is to learn by the time it takes that somebody else has just sent the same.
        asked = (proposal.source, proposal.draw, proposal.probe_cpu_s, ticket.isolation)
        key = (ticket.owner, task.id, task.revision, *asked)
        if proposal.draw:
            answer, shared = await self._groups.verdict(key, grade)
        else:
            attempt, shared = await self._flights.result(key, grade, keep=not inputs.fresh_inputs(task))
            answer = GroupVerdict.of(attempt)
        metrics.SHARED.inc(shared)
        return answer

    async def batch(self, batch: models.BatchRequest, caller: str) -> AsyncIterator[models.GradeLine]:
        """One answer for each item, in the order in which they are done: a verdict, or the problem it alone has.

        Those at tasks whose attempts are quick begin first, and who takes longer than usual holds up no other.
        Items that are not graded within the batch's time each get the problem `deadline`. Leaving early cancels what
        is not done. caller: whom to be fair to.
        """
        deadline = Deadline(min(batch.deadline_s or self._batch_deadline_s, self._batch_deadline_s))
        places = Places(self._parallel)

        async def line(index: int, item: object) -> models.GradeLine:
            return models.GradeLine(index=index, **await self._answer(item, caller, places, deadline))

        tasks = [asyncio.create_task(line(index, batch.items[index])) for index in self._usual.quick_first(batch.items)]
        try:
            for done in asyncio.as_completed(tasks):
                yield await done
            self._count_groups([task.result() for task in tasks])
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(
        self, item: object, caller: str, places: Places, deadline: Deadline
    ) -> dict[str, models.Verdict | models.Problem]:
        task_id = task_id_of(item)
        try:
            async with asyncio.timeout(deadline.left_s()), places.place(self._usual.longest_s(task_id)):
                started = time.monotonic()
                answer = await self.answer(item, caller)
            if "verdict" in answer:
                self._usual.note(task_id, time.monotonic() - started)
            return answer
        except (TimeoutError, DeadlineError):
            metrics.FAILURES.labels(DeadlineError.slug).inc()
            return {"problem": problems.problem_of(DeadlineError("not graded within the time of the batch"))}

    async def answer(self, item: object, caller: str) -> dict[str, models.Verdict | models.Problem]:
        """The verdict on one of many items, or the problem it has. caller: whom to be fair to."""
        try:
            request = models.GradeRequest.model_validate(item)
            return {"verdict": await self.grade(request, caller)}
        except ValidationError as error:
            return {"problem": problems.invalid(error.errors(include_url=False, include_context=False))}
        except CodeArenaError as error:
            if not isinstance(error, CallerError):
                metrics.FAILURES.labels(error.slug).inc()
            return {"problem": problems.problem_of(error)}
        except Exception:  # the item's top: a defect fails it alone, and its traceback is in the log
            log.exception("defect while grading an item")
            metrics.FAILURES.labels(CodeArenaError.slug).inc()
            return {"problem": problems.problem_of(CodeArenaError("a defect of ours"))}

    def _count_groups(self, lines: Sequence[models.GradeLine]) -> None:
        """A group: the attempts of one batch at one task, from whose differences a trainer learns."""
        rewards: defaultdict[str, list[float]] = defaultdict(list)
        for line in lines:
            if line.verdict is not None:
                rewards[line.verdict.task_id].append(line.verdict.reward)
        groups = [group for group in rewards.values() if len(group) > 1]
        varied = sum(len(set(group)) > 1 for group in groups)
        metrics.GROUPS.inc(len(groups))
        metrics.VARIED_GROUPS.inc(varied)
        self._tally.groups(len(groups), varied)


def _is_small(attempt: Attempt) -> bool:
    return attempt.report.ByteSize() <= _KEPT_REPORT_BYTES
