"""Lines as Parquet: a folder of parts, each named by its last event; an export is gone on with in a new part."""

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from codearena.errors import InvalidRequestError
from codearena.trajectories.lines import Line

_PART_ROWS = 500  # held in memory at once
_EVENT_ID = re.compile(r"\d+-\d+")
SCHEMA = pa.schema(
    [
        ("schema", pa.int32()),
        ("kind", pa.string()),
        ("event_id", pa.string()),
        ("time_ms", pa.int64()),
        ("episode_id", pa.string()),
        ("attempt_id", pa.string()),
        ("agent_id", pa.string()),
        ("partition", pa.string()),
        ("task_id", pa.string()),
        ("level", pa.string()),
        ("method", pa.string()),
        ("step", pa.int32()),
        ("reward", pa.float64()),
        ("done", pa.bool_()),
        ("solved", pa.bool_()),
        ("tests_passed", pa.int32()),
        ("tests_total", pa.int32()),
        ("identical", pa.bool_()),
        ("source", pa.string()),
        ("attempt", pa.string()),
        ("revision", pa.string()),
        ("basis", pa.string()),
    ]
)


def resume(folder: Path) -> str | None:
    """Id of the last event in the folder; None: it is empty, or not there.

    Raises:
        InvalidRequestError: it is a file, or its parts are not those of an export.
    """
    if folder.exists() and not folder.is_dir():
        raise InvalidRequestError(f"{folder} is a file; an export as Parquet is a folder")
    names = [path.stem.removeprefix("part-") for path in folder.glob("part-*.parquet")]
    if foreign := [name for name in names if _EVENT_ID.fullmatch(name) is None]:
        raise InvalidRequestError(f"{folder} holds part-{foreign[0]}.parquet, which is not a part of an export")
    return max(names, key=lambda name: tuple(map(int, name.split("-"))), default=None)


def write(lines: Iterable[Line], folder: Path) -> int:
    """Writes the lines as parts; returns how many. A part is there whole, or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for batch in _batched(lines):
        last = next((line["event_id"] for line in reversed(batch) if "event_id" in line), None)
        if last is None:
            continue
        unfinished = folder / f".part-{last}"
        pq.write_table(pa.Table.from_pylist([_row(line) for line in batch], SCHEMA), unfinished, compression="zstd")
        unfinished.rename(folder / f"part-{last}.parquet")
        count += len(batch)
    return count


def _batched(lines: Iterable[Line]) -> Iterator[list[Line]]:
    iterator = iter(lines)
    while batch := list(itertools.islice(iterator, _PART_ROWS)):
        yield batch


def _row(line: Line) -> dict[str, object]:
    """The parts that are messages stay JSON: what is in them depends on the task."""
    return {name: json.dumps(value) if isinstance(value, dict) else value for name, value in line.items()}
