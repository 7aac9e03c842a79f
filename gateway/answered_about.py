"""Which episode and attempt an answer is about: for its headers, which are sent far from where that is known."""

import contextvars

from codearena import telemetry
from gateway.access import caller as callers

EPISODE_ID_HEADER = "X-Episode-ID"
ATTEMPT_ID_HEADER = "X-Attempt-ID"

_headers: contextvars.ContextVar[dict[str, str]] = contextvars.ContextVar("headers")


def begin() -> dict[str, str]:
    """For a new request; what is returned fills with headers while it is served, also by tasks begun for it."""
    headers: dict[str, str] = {}
    _headers.set(headers)
    return headers


def episode(episode_id: str) -> None:
    """episode_id: as the store knows it."""
    telemetry.episode_id.set(episode_id)
    if (headers := _headers.get(None)) is not None:
        headers[EPISODE_ID_HEADER] = callers.shown(episode_id)


def attempt(attempt_id: str) -> None:
    """For an answer about one attempt; that of a batch is about many."""
    if (headers := _headers.get(None)) is not None:
        headers[ATTEMPT_ID_HEADER] = attempt_id
