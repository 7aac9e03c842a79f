"""What a trainer logged: `trainer_state.json` of transformers and TRL, or the same records as JSON lines or as printed.

A run is a file, a checkpoint's folder or an output folder. A folder of several runs, or runs whose names differ by
`seed` and a number alone, are one training: its curves are means.
"""

import ast
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from codearena.errors import InvalidRequestError
from codearena.plots.data import names
from codearena.plots.means import Numbers

STATE, LOG = "trainer_state.json", "log.jsonl"
"""A trainer's own file, and that of examples/train_grpo.py."""
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")
_SEED = re.compile(r"[-_.]?seed[-_.=]?\d+", re.IGNORECASE)
_REWARDS = ("reward", "eval_reward")

Record = dict[str, float]


Curve = tuple[Numbers, Numbers]
"""Steps, ascending, and values."""


@dataclass(frozen=True)
class History:
    """What one run logged: a curve for each key, of the records that have it.

    first, last: steps of the records; has_steps: False where the log has none, so that records are counted.
    """

    path: Path
    curves: dict[str, Curve]
    first: int
    last: int
    has_steps: bool

    def curve(self, key: str) -> Curve:
        """Empty if no record has the key."""
        return self.curves.get(key, (np.empty(0), np.empty(0)))


@dataclass(frozen=True)
class Training:
    """Runs that differ by their seed alone, or a single run."""

    name: str
    runs: list[History]


def is_training(path: Path) -> bool:
    """Whether it is to be read as a trainer's log: it is no CSV file, and no folder with a log of rewards."""
    return not (path / "rewards_log.csv").exists() if path.is_dir() else path.suffix != ".csv"


def load(paths: Sequence[Path]) -> list[Training]:
    """Trainings, in the order in which they are named.

    Raises:
        InvalidRequestError: there is no log of a trainer, it cannot be read, no record has a reward, or one is named
            twice.
    """
    names(paths)  # refuses what is named twice
    groups: dict[Path, list[History]] = {}
    for path in paths:
        runs = [_history(each) for each in _runs(path)]
        groups.setdefault(_unseeded(path.resolve()), []).extend(runs)
    places = [key if len(runs) > 1 else runs[0].path for key, runs in groups.items()]
    return [Training(name, runs) for name, runs in zip(names(places), groups.values(), strict=True)]


def _unseeded(path: Path) -> Path:
    """The same for runs that differ by their seed."""
    place = path.parent if path.name in (STATE, LOG) else path
    place = place.parent if _CHECKPOINT.fullmatch(place.name) else place
    left = _SEED.sub("", place.name)
    return place if left == place.name else place.with_name(left) if left else place.parent


def _runs(path: Path) -> list[Path]:
    """The logs of a path: itself, that of the folder, or those of the folders in it."""
    if not path.is_dir():
        return [path]
    if state := _state(path):
        return [state]
    found = [state for folder in sorted(path.iterdir()) if folder.is_dir() and (state := _state(folder))]
    if not found:
        looked = f"rewards_log.csv, {STATE}, {LOG} or checkpoint-*/{STATE}"
        raise InvalidRequestError(f"{path}: neither here nor in the folders in it is {looked}")
    return found


def _state(folder: Path) -> Path | None:
    """The newest log of a run: each one has all records since the run began."""
    checkpoints = {int(named[1]): each for each in folder.iterdir() if (named := _CHECKPOINT.fullmatch(each.name))}
    newest = [checkpoints[max(checkpoints)]] if checkpoints else []
    found = [place for place in (folder / STATE, folder / LOG, *(each / STATE for each in newest)) if place.is_file()]
    return max(found, key=lambda place: _history(place).last) if len(found) > 1 else next(iter(found), None)


def _history(path: Path) -> History:
    try:
        text = path.read_text("utf-8")
        raw = list(_whole(text) or _lines(text))
        records = [_numbers(each) for each in raw]
    except ValueError as error:  # of the encoding, too
        raise InvalidRequestError(f"{path}: not as a trainer writes it: {error}") from error
    if not any(name in record for record in records for name in _REWARDS):  # eval_reward: of an evaluation alone
        raise InvalidRequestError(f"{path}: no record of a trainer with a reward")
    return ordered(path, records)


def ordered(path: Path, records: Sequence[Record]) -> History:
    """The curves of records. Of those at the same step the last value of a key counts: a resumed run logs it again."""
    has_steps = any("step" in record for record in records)
    by_key: dict[str, dict[float, float]] = {}
    steps, number = [], 0
    for record in records:
        number += "reward" in record
        step = record.get("step") if has_steps else number
        if step is not None:
            steps.append(int(step))
            for key, value in record.items():
                by_key.setdefault(key, {})[step] = value
    ascending = {key: dict(sorted(values.items())) for key, values in by_key.items()}
    curves = {key: (np.array([*values]), np.array([*values.values()])) for key, values in ascending.items()}
    return History(path, curves, min(steps), max(steps), has_steps)


def _whole(text: str) -> list[object] | None:
    """The records of one JSON document: a trainer's state, or its log_history alone. None: it is none."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    found = document.get("log_history", [document]) if isinstance(document, dict) else document
    return found if isinstance(found, list) else None


def _lines(text: str) -> Iterator[object]:
    """Records a line, as JSON or as Python prints a dictionary; other lines are a program's other output."""
    for line in re.split(r"[\r\n]+", text):
        record = line[line.find("{") : line.rfind("}") + 1]
        if record:
            try:
                yield json.loads(record)
            except ValueError:
                yield _printed(record)


def _printed(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return {}


def _numbers(record: object) -> Record:
    """What is a number in a record; a trainer prints numbers as text, and what it does not know as None or NaN."""
    if not isinstance(record, dict):
        return {}
    known = {str(key): _number(value) for key, value in record.items()}
    return {key: value for key, value in known.items() if value is not None}


def _number(value: object) -> float | None:
    if not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
