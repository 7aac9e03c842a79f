"""Files of tasks, one a line."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from codearena.tasks.faults import Fault, TaskError
from codearena.tasks.record import line_of, parse
from codearena.tasks.task import Task

MAX_LINE_BYTES = 64 * 1024 * 1024
"""Of one task."""


@dataclass(frozen=True)
class Line:
    """One line that is not blank. number: from 1; offset: of its first byte; text: None if it is too long."""

    number: int
    offset: int
    text: bytes | None


def lines(path: Path) -> Iterator[Line]:
    """Every line of a file, in order, one at a time in memory.

    Raises:
        TaskError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            number = offset = 0
            while text := file.readline(MAX_LINE_BYTES + 1):
                number, size = number + 1, len(text)
                too_long = size > MAX_LINE_BYTES
                while too_long and text and not text.endswith(b"\n"):
                    text = file.readline(MAX_LINE_BYTES)
                    size += len(text)
                if too_long or text.strip():
                    yield Line(number, offset, None if too_long else text)
                offset += size
    except OSError as error:
        raise TaskError([Fault(str(path), "", error.strerror or str(error))]) from error


def scan_jsonl(path: Path) -> Iterator[Task | TaskError]:
    """Every task of a file, in order, and in the place of a line that says none what is wrong with it.

    Raises:
        TaskError: the file cannot be read.
    """
    seen: dict[str, int] = {}
    for line in lines(path):
        place = f"{path}:{line.number}"
        try:
            if line.text is None:
                raise TaskError([Fault(place, "", f"is longer than {MAX_LINE_BYTES} bytes")])
            task = parse(line.text, place)
            if (first := seen.setdefault(task.id, line.number)) != line.number:
                raise TaskError([Fault(place, "id", f"{task.id} is that of line {first}, too")])
        except TaskError as error:
            yield error
        else:
            yield task


def read_jsonl(path: Path) -> list[Task]:
    """Every task of a file, in order.

    Raises:
        TaskError: with the faults of all lines.
    """
    found = list(scan_jsonl(path))
    faults = [fault for each in found if isinstance(each, TaskError) for fault in each.faults]
    if faults:
        raise TaskError(faults)
    return [each for each in found if isinstance(each, Task)]


def write_jsonl(tasks: Iterable[Task], path: Path) -> int:
    """Writes a line for each task, in place of a file that is there only once all are written. Returns how many.

    Raises:
        TaskError: a test has a value that no tag is for.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            count = 0
            for task in tasks:
                file.write(line_of(task))
                count += 1
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    return count
