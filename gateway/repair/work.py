"""What the fixer's workers run: a search for repairs, or the answer in a model's reply.

A payload is JSON: {"text", "error_log", "wanted"}, or {"reply", "entry_point"}. Each candidate is a line of JSON, sent
as soon as it is found, so that a search that reaches a limit has still said what it had.
"""

import json
import sys
from collections.abc import Iterator

from codearena.completions import source_of
from codearena.confined.worker import WornError
from gateway.repair import search, syntax

REPLY = "reply"
_RECURSION = 3_000


def warm_up() -> None:
    """Searches once, so that workers inherit what is set up on first use."""
    sys.setrecursionlimit(_RECURSION)
    for _ in search.candidates("def first(values)\n    return values[1]\n", "IndexError", 4):
        pass
    source_of("```python\nx = 1\n```\n", None)


def work(kind: str, payload: bytes) -> Iterator[bytes]:
    """The candidates. Raises WornError after a text that was too much for the parser."""
    request = json.loads(payload)
    try:
        yield from map(_line, _answer(**request) if kind == REPLY else search.candidates(**request))
    except (MemoryError, RecursionError):
        raise WornError from None


def _answer(reply: str, entry_point: str | None) -> Iterator[search.Candidate]:
    """None, if the answer does not parse."""
    source = source_of(reply, entry_point)
    if source and syntax.parses(source):
        yield search.Candidate(source, (), (), 0.0)


def _line(found: search.Candidate) -> bytes:
    complexity, hint = search.facts(found.text)
    line = {"text": found.text, "kinds": found.kinds, "notes": found.notes, "cost": found.cost}
    return json.dumps(line | {"complexity": complexity, "hint": hint}).encode() + b"\n"
