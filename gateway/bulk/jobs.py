"""The jobs of whoever calls: opened, looked at, followed and cancelled. Grading them is the work of workers.py."""

import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence

from codearena import models
from codearena.errors import InvalidRequestError, JobExistsError, OverQuotaError, ServiceError, UnknownJobError
from codearena.sdk import bulk
from gateway.access import caller as callers
from gateway.catalogue.sent import Sent
from gateway.settings import Settings
from gateway.store.bulk import BulkStore, Opened
from gateway.store.events import EventLog, StreamEvent

_RETRY_AFTER_S = 10.0


class BulkJobs:
    """A job is its owner's: others get UnknownJobError. opened: called when there is a new one.

    Every method raises StoreError if Redis does not do its part.
    """

    def __init__(
        self, settings: Settings, store: BulkStore, events: EventLog, sent: Sent, opened: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._sent = sent
        self._store = store
        self._events = events
        self._opened = opened

    async def submit(self, request: models.JobRequest, job_id: str) -> bulk.JobStatus:
        """Opens the job; sent again, returns it as it stands.

        Raises:
            InvalidRequestError: it has too many items.
            JobExistsError: another one has the id.
            OverQuotaError: the owner has as many unfinished ones as are kept, or tasks in use.
            UnknownSentTaskError: an item refers to a task that is not kept.
            ForbiddenError: an item has a task of its own, from a caller who may not.
        """
        if len(request.items) > self._settings.job_items:
            raise InvalidRequestError(f"{len(request.items)} items; a job has at most {self._settings.job_items}")
        caller = callers.current()
        referring = await self._referring(request.items)
        items = [json.dumps(item).encode("ascii") for item in referring]  # escaped: it may hold lone surrogates
        opened = await self._store.open(
            callers.owned(job_id), items, _fingerprint(items, caller.scope), caller.owner, caller.scope
        )
        if opened is Opened.TAKEN:
            raise JobExistsError(f"a job {job_id!r} of other items is there already")
        if opened is Opened.FULL:
            detail = f"{self._settings.jobs_kept} jobs of one owner are unfinished, as many as may be"
            raise OverQuotaError(detail, retry_after_s=_RETRY_AFTER_S)
        if opened is Opened.LOST:
            raise ServiceError("the job was not stored; send it again")
        self._opened()
        return await self.status(job_id)

    async def _referring(self, items: Sequence[object]) -> list[object]:
        """The items, of which each refers to its task instead of holding it; the tasks are kept as long as a job.

        One whose task is none stays as it is, and is told so by its answer.
        """
        hold_s, found = self._settings.job_ttl_s, list[object]()
        held = set[str]()
        for item in items:
            if isinstance(item, dict) and isinstance(item.get("task"), dict):
                with contextlib.suppress(InvalidRequestError):
                    packed = await self._sent.send(item["task"], hold_s=hold_s)
                    held.add(packed.reference)
                    item = {name: value for name, value in item.items() if name != "task"} | {
                        "task_ref": packed.reference
                    }
            elif isinstance(item, dict) and isinstance(reference := item.get("task_ref"), str):
                if reference not in held:
                    await self._sent.find(reference, hold_s=hold_s)
                held.add(reference)
            found.append(item)
        return found

    async def status(self, job_id: str) -> bulk.JobStatus:
        """Raises UnknownJobError."""
        return _known(job_id, await self._store.read(callers.owned(job_id)))

    async def all(self) -> list[bulk.JobStatus]:
        """The caller's, newest first."""
        return await self._store.of_owner(callers.current().owner)

    async def cancel(self, job_id: str) -> bulk.JobStatus:
        """Ends the job; one that is over stays as it is. Raises UnknownJobError."""
        return _known(job_id, await self._store.cancel(callers.owned(job_id)))

    async def page(self, job_id: str, after: int, limit: int) -> bulk.JobPage:
        """Answers after the first `after`. Raises UnknownJobError."""
        job = await self.status(job_id)  # first, so that nothing comes between the last answer and the end
        lines = await self._store.lines(callers.owned(job_id), after, limit)
        return bulk.JobPage(
            lines=[models.GradeLine.model_validate_json(line) for line in lines],
            after=after + len(lines),
            finished=job.finished and after + len(lines) >= job.done,
        )

    def require_place(self) -> None:
        """Raises OverloadedError if as many follow something as may."""
        self._events.require_place()

    async def followed(self, job_id: str, after: int) -> AsyncIterator[Sequence[StreamEvent]]:
        """Batches of answers after the first `after`, as they come; an empty one while none comes. Ends with the job.

        Raises OverloadedError if as many follow something as may.
        """
        stored_id = callers.owned(job_id)
        async for batch in self._events.read(f"{after}-0", until_end=False, job_id=stored_id):
            yield [event for event in batch if event.kind == "item"]
            if any(event.kind == "end" for event in batch):
                return
            if not batch and await self._over(stored_id, after):
                return
            after += len(batch)

    async def _over(self, stored_id: str, after: int) -> bool:
        """Whether nothing will come: it was forgotten, or was followed from behind its end."""
        job = await self._store.read(stored_id)
        return job is None or (job.finished and after >= job.done)


def _known(job_id: str, job: bulk.JobStatus | None) -> bulk.JobStatus:
    if job is None:
        raise UnknownJobError(f"no job {job_id!r}; it may have expired")
    return job


def _fingerprint(items: Sequence[bytes], scope: str) -> str:
    """Of all that the answers depend on."""
    digest = hashlib.sha256(scope.encode())
    for item in items:
        digest.update(b"%d:" % len(item))
        digest.update(item)
    return digest.hexdigest()
