"""The folder of one evaluation: its plan, its trajectories, its table, its summary.

run.json             what is to be played; a run that goes on must be of the same plan
trajectories.jsonl   an episode a line, appended and synced when it has ended: the only truth
rewards_log.csv      a row a step, made of the trajectories
summary.json         made of the trajectories when all are there, or the run was interrupted
"""

import csv
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from codearena.errors import InvalidRequestError
from codearena.evaluation import records
from codearena.evaluation.records import Trajectory

JSON = dict[str, object]

_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


class RunFolder:
    """Reads and writes one run's folder. One process at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._plan = path / "run.json"
        self._lines = path / "trajectories.jsonl"
        self._table = path / "rewards_log.csv"
        self._summary = path / "summary.json"

    @property
    def run_id(self) -> str:
        """Names the run in ids of episodes: of the folder's name and place, so that two runs do not share episodes."""
        digest = hashlib.sha256(str(self.path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
        return f"{_UNSAFE.sub('-', self.path.name)[:32].strip('-') or 'run'}-{digest[:8]}"

    def begin(self, plan: Mapping[str, object]) -> list[Trajectory]:
        """Makes the folder, or goes on with it; returns the episodes that have ended already.

        Raises:
            InvalidRequestError: the folder is of a run with another plan.
        """
        self.check(plan)
        self.path.mkdir(parents=True, exist_ok=True)
        if not self._plan.exists():
            self._plan.write_text(json.dumps(plan, indent=2) + "\n", "utf-8")
        self._summary.unlink(missing_ok=True)  # of a run that goes on it would not be true
        self._drop_torn_line()
        ended = list(self.trajectories())
        with self._table.open("w", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, records.COLUMNS).writeheader()
        for trajectory in ended:
            self._append_rows(trajectory)
        return ended

    def check(self, plan: Mapping[str, object]) -> None:
        """Raises InvalidRequestError if the folder is of a run with another plan; makes nothing."""
        if not self._plan.exists():
            return
        before = self.plan()
        different = sorted(name for name in before.keys() | plan.keys() if before.get(name) != plan.get(name))
        if different:
            raise InvalidRequestError(
                f"{self.path} holds a run with another {', '.join(different)}; name another folder"
            )

    def _drop_torn_line(self) -> None:
        """A process that was killed while it wrote leaves half a line."""
        if not self._lines.exists():
            return
        with self._lines.open("rb+") as file:
            file.truncate(file.read().rfind(b"\n") + 1)

    def plan(self) -> JSON:
        """Raises InvalidRequestError if this is no folder of a run."""
        if not self._plan.exists():
            raise InvalidRequestError(f"{self.path} is no folder of an evaluation: it has no {self._plan.name}")
        try:
            found = json.loads(self._plan.read_text("utf-8"))
        except ValueError as error:
            raise InvalidRequestError(f"{self._plan} is not valid JSON: {error}") from error
        if not isinstance(found, dict):
            raise InvalidRequestError(f"{self._plan} is not a JSON object")
        return found

    def trajectories(self) -> Iterator[Trajectory]:
        """The episodes that have ended, in the order in which they did."""
        if not self._lines.exists():
            return
        with self._lines.open(encoding="ascii", errors="replace") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield records.from_line(line)
                except ValueError as error:
                    raise InvalidRequestError(f"{self._lines}, line {number}: {error}") from error

    def append(self, trajectory: Trajectory) -> None:
        """Returns when the episode is on the disk."""
        with self._lines.open("a", encoding="ascii") as file:
            file.write(records.to_line(trajectory))
            _sync(file)
        self._append_rows(trajectory)

    def _append_rows(self, trajectory: Trajectory) -> None:
        with self._table.open("a", newline="", encoding="utf-8", errors="backslashreplace") as file:
            csv.DictWriter(file, records.COLUMNS).writerows(records.rows(trajectory))

    def forget(self, dropped: Sequence[Trajectory]) -> None:
        """Takes episodes out, to be played again."""
        names = {trajectory.episode_id for trajectory in dropped}
        kept = [trajectory for trajectory in self.trajectories() if trajectory.episode_id not in names]
        temporary = self._lines.with_suffix(".tmp")
        with temporary.open("w", encoding="ascii") as file:
            file.writelines(map(records.to_line, kept))
            _sync(file)
        temporary.replace(self._lines)

    def write_summary(self, summary: JSON) -> None:
        self._summary.write_text(json.dumps(summary, indent=2) + "\n", "utf-8")


def read_rows(run: Path) -> list[records.Row]:
    """The rows of a run's rewards_log.csv, or of the file itself. Raises InvalidRequestError if it is none."""
    file_path = run / "rewards_log.csv" if run.is_dir() else run
    if not file_path.exists():
        raise InvalidRequestError(f"{run}: no rewards_log.csv")
    with file_path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = set(records.ORIGINAL_COLUMNS) - set(reader.fieldnames or ())
        if missing:
            raise InvalidRequestError(f"{file_path}: no column {', '.join(sorted(missing))}")
        return [{name: value or "" for name, value in row.items() if name} for row in reader]


def _sync(file: IO[str]) -> None:
    file.flush()
    os.fsync(file.fileno())
