"""Tasks as files for others: Parquet, and the folder of a data set as Hugging Face's `datasets` reads it."""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codearena.tasks.record import to_record
from codearena.tasks.task import Split, Task

_TEXTS = ("id", "title", "category", "level", "split", "source", "description", "entry_point", "buggy", "solution")
_MORE_TEXTS = ("cases", "checker", "prelude", "driver", "optimal_complexity")
_LISTS = ("tags", "hints", "provides", "needs")
_ROWS = 500  # held in memory at once

CARD = """---
pretty_name: {name}
task_categories: [text-generation]
tags: [code, program-repair]
configs:
  - config_name: default
    data_files:
{files}
---

# {name}

{count} tasks of program repair, each a record of CodeArena: `buggy` is given, `solution` is right, `tests`, `script` or
`program` tell them apart. Columns that are not text or lists of text are JSON. `certificate` says what was found when
the task was certified: that the reference gets full marks and the buggy code does not, how strong the hidden tests are,
and how hard the repair is.
"""


def _schema() -> pa.Schema:
    """A column for each field of a record: text, lists of text, and JSON as text for all else."""
    names = [field.alias or name for name, field in Task.model_fields.items()]
    return pa.schema([(name, pa.list_(pa.string()) if name in _LISTS else pa.string()) for name in names])


def write_parquet(tasks: Iterable[Task], path: Path) -> int:
    """Writes a row for each task; returns how many.

    Raises:
        TaskError: a test has a value that no tag is for.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    schema, count = _schema(), 0
    with pq.ParquetWriter(path, schema) as writer:
        for rows in _batches(tasks):
            writer.write_table(pa.Table.from_pylist(rows, schema))
            count += len(rows)
    return count


def _batches(tasks: Iterable[Task]) -> Iterator[list[Mapping[str, Any]]]:
    rows = map(_row, tasks)
    while batch := list(itertools.islice(rows, _ROWS)):
        yield batch


def _row(task: Task) -> Mapping[str, Any]:
    plain = {*_TEXTS, *_MORE_TEXTS, *_LISTS}
    shown = {"level": task.level.value, "split": task.split.value, "category": task.category}
    record = {**to_record(task), **shown}
    return {name: value if name in plain else json.dumps(value) for name, value in record.items()}


def write_data_set(tasks: Sequence[Task], folder: Path) -> int:
    """Writes a folder that `datasets.load_dataset` takes as it is: a Parquet file for each split, and a card.

    Raises: as `write_parquet`.
    """
    names = {Split.TRAIN: "train", Split.HELD_OUT: "held_out"}
    files = []
    for split, name in names.items():
        chosen = [task for task in tasks if task.split is split]
        if chosen:
            write_parquet(chosen, folder / "data" / f"{name}.parquet")
            files.append(f"      - split: {name}\n        path: data/{name}.parquet")
    folder.mkdir(parents=True, exist_ok=True)
    card = CARD.format(name=folder.name, files="\n".join(files), count=len(tasks))
    (folder / "README.md").write_text(card, "utf-8")
    return len(tasks)
