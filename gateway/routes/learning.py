"""What comes of many episodes: /curriculum, /memory, /stats, /events."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from codearena import models
from gateway.access import caller as callers
from gateway.agents import memory
from gateway.context import ContextDep, OwnedAgent
from gateway.episode import stats
from gateway.store.events import BEFORE_ALL, EventLog, StreamEvent

SSE = "text/event-stream"
_NOTHING_NEW = b": nothing new\n\n"
_SKIPPED = b"id: %s\nevent: skipped\ndata: {}\n\n"
EVENT_ID = r"^\d{1,16}(-\d{1,16})?$"

TaskQuery = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_.:/-]{1,200}$")]

router = APIRouter(tags=["learning"])


@router.get("/curriculum")
async def agent_curriculum(context: ContextDep, agent_id: OwnedAgent) -> models.CurriculumState:
    """Where an agent stands, how it came there, and what "auto" would choose next and why."""
    return await context.choice.explained(agent_id)


@router.get("/memory")
async def agent_memory(context: ContextDep, agent_id: OwnedAgent, task_id: TaskQuery = None) -> models.Memory:
    """An agent's best attempts and last failures; of the task named, if one is, with the source."""
    found = memory.of_agent(agent_id, await context.store.agents.memory(agent_id, task_id))
    return found if task_id is None else memory.of_task(found, task_id)


@router.get("/stats")
async def statistics(context: ContextDep) -> models.Stats:
    """Rewards by task, category, level, complexity, method and judge; outcomes; percentiles of timings."""
    counts, since_ms = await context.store.stats()
    return stats.summary(counts, since_ms)


@router.get("/events", response_class=StreamingResponse, responses={200: {"content": {SSE: {}}}})
async def events(
    context: ContextDep,
    last_event_id: Annotated[str | None, Header(pattern=EVENT_ID)] = None,
    after: Annotated[str | None, Query(pattern=EVENT_ID, description="As Last-Event-ID; 0: all that is kept.")] = None,
    last: Annotated[int | None, Query(ge=0, le=1000, description="At most so many that are there already.")] = None,
    follow: Annotated[bool, Query(description="False: end at the end of what is there.")] = True,
) -> StreamingResponse:
    """What happens, as server-sent events: those after `Last-Event-ID`; without it from now on, or all if not followed.

    An event has its id, its kind as the event's name, and JSON as data. With `last` it is the latest ones, however many
    there are after `Last-Event-ID`: if some are passed over, `skipped` comes first, with the id of the last of them. A
    comment comes while nothing happens. A key gets the events of its own agents, one of the scope admin those of all.
    """
    log = context.store.events
    log.require_place()  # here, where a refusal is still an answer of its own
    named = last_event_id or after
    start, skips = await _start(log, named, last, follow=follow)
    batches = _encoded(log.read(start, until_end=not follow), context, _SKIPPED % start.encode() if skips else b"")
    return StreamingResponse(batches, media_type=SSE, headers={"Cache-Control": "no-store"})


async def _start(log: EventLog, named: str | None, last: int | None, *, follow: bool) -> tuple[str, bool]:
    """Id after which to begin, and whether that is later than the one named."""
    if last is None:
        return named or (await log.last_id() if follow else BEFORE_ALL), False
    latest = await log.before_last(last)
    if named is None:
        return latest, False
    return max((named, latest), key=_place), _place(latest) > _place(named)


def _place(event_id: str) -> tuple[int, int]:
    time_ms, _, number = event_id.partition("-")
    return int(time_ms), int(number or 0)


async def _encoded(
    batches: AsyncIterator[Sequence[StreamEvent]], context: ContextDep, first: bytes
) -> AsyncIterator[bytes]:
    yield first or _NOTHING_NEW  # at once, so that a client knows that it is connected
    async for batch in batches:
        yield _frames(batch)
        if context.draining.is_set():  # clients come back, to another replica, with the id of the last event
            return


def _frames(batch: Sequence[StreamEvent]) -> bytes:
    return b"".join(map(_frame, batch)) or _NOTHING_NEW


def _frame(event: StreamEvent) -> bytes:
    """Empty for one that is not the caller's to see."""
    data = orjson.loads(event.data)
    seen = {name: callers.seen_as(data[name]) for name in ("agent_id", "episode_id")}
    if None in seen.values():
        return b""
    data |= seen
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (event.event_id.encode(), event.kind.encode(), orjson.dumps(data))
