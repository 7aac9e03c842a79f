"""The tasks: those that are served, /tasks and /tasks/{id}, and those of the caller's own, /sent-tasks."""

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from codearena import models
from codearena.errors import CallerError, InvalidRequestError
from codearena.sdk.references import REFERENCE_PATTERN
from gateway import problems
from gateway.catalogue.index import Filters
from gateway.context import ContextDep
from gateway.episode import answers, stats
from gateway.routes.grade import NDJSON
from gateway.routes.pages import PAGE_MAX, TOTAL_HEADER, Offset, told_total

_LABELS = 200  # of a kind: there may be a tag for every few tasks

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="Tasks of one page.")]
Word = Annotated[str | None, Query(min_length=1, max_length=200)]

router = APIRouter(tags=["tasks"])


@router.get("/tasks")
async def tasks(
    context: ContextDep,
    request: Request,
    response: Response,
    offset: Offset = 0,
    limit: Limit = PAGE_MAX,
    category: Word = None,
    level: Word = None,
    split: Word = None,
    tag: Word = None,
    source: Word = None,
    q: Annotated[
        str | None, Query(max_length=200, description="Words, each of which is in the id, title or category.")
    ] = None,
    statistics: Annotated[bool, Query(description="With what the steps of each came to.")] = False,
) -> list[models.TaskSummary]:
    """A page of the tasks that are served, in an order that stays; of those that have every value named.

    `X-Total-Count` says how many there are in all, `Link` where the next page is.
    """
    filters = Filters(category, level, split, tag, source, tuple((q or "").split()))
    page, total = await asyncio.to_thread(context.tasks.page, filters, offset, limit)
    told_total(request, response, total, offset, limit)
    found = [answers.task_summary(task, context.settings.max_steps) for task in page]
    return await _with_statistics(context, found) if statistics else found


async def _with_statistics(context: ContextDep, found: list[models.TaskSummary]) -> list[models.TaskSummary]:
    counts, told_apart = await context.store.listing.task_counts([task.id for task in found])
    all_told = told_apart < context.settings.stats_tasks  # a task without counts has no steps, then
    return [
        task.model_copy(update={"statistics": stats.reward_stats(each) if each or all_told else None})
        for task, each in zip(found, counts, strict=True)
    ]


@router.get("/task-labels")
async def labels(context: ContextDep) -> models.TaskLabels:
    """The words by which /tasks is filtered, and how many tasks have each."""
    words = await asyncio.to_thread(context.tasks.words)
    return models.TaskLabels(
        **{
            name: [models.Labelled(value=value, tasks=count) for value, count in counts.most_common(_LABELS)]
            for name, counts in words.items()
        }
    )


_RECORDS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}
            },
            NDJSON: {"schema": {"type": "string"}},
        },
    }
}


@router.post("/tasks", openapi_extra=_RECORDS)
async def send(context: ContextDep, request: Request) -> models.SentTasks:
    """Keeps tasks of the caller's own: a record, a list of them, or with `application/x-ndjson` one in each line.

    Each answer has the task_ref by which /grade, /grade/batch, /jobs and /reset know the task, or its problem. Sent
    again it is the same. Takes a key of the scope tasks.
    """
    records = _records(await request.body(), request.headers.get("content-type", ""))
    return models.SentTasks(items=[await _sent(context, each) for each in records])


def _records(body: bytes, media_type: str) -> list[object]:
    """Raises CallerError for what is no JSON."""
    try:
        if media_type.partition(";")[0].strip().lower() == NDJSON:
            return [json.loads(line) for line in body.splitlines() if line.strip()]
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CallerError("the body is not valid JSON") from error
    return found if isinstance(found, list) else [found]


async def _sent(context: ContextDep, record: object) -> models.SentItem:
    """Raises what is no fault of this record: a key that is not for that, a store that fails."""
    try:
        if not isinstance(record, dict):
            raise InvalidRequestError("a task is a JSON object")
        packed = await context.sent.send(record)
    except InvalidRequestError as error:
        return models.SentItem(problem=problems.problem_of(error))
    return models.SentItem(task=packed.told)


@router.get("/sent-tasks")
async def sent_tasks(
    context: ContextDep,
    response: Response,
    offset: Offset = 0,
    limit: Limit = PAGE_MAX,
) -> list[models.SentTask]:
    """The tasks that the caller has sent and that are kept, those used last first; `X-Total-Count`: how many."""
    found, total = await context.sent.listed(offset, limit)
    response.headers[TOTAL_HEADER] = str(total)
    return found


@router.delete("/sent-tasks/{task_ref}", status_code=204)
async def forget(context: ContextDep, task_ref: Annotated[str, Path(pattern=REFERENCE_PATTERN)]) -> None:
    """Forgets a task that the caller has sent; episodes that have begun go on."""
    await context.sent.forget(task_ref)


@router.get("/tasks/{task_id:path}")
async def task(
    context: ContextDep, task_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9_.:/-]{1,200}$")]
) -> models.TaskDetail:
    """One task, as an agent may know it."""
    found = answers.task_detail(context.tasks.find(task_id), context.settings.max_steps)
    (told,) = await _with_statistics(context, [found])
    return found.model_copy(update={"statistics": told.statistics})
