"""The tasks: those that are served, /tasks and /tasks/{id}."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from codearena import models
from gateway.catalogue.index import Filters
from gateway.context import ContextDep
from gateway.episode import answers

TOTAL_HEADER = "X-Total-Count"
_PAGE, _NUMBER_MAX = 1000, 2**31

Word = Annotated[str | None, Query(min_length=1, max_length=200)]

router = APIRouter(tags=["tasks"])


@router.get("/tasks")
async def tasks(
    context: ContextDep,
    request: Request,
    response: Response,
    offset: Annotated[int, Query(ge=0, le=_NUMBER_MAX, description="Pass over so many.")] = 0,
    limit: Annotated[int, Query(ge=1, le=_PAGE, description="Tasks of one page.")] = _PAGE,
    category: Word = None,
    level: Word = None,
    split: Word = None,
    tag: Word = None,
    source: Word = None,
) -> list[models.TaskSummary]:
    """A page of the tasks that are served, in an order that stays; of those that have every value named.

    `X-Total-Count` says how many there are in all, `Link` where the next page is.
    """
    filters = Filters(category, level, split, tag, source)
    page, total = await asyncio.to_thread(context.tasks.page, filters, offset, limit)
    response.headers[TOTAL_HEADER] = str(total)
    if offset + limit < total:
        following = request.url.include_query_params(offset=offset + limit, limit=limit)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return [answers.task_summary(task, context.settings.max_steps) for task in page]


@router.get("/tasks/{task_id:path}")
async def task(
    context: ContextDep, task_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9_.:/-]{1,200}$")]
) -> models.TaskDetail:
    """One task, as an agent may know it."""
    return answers.task_detail(context.tasks.find(task_id), context.settings.max_steps)
