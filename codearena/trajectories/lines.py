"""Files of lines, as docs/trajectories.md says: read, and gone on with."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codearena.errors import InvalidRequestError

SCHEMA = 1
Line = Mapping[str, Any]


def read(path: Path) -> Iterator[Line]:
    """The lines of a file, one after the other.

    Raises:
        InvalidRequestError: a line is no JSON, or of another version.
    """
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            yield parsed(text, f"{path}:{number}")


def parsed(text: bytes, where: str) -> Line:
    """Raises InvalidRequestError: see `read`."""
    try:
        line: Line = json.loads(text)
    except ValueError as error:
        raise InvalidRequestError(f"{where} is no JSON") from error
    if line.get("schema") != SCHEMA:
        raise InvalidRequestError(f"{where} has schema {line.get('schema')}, not {SCHEMA}")
    return line


def resume(path: Path) -> str | None:
    """Id of the last event in a file of lines, whose unfinished last line is cut off; None: none is in it."""
    if not path.exists():
        return None
    last, whole = None, 0
    with path.open("r+b") as file:
        for text in file:
            if not text.endswith(b"\n"):
                break
            whole += len(text)
            last = parsed(text, str(path)).get("event_id", last)
        file.truncate(whole)
    return last
