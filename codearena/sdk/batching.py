"""What of a batch goes into one request, by number and by encoded size."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

CHUNK_ITEMS = 32
"""Items of one batch request; a longer batch is sent in several."""
CHUNK_BYTES = 8 * 1024 * 1024
"""The same of its encoded size. A gateway takes 16 MiB as it comes; what is in front of one often takes less."""
SOURCE_BYTES = 900 * 1024
"""Longest source that is sent, encoded: below 1 MiB, which /grade and /step take, and most proxies."""

_LONGEST_ESCAPE = 12  # of a character beyond the first plane: two surrogates


def sent_source(source: str) -> str:
    """The source as it is sent: of one too long for a request's body, as much from its start as fits.

    A source of more than 64 KiB is one that does not compile, as the gateway says of it. One that cannot be sent is to
    get that same verdict, from the gateway, rather than an error: else an attempt would be absent by being long. What
    is left of it is still over that limit, since encoding makes six characters of one byte at most.
    """
    if len(source) * _LONGEST_ESCAPE <= SOURCE_BYTES:
        return source
    encoded = json.dumps(source[: SOURCE_BYTES + 1])[1:-1]  # no character is shorter when it is encoded
    if len(encoded) <= SOURCE_BYTES:
        return source
    starts = (_decoded(encoded[:end]) for end in range(SOURCE_BYTES, SOURCE_BYTES - _LONGEST_ESCAPE, -1))
    return next(start for start in starts if start is not None and source.startswith(start))


_Sent = TypeVar("_Sent", bound=Mapping[str, object])


def chunks(items: Sequence[_Sent]) -> Iterator[Sequence[_Sent]]:
    """The items in order, in parts that each fit into one request."""
    start = size = 0
    for place, item in enumerate(items):
        length = len(json.dumps(item)) + 2
        if place - start == CHUNK_ITEMS or (place > start and size + length > CHUNK_BYTES):
            yield items[start:place]
            start, size = place, 0
        size += length
    if start < len(items):
        yield items[start:]


def _decoded(encoded: str) -> str | None:
    """None: it ends within an escape. Half of a pair of surrogates is one of its own."""
    try:
        text: str = json.loads(f'"{encoded}"')
    except ValueError:
        return None
    return text
