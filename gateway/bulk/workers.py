"""Grades the items of jobs, whoever opened them and whichever gateway was at it before.

A gateway leases chunks of jobs and grades them with what it has room for. It renews its leases: of a gateway that is
lost the others take over. What a chunk's items came to is recorded item by item, so that little is graded twice.
"""

import asyncio
import contextlib
import itertools
import json
import logging
from typing import Self

from codearena import models
from codearena.errors import ServiceError, StoreError
from codearena.retry import RetryPolicy
from codearena.server import telemetry
from gateway import metrics, problems
from gateway.access import caller as callers
from gateway.access.caller import Caller
from gateway.bulk.grading import Grading
from gateway.bulk.turns import Turns
from gateway.settings import Settings
from gateway.store.bulk import BulkStore, Chunk

log = logging.getLogger(__name__)

_LOOK_S = 1.0
"""Time between two looks for work that other gateways have opened or lost."""
_RENEWALS = 3  # within the time of a lease, so that two may fail
_LOSSES_MAX = 5
"""A chunk that so many gateways were lost with may be what they died of."""
_RETRY = RetryPolicy(first_wait_s=1.0, max_wait_s=30.0)


class Workers:
    """Use as an async context manager: it works inside, and gives back at the end what is not done."""

    def __init__(self, settings: Settings, store: BulkStore, grading: Grading) -> None:
        self._store = store
        self._grading = grading
        self._tries = settings.job_tries
        self._renew_every_s = settings.job_lease_s / _RENEWALS
        self._places = asyncio.Semaphore(settings.job_chunks)
        self._idle = settings.job_chunks == 0
        self._turns = Turns()
        self._woken = asyncio.Event()
        self._chunks: set[asyncio.Task[None]] = set()
        self._dispatcher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if not self._idle:
            self._dispatcher = asyncio.create_task(self._dispatch())
        return self

    async def __aexit__(self, *_: object) -> None:
        running = [*self._chunks, *([self._dispatcher] if self._dispatcher else [])]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def wake(self) -> None:
        """There is a new job."""
        self._woken.set()

    async def _dispatch(self) -> None:
        while True:
            await self._places.acquire()
            self._woken.clear()
            chunk = await self._claimed()
            if chunk is None:
                self._places.release()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _LOOK_S)
                continue
            task = asyncio.create_task(self._work(chunk))
            self._chunks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._chunks.discard(task)
        self._places.release()

    async def _claimed(self) -> Chunk | None:
        """A chunk of the job whose turn it is; None: there is nothing to do, or it cannot be known."""
        try:
            for job_id in self._turns.order(await self._store.open_ids()):
                if (chunk := await self._store.claim(job_id)) is not None:
                    self._turns.took(job_id)
                    return chunk
        except StoreError as error:
            log.warning("no work on jobs for now: %s", error.detail)
        except Exception:  # the dispatcher's top: without it nobody would work on any job
            log.exception("defect while looking for work on jobs")
        return None

    async def _work(self, chunk: Chunk) -> None:
        end = "given_back"
        telemetry.request_id.set(callers.shown(chunk.job_id))
        try:
            with callers.calling(Caller(chunk.owner, chunk.scope)):
                end = await self._finished(chunk)
        except Exception:  # the task's top: its lease runs out, and that is counted as a loss
            log.exception("defect while working on a job")
            end = "failed"
        finally:
            metrics.JOB_CHUNKS.labels(end).inc()
            with contextlib.suppress(StoreError):  # then its lease runs out, too
                await self._settle(chunk, end)

    async def _settle(self, chunk: Chunk, end: str) -> None:
        if end == "given_back":
            await self._store.give_back(chunk)
        elif end != "failed":
            await self._store.finish(chunk)

    async def _finished(self, chunk: Chunk) -> str:
        """Grades it all, unless it stops being wanted. Returns which, as in metrics.JOB_CHUNK_ENDS."""
        items = asyncio.create_task(self._graded(chunk))
        kept = asyncio.create_task(self._kept(chunk))
        try:
            await asyncio.wait({items, kept}, return_when=asyncio.FIRST_COMPLETED)
            if items.done():
                items.result()
                return "finished"
            kept.result()
            return "no_longer_wanted"
        finally:
            for task in (items, kept):
                task.cancel()
            await asyncio.gather(items, kept, return_exceptions=True)

    async def _kept(self, chunk: Chunk) -> None:
        """Keeps the lease for as long as there is one."""
        wanted = True
        while wanted:
            await asyncio.sleep(self._renew_every_s)
            with contextlib.suppress(StoreError):  # the next one may succeed, and if none does, others take over
                wanted = await self._store.renew(chunk)

    async def _graded(self, chunk: Chunk) -> None:
        async with asyncio.TaskGroup() as group:
            for index, item in chunk.items.items():
                group.create_task(self._item(chunk, index, item))

    async def _item(self, chunk: Chunk, index: int, item: bytes) -> None:
        if chunk.losses >= _LOSSES_MAX:
            error = ServiceError(f"{chunk.losses} gateways were lost while they graded this and its neighbours")
            line = models.GradeLine(index=index, problem=problems.problem_of(error))
        else:
            line = models.GradeLine(index=index, **await self._answer(json.loads(item), chunk.job_id))
        await self._record(chunk.job_id, index, line)

    async def _record(self, job_id: str, index: int, line: models.GradeLine) -> None:
        """Returns when it is recorded, however long the store is away: grading it again would cost more."""
        failed = line.problem is not None
        for tries in itertools.count(1):
            try:
                recorded = await self._store.record(job_id, index, line.model_dump_json().encode(), failed=failed)
            except StoreError as error:
                log.warning("an answer waits for the store: %s", error.detail)
                await _RETRY.pause(tries)
                continue
            metrics.JOB_ITEMS.labels("problem" if failed else "verdict").inc(recorded)
            return

    async def _answer(self, item: object, job_id: str) -> dict[str, models.Verdict | models.Problem]:
        """As Grading.answer, but what failed on our side is tried again."""
        for tries in range(1, self._tries):
            answer = await self._grading.answer(item, f"job-{job_id}")
            if not _ours(answer):
                return answer
            await _RETRY.pause(tries)
        return await self._grading.answer(item, f"job-{job_id}")


def _ours(answer: dict[str, models.Verdict | models.Problem]) -> bool:
    problem = answer.get("problem")
    return isinstance(problem, models.Problem) and problem.status == ServiceError.http_status
