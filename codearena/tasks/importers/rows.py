"""Where items come from: files of rows, folders, and the library `datasets` where it is installed."""

import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from codearena.tasks.faults import Fault, TaskError
from codearena.tasks.importers.item import Row

Placed = tuple[str, Row]
"""An item and where it stands."""
ReadFolder = Callable[[Path], Iterator[Placed]]
HUB = "hub:"
"""Begins the name of what `datasets` is to load: hub:NAME, hub:NAME:SPLIT, hub:NAME:CONFIG:SPLIT; or NAME@REVISION."""


def rows_of(source: str, read_folder: ReadFolder | None) -> Iterator[Placed]:
    """Every item of a file (.jsonl, .json, .parquet; .gz of the first two), a folder, or what `datasets` loads.

    read_folder: of formats that are published as one.

    Raises:
        TaskError: there is no such file, it is not what its name says, or the library that reads it is missing.
    """
    if source.startswith(HUB):
        yield from _of_hub(source)
        return
    path = Path(source)
    if path.is_dir():
        yield from _of_folder(path, read_folder)
        return
    name = path.name.removesuffix(".gz")
    kinds = {".jsonl": _of_lines, ".ndjson": _of_lines, ".json": _of_json, ".parquet": _of_parquet}
    read = kinds.get(Path(name).suffix)
    if read is None:
        raise _fault(source, f"is none of {', '.join(kinds)}")
    try:
        yield from read(path)
    except OSError as error:
        raise _fault(source, error.strerror or str(error)) from error


def _fault(place: str, problem: str) -> TaskError:
    return TaskError([Fault(place, "", problem)])


def _of_folder(path: Path, read_folder: ReadFolder | None) -> Iterator[Placed]:
    if read_folder is not None:
        yield from read_folder(path)
        return
    files = sorted(each for pattern in ("*.jsonl", "*.json", "*.parquet") for each in path.glob(pattern))
    if not files:
        raise _fault(str(path), "holds no .jsonl, .json or .parquet file")
    for file in files:
        yield from rows_of(str(file), None)


def _opened(path: Path) -> io.BufferedIOBase:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _of_lines(path: Path) -> Iterator[Placed]:
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield f"{path}:{number}", _row(f"{path}:{number}", line)


def _row(place: str, text: bytes) -> Row:
    try:
        read = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _fault(place, f"is no JSON: {error}") from error
    return _as_row(place, read)


def _as_row(place: str, read: Any) -> Row:
    if not isinstance(read, dict):
        raise _fault(place, "is no JSON object")
    return read


def _of_json(path: Path) -> Iterator[Placed]:
    """A list of items, or an object of them by id, or of columns as pandas writes them, or one item."""
    with _opened(path) as file:
        try:
            read = json.loads(file.read().decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise _fault(str(path), f"is no JSON: {error}") from error
    if isinstance(read, dict) and read and all(isinstance(each, dict) for each in read.values()):
        read = [{"id": name, **each} for name, each in read.items()]
    for number, each in enumerate(read if isinstance(read, list) else [read]):
        yield f"{path}:{number}", _as_row(f"{path}:{number}", each)


def _of_parquet(path: Path) -> Iterator[Placed]:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise _fault(str(path), "needs pyarrow: pip install 'codearena[parquet]'") from error
    file, number = parquet.ParquetFile(path), 0
    for batch in file.iter_batches(batch_size=64):
        for row in batch.to_pylist():
            yield f"{path}:{number}", row
            number += 1


def _of_hub(source: str) -> Iterator[Placed]:
    try:
        import datasets
    except ImportError as error:
        raise _fault(source, "needs the library datasets: pip install 'codearena[train]'") from error
    name, *rest = source.removeprefix(HUB).split(":")
    name, _, revision = name.partition("@")
    config, split = (rest[0], rest[1]) if len(rest) == 2 else (None, rest[0] if rest else "test")
    try:
        loaded = datasets.load_dataset(name, config, split=split, revision=revision or None, streaming=True)
    except Exception as error:
        raise _fault(source, f"{type(error).__name__}: {error}") from error
    for number, row in enumerate(loaded):
        yield f"{source}:{number}", row
