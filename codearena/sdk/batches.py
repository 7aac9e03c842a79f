"""Many sources, graded in parallel or in the background: what is sent in one request, and what is tried again."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from codearena.errors import (
    BodyTooLargeError,
    CallerError,
    CodeArenaError,
    RateLimitedError,
    ServiceError,
    UnknownSentTaskError,
)
from codearena.models import BatchResponse, IsolationName, Verdict
from codearena.retry import RetryPolicy
from codearena.sdk import references
from codearena.sdk.batching import chunks, sent_source
from codearena.sdk.bulk import JobStatus
from codearena.sdk.sending import Sending, Task, TaskRecord
from codearena.sdk.transport import Transport, error_from_problem, validated

_CHUNKS_AT_ONCE = 4

Progress = Callable[[int, int], None]
"""Is told how many are done and how many there are."""
Graded = Verdict | CodeArenaError
_Item = Mapping[str, str]


class Batches:
    """Grades many over one connection. isolation: as of AsyncCodeArena."""

    def __init__(
        self, transport: Transport, retry: RetryPolicy, sending: Sending, isolation: IsolationName | None
    ) -> None:
        self._transport = transport
        self._retry = retry
        self._sending = sending
        self._isolation = isolation

    async def grade(
        self,
        items: Sequence[tuple[Task, str]],
        group_id: str | None,
        group_ids: Sequence[str | None] | None,
        progress: Progress | None,
    ) -> list[Graded]:
        """As AsyncCodeArena.grade_batch."""
        bodies, records = self._bodies(items, group_id, group_ids), _records(items)
        refused = await self._sending.ensure(records)
        answers = await self._graded(bodies, refused, progress)
        forgotten = [at for at, answer in enumerate(answers) if isinstance(answer, UnknownSentTaskError)]
        if forgotten:
            wanted = {bodies[at]["task_ref"] for at in forgotten}
            self._sending.forget(wanted)
            refused = await self._sending.ensure({reference: records[reference] for reference in wanted})
            again = await self._graded([bodies[at] for at in forgotten], refused, None)
            for at, answer in zip(forgotten, again, strict=True):
                answers[at] = answer
        return answers

    async def submit(self, items: Sequence[tuple[Task, str]], group_id: str | None, job_id: str) -> JobStatus:
        """As AsyncCodeArena.submit_job."""
        records = _records(items)
        body = {"items": self._bodies(items, group_id, None), "job_id": job_id}
        try:
            return await self._submitted(records, body)
        except UnknownSentTaskError:
            self._sending.forget(records)
            return await self._submitted(records, body)

    async def _submitted(self, records: Mapping[str, TaskRecord], body: Mapping[str, object]) -> JobStatus:
        for refused in (await self._sending.ensure(records)).values():
            raise refused
        return validated(JobStatus, await self._transport.post("/jobs", body))

    def item(self, named: _Item, source: str, group_id: str | None) -> dict[str, str]:
        """One body of /grade. named: the member that names the task."""
        body = {**named, "source": sent_source(source), "group_id": group_id, "isolation": self._isolation}
        return {name: value for name, value in body.items() if value is not None}

    def _bodies(
        self, items: Sequence[tuple[Task, str]], group_id: str | None, group_ids: Sequence[str | None] | None
    ) -> list[dict[str, str]]:
        if group_ids is None:
            group_ids = [group_id] * len(items)
        elif group_id is not None or len(group_ids) != len(items):
            raise CallerError("group_ids has one for each item, and is given instead of group_id")
        pairs = zip(items, group_ids, strict=True)
        return [self.item(_named(task), source, group) for (task, source), group in pairs]

    async def _graded(
        self, bodies: Sequence[_Item], refused: Mapping[str, CodeArenaError], progress: Progress | None
    ) -> list[Graded]:
        """An answer for each, in order. refused: by reference, of tasks that the gateway does not take."""
        limit = asyncio.Semaphore(_CHUNKS_AT_ONCE)
        sent = [body for body in bodies if body.get("task_ref") not in refused]
        done = len(bodies) - len(sent)

        async def graded(chunk: Sequence[_Item]) -> list[Graded]:
            nonlocal done
            async with limit:
                answers = await self._chunk(chunk)
            done += len(chunk)
            if progress is not None:
                progress(done, len(bodies))
            return answers

        answers = iter([each for part in await asyncio.gather(*map(graded, chunks(sent))) for each in part])
        return [refused.get(body.get("task_ref", "")) or next(answers) for body in bodies]

    async def _chunk(self, chunk: Sequence[_Item]) -> list[Graded]:
        answers = await self._once(chunk)
        for failures in range(1, self._retry.attempts):
            failed = [at for at, answer in enumerate(answers) if isinstance(answer, ServiceError | RateLimitedError)]
            if not failed:
                break
            await self._retry.pause(failures, max(_retry_after_s(answers[at]) for at in failed))
            again = await self._once([chunk[at] for at in failed])
            for at, answer in zip(failed, again, strict=True):
                answers[at] = answer
        return answers

    async def _once(self, chunk: Sequence[_Item]) -> list[Graded]:
        try:
            response = validated(BatchResponse, await self._transport.post("/grade/batch", {"items": chunk}))
        except BodyTooLargeError as error:  # the limit is another one than usual
            half = len(chunk) // 2
            return [*await self._once(chunk[:half]), *await self._once(chunk[half:])] if half else [error]
        if len(response.items) != len(chunk):
            raise CodeArenaError(f"{len(response.items)} answers to a batch of {len(chunk)}")
        return [item.verdict or error_from_problem(item.problem) for item in response.items]


def _named(task: Task) -> dict[str, str]:
    return {"task_id": task} if isinstance(task, str) else {"task_ref": references.reference_of(task)}


def _records(items: Iterable[tuple[Task, str]]) -> dict[str, TaskRecord]:
    """The tasks of one's own among them, by reference."""
    return {references.reference_of(task): task for task, _ in items if not isinstance(task, str)}


def _retry_after_s(answer: Graded) -> float:
    return (answer.retry_after_s or 0.0) if isinstance(answer, CodeArenaError) else 0.0
