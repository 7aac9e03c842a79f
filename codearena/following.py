"""Follows /events: every event once and in order, over broken connections too."""

import json
from collections.abc import AsyncIterator

from codearena.errors import ServiceError
from codearena.models import Event
from codearena.transport import RetryPolicy, Transport, validated

_IDLE_S = 30.0  # the service says something every few seconds, if only that there is nothing to say


async def follow(transport: Transport, retry: RetryPolicy, after: str | None, to_end: bool) -> AsyncIterator[Event]:
    """Events after the one with that id, "0": all that are kept, None: from now on.

    to_end: stops after what is there now. A connection that ends is made again, from the last event on.

    Raises:
        CodeArenaError: refused, or still broken when tried as often as the policy says.
    """
    failures = 0
    while True:
        query = {"follow": "false"} if to_end else {}
        headers = {"Last-Event-ID": after} if after else {}
        try:
            async with transport.lines("/events", query, headers, _IDLE_S) as lines:
                async for event in _parsed(lines):
                    after, failures = event.id, 0
                    yield event
            if to_end:
                return
        except ServiceError as error:
            failures += 1
            if failures >= retry.attempts:
                raise
            await retry.pause(failures, error.retry_after_s)


async def _parsed(lines: AsyncIterator[str]) -> AsyncIterator[Event]:
    """Of the format (https://html.spec.whatwg.org/multipage/server-sent-events.html), what our service uses."""
    fields: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "data" in fields:
            event = {"id": fields.get("id"), "kind": fields.get("event"), "data": json.loads(fields["data"])}
            yield validated(Event, event)
        fields = {}
