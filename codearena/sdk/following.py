"""Follows what comes bit by bit, events and answers: each once and in order, over broken connections too."""

import json
from collections.abc import AsyncIterator

from codearena.errors import ServiceError
from codearena.models import Event, GradeLine
from codearena.retry import RetryPolicy
from codearena.sdk.transport import Transport, validated

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
            failures = await _failed(failures, error, retry)


async def follow_job(transport: Transport, retry: RetryPolicy, job_id: str) -> AsyncIterator[GradeLine]:
    """The answers of a job, from the first until it is over. Raises as `follow`."""
    after = failures = 0
    headers = {"Accept": "application/x-ndjson"}
    while True:
        try:
            async with transport.lines(f"/jobs/{job_id}/results", {"after": str(after)}, headers, _IDLE_S) as lines:
                async for text in lines:
                    line = json.loads(text) if text else {}
                    if "state" in line:  # the job's: it is the last one
                        return
                    if line:
                        after, failures = after + 1, 0
                        yield validated(GradeLine, line)
            await retry.pause(1, None)  # the gateway stops: another one goes on
        except ServiceError as error:
            failures = await _failed(failures, error, retry)


async def _failed(failures: int, error: ServiceError, retry: RetryPolicy) -> int:
    """Waits after one failure more. Raises the error if it was the last try."""
    if failures + 1 >= retry.attempts:
        raise error
    await retry.pause(failures + 1, error.retry_after_s)
    return failures + 1


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
