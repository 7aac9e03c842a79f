"""What there is to see of many: /episodes, /agents, /history."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from codearena import models
from gateway.access import caller as callers
from gateway.context import ContextDep
from gateway.episode.listing import EpisodeFilters
from gateway.routes.learning import EVENT_ID
from gateway.routes.pages import PAGE_MAX, Offset, told_total
from gateway.series import buckets
from gateway.store.series import Window

Word = Annotated[str | None, Query(min_length=1, max_length=200)]

router = APIRouter(tags=["overview"])


@router.get("/episodes")
async def episodes(
    context: ContextDep,
    q: Annotated[str | None, Query(max_length=200, description="In the id of an episode, agent or task.")] = None,
    task_id: Word = None,
    agent_id: Word = None,
    category: Word = None,
    level: Word = None,
    partition: Word = None,
    outcome: Word = None,
    method: Annotated[str | None, Query(max_length=200)] = None,
    solved: bool | None = None,
    done: bool | None = None,
    before: Annotated[str | None, Query(pattern=EVENT_ID, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Episodes of one page.")] = 50,
) -> models.EpisodePage:
    """The caller's episodes that are kept, those that have every value named; /episodes/{id} tells all of one."""
    filters = EpisodeFilters(q, task_id, agent_id, category, level, partition, outcome, method, solved, done)
    return await context.episodes.page(filters, before, limit)


@router.get("/agents")
async def agents(
    context: ContextDep,
    request: Request,
    response: Response,
    q: Annotated[str | None, Query(max_length=200, description="In the agent's id.")] = None,
    offset: Offset = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX, description="Agents of one page.")] = 100,
) -> list[models.AgentSummary]:
    """The caller's agents, the one that took the last step first. `X-Total-Count` and `Link` as of /tasks."""
    await context.recorder.write()
    known = await context.store.listing.agent_ids(callers.current().owner)
    found = [each for each in known if q is None or q.lower() in callers.shown(each[0]).lower()]
    told_total(request, response, len(found), offset, limit)
    records = await context.store.listing.agents(found[offset : offset + limit])
    return [buckets.agent(record, callers.shown(record.agent_id)) for record in records]


@router.get("/history")
async def history(
    context: ContextDep,
    window: Annotated[Window, Query(description="How far back: buckets of 10 s, 5 min or 30 min.")] = Window.HOUR,
    since_ms: Annotated[int, Query(ge=0, le=2**53, description="Only buckets that end after it.")] = 0,
) -> models.History:
    """What attempts came to over time, all owners' together: those of episodes, of /grade, /grade/batch and /jobs.

    Counters for charts: what a gateway that was killed had counted within the last second is not in them. /stats is
    exact.
    """
    await context.recorder.write()
    return buckets.history(window, await context.store.series.read(window, since_ms))
