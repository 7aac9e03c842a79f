"""Grading in the background: /jobs."""

import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import StreamingResponse

from codearena import models
from codearena.sdk import bulk
from gateway.context import ContextDep, IdempotencyKey
from gateway.routes.grade import NDJSON
from gateway.routes.learning import SSE
from gateway.store.events import StreamEvent

_NO_STORE = {"Cache-Control": "no-store"}

JobId = Annotated[str, Path(pattern=models.ID_PATTERN)]
After = Annotated[int, Query(ge=0, le=2**53, description="Pass over so many answers.")]

router = APIRouter(tags=["grading"])


@router.post("/jobs", status_code=202)
async def submit(
    context: ContextDep, request: models.JobRequest, response: Response, key: IdempotencyKey = ""
) -> bulk.JobStatus:
    """Grades any number of items in the background, whatever becomes of this connection and of this gateway.

    Sent again with its job_id, or the same Idempotency-Key, it is the same job.
    """
    job = await context.jobs.submit(request, request.job_id or key or uuid.uuid4().hex)
    response.headers["Location"] = job.url
    return job


@router.get("/jobs")
async def jobs(context: ContextDep) -> list[bulk.JobStatus]:
    """The caller's jobs, newest first."""
    return await context.jobs.all()


@router.get("/jobs/{job_id}")
async def status(context: ContextDep, job_id: JobId) -> bulk.JobStatus:
    """Where a job stands."""
    return await context.jobs.status(job_id)


@router.post("/jobs/{job_id}/cancel")
async def cancel(context: ContextDep, job_id: JobId) -> bulk.JobStatus:
    """Ends a job; what is graded stays."""
    return await context.jobs.cancel(job_id)


@router.get("/jobs/{job_id}/results", response_model=bulk.JobPage, responses={200: {"content": {NDJSON: {}}}})
async def results(
    context: ContextDep,
    job_id: JobId,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=1024, description="Answers of one page.")] = 256,
    accept: Annotated[str, Header()] = "",
) -> Response | bulk.JobPage:
    """Answers, in the order in which they came, each with its item's index: a page of those that are there.

    With `Accept: application/x-ndjson` a line for each, all there are and all that come, until the job is over: its
    status is the last line. An empty line comes while nothing happens.
    """
    if NDJSON not in accept.lower():
        return await context.jobs.page(job_id, after, limit)
    await context.jobs.status(job_id)
    context.jobs.require_place()  # here, where a refusal is still an answer of its own
    return StreamingResponse(_lines(context, job_id, after), media_type=NDJSON, headers=_NO_STORE)


@router.get("/jobs/{job_id}/events", response_class=StreamingResponse, responses={200: {"content": {SSE: {}}}})
async def events(
    context: ContextDep,
    job_id: JobId,
    last_event_id: Annotated[int | None, Header(ge=0, le=2**53)] = None,
) -> StreamingResponse:
    """How a job comes along, as server-sent events until it is over, each with its status as data.

    Their name is its state, their id how many answers there were.
    """
    job = await context.jobs.status(job_id)
    context.jobs.require_place()
    start = job.done if last_event_id is None else last_event_id
    return StreamingResponse(_progress(context, job_id, start), media_type=SSE, headers=_NO_STORE)


async def _batches(context: ContextDep, job_id: str, after: int) -> AsyncIterator[Sequence[StreamEvent]]:
    """Until the job is over, or the server stops: clients come back, to another replica."""
    async for batch in context.jobs.followed(job_id, after):
        yield batch
        if context.draining.is_set():
            return


async def _lines(context: ContextDep, job_id: str, after: int) -> AsyncIterator[bytes]:
    async for batch in _batches(context, job_id, after):
        yield b"".join(event.data + b"\n" for event in batch) or b"\n"
    if not context.draining.is_set():
        yield (await context.jobs.status(job_id)).model_dump_json().encode() + b"\n"


async def _progress(context: ContextDep, job_id: str, after: int) -> AsyncIterator[bytes]:
    yield _frame(await context.jobs.status(job_id))
    async for batch in _batches(context, job_id, after):
        yield _frame(await context.jobs.status(job_id)) if batch else b": nothing new\n\n"
    if not context.draining.is_set():
        yield _frame(await context.jobs.status(job_id))


def _frame(job: bulk.JobStatus) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (job.done, job.state.encode(), job.model_dump_json().encode())
