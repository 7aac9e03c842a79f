"""What a generation has done so far, on disk: a line for each campaign that has ended, so that a killed one goes on."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from codearena.generation.campaign import Yield
from codearena.generation.certificate import Strength
from codearena.tasks.faults import TaskError
from codearena.tasks.record import from_record, to_record

_VERSION = 1


@dataclass(frozen=True)
class Key:
    """A campaign: the original's name, and how many tasks were wanted of it."""

    original: str
    count: int


class Journal:
    """An append-only file of lines. Use as a context manager.

    plan: what the generation is of; a journal of another one is refused. A last line that was cut off is dropped.
    """

    def __init__(self, path: Path, plan: Mapping[str, object]) -> None:
        self._path = path
        self._plan = {"version": _VERSION, **plan}
        self.done: dict[Key, Yield] = {}

    def __enter__(self) -> Self:
        """Reads what is there.

        Raises:
            TaskError: the file is the journal of another generation.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        size = self._read() if self._path.exists() else 0
        self._file = self._path.open("r+b" if self._path.exists() else "wb")
        self._file.truncate(size)
        self._file.seek(size)
        if not size:
            self._append({"plan": self._plan})
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()

    def add(self, key: Key, found: Yield) -> None:
        """Keeps what became of a campaign; returns when it is on the disk."""
        self.done[key] = found
        strength = found.strength.model_dump() if found.strength else None
        tasks = [to_record(task) for task in found.tasks]
        line = {"original": key.original, "count": key.count, "tasks": tasks, "counts": found.counts}
        self._append(line | {"strength": strength, "refused": found.refused, "exhausted": found.exhausted})

    def remove(self) -> None:
        """Deletes the file: what it was for is done."""
        self._path.unlink()

    def _append(self, line: Mapping[str, object]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self) -> int:
        """The size of what is whole."""
        whole = 0
        with self._path.open("rb") as file:
            for number, text in enumerate(file):
                if not text.endswith(b"\n"):
                    break
                line = json.loads(text)
                if number == 0 and line.get("plan") != self._plan:
                    raise TaskError(f"{self._path} is the journal of another generation: move it away to begin anew")
                if number > 0:
                    self.done[Key(line["original"], line["count"])] = _parsed(line, f"{self._path}:{number + 1}")
                whole += len(text)
        return whole


def _parsed(line: dict[str, Any], place: str) -> Yield:
    found = Yield(refused=line["refused"], exhausted=line["exhausted"])
    found.tasks = [from_record(record, place) for record in line["tasks"]]
    found.strength = Strength.model_validate(line["strength"]) if line["strength"] else None
    for operator, fates in line["counts"].items():
        found.counts[operator].update(fates)
    return found
