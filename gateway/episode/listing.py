"""Lists episodes: those in which something happened last come first.

The stream of events says what happened, newest last, so that a list is read from it backwards and a step writes nothing
for it. An episode is listed where its last event is: an earlier one of it is passed over, since the episode's record
says which step was the last. What the stream no longer holds, or what has expired, is not listed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from codearena import models
from gateway.access import caller as callers
from gateway.catalogue.catalogue import Catalogue
from gateway.store.events import EventLog, StreamEvent
from gateway.store.listing import Listing
from gateway.store.records import EpisodeHead

_CHUNK, _CHUNKS = 500, 10  # of events looked at for one page; whoever wants more asks for the next


@dataclass(frozen=True)
class EpisodeFilters:
    """Which episodes are listed: those that have every value named; None: any.

    q: in the id of the episode, its agent or its task, in any case. The others: as in EpisodeSummary.
    """

    q: str | None = None
    task_id: str | None = None
    agent_id: str | None = None
    category: str | None = None
    level: str | None = None
    partition: str | None = None
    outcome: str | None = None
    method: str | None = None
    solved: bool | None = None
    done: bool | None = None

    def allow(self, told: Mapping[str, Any]) -> bool:
        """told: the fields of an EpisodeSummary that an event tells."""
        if any(getattr(self, name) not in (None, told[name]) for name in _NAMED):
            return False
        return self.q is None or any(self.q.lower() in told[name].lower() for name in _SEARCHED)


_NAMED = ("task_id", "agent_id", "category", "level", "partition", "outcome", "method", "solved", "done")
_SEARCHED = ("episode_id", "agent_id", "task_id")
_UNTOLD: Mapping[str, Any] = {"step": 0, "done": False, "solved": False, "reward": None, "outcome": "", "method": ""}
"""What an event that is no step says of these."""


class Episodes:
    """Every method raises StoreError if the store fails."""

    def __init__(self, events: EventLog, listing: Listing, tasks: Catalogue) -> None:
        self._events = events
        self._listing = listing
        self._tasks = tasks

    async def page(self, filters: EpisodeFilters, before: str | None, limit: int) -> models.EpisodePage:
        """The caller's episodes whose last event is before that one; None: before the end of the stream."""
        found: list[models.EpisodeSummary] = []
        for _ in range(_CHUNKS):
            events = await self._events.back(before, _CHUNK)
            for event_id, told in await self._listed(events, filters):
                found.append(told)
                if len(found) == limit:
                    return models.EpisodePage(episodes=found, next=event_id)
            if len(events) < _CHUNK:
                return models.EpisodePage(episodes=found, next=None)
            before = events[-1].event_id
        return models.EpisodePage(episodes=found, next=before)

    async def _listed(
        self, events: Sequence[StreamEvent], filters: EpisodeFilters
    ) -> list[tuple[str, models.EpisodeSummary]]:
        """Those of the events that are their episode's last, with their ids."""
        read = [(event.event_id, orjson.loads(event.data)) for event in events]
        own = [(event_id, data) for event_id, data in read if callers.is_own(data["episode_id"])]
        told = [(event_id, data, self._told(data)) for event_id, data in own]
        allowed = [each for each in told if filters.allow(each[2])]
        heads = await self._listing.heads([data["episode_id"] for _, data, _ in allowed])
        return [
            (event_id, models.EpisodeSummary.model_validate({**summary, **_standing(head)}))
            for (event_id, data, summary), head in zip(allowed, heads, strict=True)
            if head is not None and _is_last(data, head)
        ]

    def _told(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the event says of its episode."""
        entry = self._tasks.entry(data["task_id"])
        category = {"category": entry.category if entry else ""}
        ids = {name: callers.shown(data[name]) for name in ("episode_id", "agent_id")}
        return {**_UNTOLD, **category, **data, **ids}


def _is_last(data: Mapping[str, Any], head: EpisodeHead) -> bool:
    """Whether nothing has happened in the episode since. One that was reset anew is another one of the same id."""
    if "step" in data:
        return bool(data["attempt_id"] == head.attempt_id)
    return head.step == 0 and bool(data["time_ms"] == head.created_ms)


def _standing(head: EpisodeHead) -> dict[str, object]:
    return {"created_ms": head.created_ms, "max_steps": head.max_steps, "best_reward": head.best_reward}
