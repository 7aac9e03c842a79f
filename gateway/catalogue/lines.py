"""Tasks in a file of lines, each a record as JSON, and in a Parquet file, which is made into such lines once."""

import contextlib
import hashlib
import importlib
import json
import os
import tempfile
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import orjson

from codearena.tasks import record
from codearena.tasks.faults import Fault, TaskError
from codearena.tasks.jsonl import MAX_LINE_BYTES, Line, lines
from codearena.tasks.task import Level, Split, Task
from gateway.catalogue.index import Entry

_DIGEST_BYTES = 8
_BATCH_ROWS = 256


class Lines:
    """A file of records. It stays open: one that is replaced meanwhile is served as it was until the next start."""

    def __init__(self, path: Path) -> None:
        self.place = str(path)
        self._path = path
        self._file: IO[bytes] | None = None
        self._offsets = array("Q")
        self._lengths = array("Q")
        self._digests = array("Q")
        self._numbers = array("Q")  # of the lines

    def scan(self) -> Iterator[Entry | TaskError]:
        try:
            self._file = self._opened()
            for line in lines(Path(self._file.name)):
                yield self._entry(line)
        except OSError as error:
            yield _fault(str(self._path), "", error.strerror or str(error))
        except TaskError as error:
            yield error

    def read(self, row: int) -> Task:
        assert self._file is not None
        place = f"{self._path}:{self._numbers[row]}"
        text = os.pread(self._file.fileno(), self._lengths[row], self._offsets[row])
        if _digest(text) != self._digests[row]:
            raise _fault(place, "", "the file was changed while it was served")
        return _running(record.parse_certified(text, place), place)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _opened(self) -> IO[bytes]:
        return self._path.open("rb")

    def _entry(self, line: Line) -> Entry | TaskError:
        place = f"{self._path}:{line.number}"
        if line.text is None:
            return _fault(place, "", f"is longer than {MAX_LINE_BYTES} bytes")
        try:
            entry = entry_of_record(_parsed(place, line.text), place)
        except TaskError as error:
            return error
        self._offsets.append(line.offset)
        self._lengths.append(len(line.text))
        self._digests.append(_digest(line.text))
        self._numbers.append(line.number)
        return entry


class Parquet(Lines):
    """A Parquet file of records, with a column for each field, or one column `record` with each as JSON.

    What Parquet cannot say of a record, such as tests of any shape, is JSON in a text. The rows become lines of a
    temporary file, read like any other: a row of Parquet cannot be read without all of its group.
    """

    def _opened(self) -> IO[bytes]:
        try:
            parquet: Any = importlib.import_module("pyarrow.parquet")
        except ImportError as error:
            missing = 'reading Parquet takes pip install "codearena[parquet]"'
            raise _fault(str(self._path), "", missing) from error
        with contextlib.ExitStack() as failing:
            file = failing.enter_context(tempfile.NamedTemporaryFile(prefix="codearena-tasks-", suffix=".jsonl"))
            try:
                for row in _rows(parquet, self._path):
                    file.write(json.dumps(record_of_row(row)).encode("ascii") + b"\n")
            except ValueError as error:  # pyarrow's own are some
                raise _fault(str(self._path), "", str(error)) from error
            file.flush()
            failing.pop_all()
        return file


def _rows(parquet: Any, path: Path) -> Iterator[Mapping[str, Any]]:
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH_ROWS):
            yield from batch.to_pylist()


def _running(task: Task, place: str) -> Task:
    """The task, whose author's code runs. Raises TaskError if it does not."""
    for field, run in (("probe", lambda: task.probe and task.probe.inputs), ("cases", lambda: task.makers)):
        try:
            run()
        except ValueError as error:
            raise _fault(place, field, str(error)) from error
    return task


def _digest(line: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(line, digest_size=_DIGEST_BYTES).digest())


def _fault(place: str, field: str, problem: str) -> TaskError:
    return TaskError([Fault(place, field, problem)])


def _parsed(place: str, line: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:  # what the standard library takes: lone surrogates, a mark of the byte order
        try:
            found = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise _fault(place, "", f"is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise _fault(place, "", "is no JSON object")
    return found


def entry_of_record(read: Mapping[str, Any], place: str) -> Entry:
    """How the task is listed; the rest of the record is not looked at. Raises TaskError."""
    level = read.get("level", Level.MEDIUM.value)
    words = {"id": "", "level": level, "category": level, "split": Split.TRAIN.value, "source": "", "title": ""}
    words = {name: read.get(name, default) for name, default in words.items()}
    if wrong := [name for name, value in words.items() if not isinstance(value, str)]:
        raise _fault(place, wrong[0], "is no text")
    for name, allowed in (("level", [*Level]), ("split", [*Split])):
        if words[name] not in allowed:
            raise _fault(place, name, f"must be one of {', '.join(allowed)}")
    if not words["id"]:
        raise _fault(place, "id", "is missing")
    tags = read.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise _fault(place, "tags", "is no list of texts")
    labels = (words["category"], Level(level), words["split"], words["source"])
    return Entry(words["id"], *labels, tuple(tags), words["title"])


_TEXTS = frozenset(
    {"id", "title", "category", "level", "split", "source", "description", "entry_point", "buggy", "solution"}
    | {"cases", "checker", "prelude", "driver", "optimal_complexity"}
)
"""Fields of a record that are text; in Parquet a text in any other one is JSON."""


def record_of_row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record that a row of Parquet says. Raises ValueError for a text that should be JSON and is not."""
    if isinstance(row.get("record"), str):
        return dict(json.loads(row["record"]))
    given = {name: value for name, value in row.items() if value is not None}
    return {
        name: json.loads(value) if isinstance(value, str) and name not in _TEXTS else value
        for name, value in given.items()
    }
