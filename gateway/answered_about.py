"""Which episode and attempt an answer is about: for its headers and its log line, made far from where that is known."""

import contextvars
from dataclasses import dataclass, field

from codearena.server import telemetry
from gateway.access import caller as callers

EPISODE_ID_HEADER = "X-Episode-ID"
ATTEMPT_ID_HEADER = "X-Attempt-ID"


@dataclass
class Answered:
    """headers: for the answer, with ids as their owner knows them; the others as the store does, "-": none."""

    headers: dict[str, str] = field(default_factory=dict)
    episode_id: str = "-"
    attempt_id: str = "-"

    def log_as(self) -> None:
        """What is logged from here on is about the same; tasks begun for the request had set it for themselves only."""
        telemetry.episode_id.set(self.episode_id)
        telemetry.attempt_id.set(self.attempt_id)


_answered: contextvars.ContextVar[Answered] = contextvars.ContextVar("answered")


def begin() -> Answered:
    """For a new request; what is returned is filled while it is served, also by tasks begun for it."""
    answered = Answered()
    _answered.set(answered)
    return answered


def episode(episode_id: str) -> None:
    """episode_id: as the store knows it."""
    telemetry.episode_id.set(episode_id)
    if (answered := _answered.get(None)) is not None:
        answered.episode_id = episode_id
        answered.headers[EPISODE_ID_HEADER] = callers.shown(episode_id)


def attempt(attempt_id: str) -> None:
    """For an answer about one attempt; that of a batch is about many."""
    if (answered := _answered.get(None)) is not None:
        answered.attempt_id = attempt_id
        answered.headers[ATTEMPT_ID_HEADER] = attempt_id
