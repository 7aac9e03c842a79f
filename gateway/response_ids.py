"""Ids of the episode and the attempt that a response is about, for its headers and its log line.

Both are made outside of the code that takes the step, and by another asyncio task.
"""

import contextvars
from dataclasses import dataclass, field

from codearena.server import telemetry
from gateway.access import caller as callers

EPISODE_ID_HEADER = "X-Episode-ID"
ATTEMPT_ID_HEADER = "X-Attempt-ID"


@dataclass
class ResponseIds:
    """headers: of the response, with ids as their owner knows them; the others as the store does, "-": none."""

    headers: dict[str, str] = field(default_factory=dict)
    episode_id: str = "-"
    attempt_id: str = "-"

    def log_from_here(self) -> None:
        """Sets the ids for what is logged from here on: tasks begun for the request set them for themselves only."""
        telemetry.episode_id.set(self.episode_id)
        telemetry.attempt_id.set(self.attempt_id)


_current: contextvars.ContextVar[ResponseIds] = contextvars.ContextVar("response_ids")


def begin() -> ResponseIds:
    """For a new request; what is returned is filled while it is served, also by tasks begun for it."""
    _current.set(ids := ResponseIds())
    return ids


def note_episode(episode_id: str) -> None:
    """episode_id: as the store knows it."""
    telemetry.episode_id.set(episode_id)
    if (ids := _current.get(None)) is not None:
        ids.episode_id = episode_id
        ids.headers[EPISODE_ID_HEADER] = callers.shown(episode_id)


def note_attempt(attempt_id: str) -> None:
    """For a response about one attempt; that of a batch is about many."""
    if (ids := _current.get(None)) is not None:
        ids.attempt_id = attempt_id
        ids.headers[ATTEMPT_ID_HEADER] = attempt_id
