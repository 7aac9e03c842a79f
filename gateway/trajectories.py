"""`python -m gateway.trajectories [--after ID]`: every stored attempt, as lines of JSON on stdout, oldest first.

For whoever operates the service: reports and bases hold hidden tests, so this reads Redis, not the public API.
The lines are those of docs/trajectories.md. It follows the event stream from the event after ID to the end of what is
there, and holds one batch at a time. What was forgotten before it was exported is counted on stderr.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence

import orjson
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from codearena.v1 import store_pb2
from gateway.local_redis import used_by
from gateway.settings import Settings
from gateway.store.events import BEFORE_ALL, StreamEvent
from gateway.store.redis import Store

SCHEMA = 1
"""Version of the lines; a new one whenever a reader of the old would misread them."""
Line = dict[str, object]


async def lines(store: Store, after: str) -> AsyncIterator[Line]:
    """Lines of what came after that event. Before the first attempt on some basis comes this, once."""
    told: set[str] = set()
    async for batch in store.events.read(after, until_end=True):
        for event_id, data, attempt in await _attempts(store, batch):
            revision = attempt.revisions.basis if attempt is not None else ""
            if revision and revision not in told:
                told.add(revision)
                basis = await store.basis(revision)
                if basis is not None:
                    yield _basis_line(revision, basis)
            yield _attempt_line(event_id, data, attempt)


async def _attempts(
    store: Store, batch: Sequence[StreamEvent]
) -> list[tuple[str, Line, store_pb2.StoredAttempt | None]]:
    steps = [(event.event_id, orjson.loads(event.data)) for event in batch if event.kind == "step"]
    stored = await store.stored([(data["episode_id"], data["step"]) for _, data in steps])
    parsed = [store_pb2.StoredAttempt.FromString(each) if each is not None else None for each in stored]
    return [
        # An episode's id may have been used again since: then its attempts are others.
        (event_id, data, attempt if attempt is not None and attempt.attempt_id == data["attempt_id"] else None)
        for (event_id, data), attempt in zip(steps, parsed, strict=True)
    ]


def _basis_line(revision: str, body: bytes) -> Line:
    basis = _json(store_pb2.Basis.FromString(body))
    return {"schema": SCHEMA, "kind": "basis", "revision": revision, "basis": basis}


def _attempt_line(event_id: str, data: Line, attempt: store_pb2.StoredAttempt | None) -> Line:
    line = {"schema": SCHEMA, "kind": "attempt", "event_id": event_id, **data}
    if attempt is None:
        return line | {"kind": "forgotten"}
    return line | {"source": attempt.source.decode("utf-8", "replace"), "attempt": _json(attempt)}


def _json(message: Message) -> Line:
    return MessageToDict(message, preserving_proto_field_name=True)


async def _write(after: str) -> None:
    settings, forgotten = used_by(Settings()), 0
    if settings is None:
        sys.exit("CODEARENA_GATEWAY_REDIS_URL is not set, and no `codearena serve` is running")
    async with Store(settings) as store:
        async for line in lines(store, after):
            forgotten += line["kind"] == "forgotten"
            sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()
    if forgotten:
        sys.stderr.write(f"{forgotten} attempts were forgotten before they were exported\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m gateway.trajectories", description=__doc__)
    parser.add_argument("--after", default=BEFORE_ALL, help="id of the last event seen (default: all that are kept)")
    asyncio.run(_write(parser.parse_args().after))


if __name__ == "__main__":
    main()
