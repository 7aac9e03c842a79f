"""Files of lines, as docs/trajectories.md says: read, and gone on with."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codearena.errors import InvalidRequestError

SCHEMA = 1
Line = Mapping[str, Any]

_FIELDS: Mapping[str, Mapping[str, type]] = {
    "attempt": {"event_id": str, "task_id": str, "attempt": dict},
    "basis": {"revision": str, "basis": dict},
    "forgotten": {"event_id": str},
}
"""By the kind of a line, what it must have to be read."""
_MAGIC = {b"\x1f\x8b": "gzip", b"PAR1": "Parquet", b"PK": "ZIP", b"(\xb5/\xfd": "zstd", b"\xff\xfe": "UTF-16"}


def read(path: Path) -> Iterator[Line]:
    """The lines of a file of `codearena export --format jsonl`, one after the other.

    Raises:
        InvalidRequestError: the file is empty, or a line is not one of such a file; the message says what it is.
    """
    with path.open("rb") as file:
        require_text(file.read(4), path)
        file.seek(0)
        number = 0
        for number, text in enumerate(file, start=1):
            where = f"{path}:{number}"
            if not text.endswith(b"\n") and not _is_json(text):
                raise InvalidRequestError(f"{where} is cut off; the same export again goes on where it stopped")
            yield exported(text, where)
        if number == 0:
            raise InvalidRequestError(f"{path} is empty")


def exported(text: bytes, where: str) -> Line:
    """One line of `codearena export --format jsonl`. Raises InvalidRequestError: see `read`."""
    line = parsed(text, where)
    kind = line.get("kind")
    fields = _FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        named = "a row for training (--format sft or dpo)" if kind is None else f"of kind {kind}"
        raise InvalidRequestError(f"{where} is {named}, not a line of `codearena export --format jsonl`")
    if missing := [name for name, wanted in fields.items() if not isinstance(line.get(name), wanted)]:
        raise InvalidRequestError(f"{where} is a line of kind {kind} without a valid {', '.join(missing)}")
    return line


def parsed(text: bytes, where: str) -> Line:
    """Any line of this schema. Raises InvalidRequestError if it is none."""
    try:
        line = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"{where} is not valid JSON") from error
    if not isinstance(line, dict):
        raise InvalidRequestError(f"{where} is not a JSON object")
    if "schema" not in line and "schema_version" in line:
        raise InvalidRequestError(f"{where} is an episode of `codearena eval`, not a stored attempt")
    if "schema" not in line:
        raise InvalidRequestError(f"{where} has no schema; it is not a line of `codearena export`")
    if line["schema"] != SCHEMA:
        raise InvalidRequestError(f"{where} has schema {line['schema']}; this program reads {SCHEMA}")
    return line


def require_text(beginning: bytes, path: Path) -> None:
    """Raises InvalidRequestError if a file that begins like this is of a binary format, and names the format."""
    for magic, name in _MAGIC.items():
        if beginning.startswith(magic):
            raise InvalidRequestError(f"{path} is {name}, not lines of JSON")


def resume(path: Path, *, training: bool = False) -> str | None:
    """Id of the last event in a file of lines, whose unfinished last line is cut off; None: none is in it.

    training: the file holds rows for training, else stored attempts.

    Raises:
        InvalidRequestError: the file is of another kind, and stays as it is.
    """
    if not path.exists():
        return None
    last, whole = None, 0
    with path.open("r+b") as file:
        require_text(file.read(4), path)
        file.seek(0)
        for text in file:
            if not text.endswith(b"\n"):
                break
            whole += len(text)
            line = parsed(text, str(path))
            if ("kind" in line) == training:
                raise InvalidRequestError(f"{path} is an export of another --format; name another file")
            last = line.get("event_id", last)
        file.truncate(whole)
    return last


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
