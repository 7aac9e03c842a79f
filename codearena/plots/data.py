"""The rows of rewards_log.csv as numbers. Logs of other tools, with the original columns alone, will do."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codearena.errors import InvalidRequestError
from codearena.evaluation.folder import read_rows
from codearena.evaluation.records import Row
from codearena.evaluation.rewards import FinalReward, of_rows

COMPONENTS = ("compile_score", "test_ratio", "efficiency_score", "llm_correctness", "llm_security", "llm_quality")
LEVELS = ("easy", "medium", "hard")
OTHER, UNKNOWN = "other", "unknown"
_LOGS = ("rewards_log.csv", "trainer_state.json", "log.jsonl")
_NO_NUMBER = ("", "none", "null", "nan")


@dataclass(frozen=True)
class Step:
    """One graded step. number: of the step in its episode, from 1; components: those that the log has."""

    task_id: str
    number: int
    reward: float
    components: dict[str, float]
    level: str
    method: str
    outcome: str
    complexity: str
    solved: bool


@dataclass(frozen=True)
class Run:
    """The graded steps of one run, in the order of the log, and what its episodes earned.

    finals: of its episodes, without those that broke off.
    """

    name: str
    steps: list[Step]
    finals: list[FinalReward]


def load(paths: Sequence[Path]) -> list[Run]:
    """Runs of folders or files.

    Raises:
        InvalidRequestError: one of them is no log of rewards, has no graded step, or is named twice.
    """
    return [_run(name, path) for name, path in zip(names(paths), paths, strict=True)]


def names(paths: Sequence[Path]) -> list[str]:
    """The last parts of each path, as many as tell them apart; of a log the parts of its folder.

    Raises:
        InvalidRequestError: two paths are the same.
    """
    full = [path.resolve() for path in paths]
    places = [path.parent if path.name in _LOGS else path for path in full]
    for repeated in (path for path, place in zip(paths, places, strict=True) if places.count(place) > 1):
        raise InvalidRequestError(f"{repeated} is named twice")
    depth = 1
    while len({place.parts[-depth:] for place in places}) < len(places):
        depth += 1
    return ["/".join(place.parts[-depth:]) for place in places]


def _run(name: str, path: Path) -> Run:
    try:
        rows = [row | {"reward": "" if _is_nothing(row["reward"]) else row["reward"]} for row in read_rows(path)]
    except (ValueError, csv.Error) as error:
        raise InvalidRequestError(f"{path} is no table of text: {error}") from error
    try:
        steps = [step for row in rows if (step := _step(row)) is not None]
    except ValueError as error:
        raise InvalidRequestError(f"{path}: a row is not as it should be: {error}") from error
    if not steps:
        raise InvalidRequestError(f"{path}: no graded step")
    finals = [replace(final, level=final.level or _level_of(final.task_id)) for final in of_rows(rows)]
    return Run(name, steps, finals)


def _step(row: Row) -> Step | None:
    """None if it was not graded."""
    number, reward = int(row["step"]), _number(row["reward"])
    if reward is None:
        return None
    known = {name: _number(row.get(name, "")) for name in COMPONENTS}
    return Step(
        task_id=row["task_id"],
        number=number,
        reward=reward,
        components={name: value for name, value in known.items() if value is not None},
        level=row.get("level") or _level_of(row["task_id"]),
        method=row.get("method") or UNKNOWN,
        outcome=_outcome(row, known),
        complexity=row.get("complexity") or UNKNOWN,
        solved=row.get("solved") == "1",
    )


def _is_nothing(text: str) -> bool:
    return text.strip().lower() in _NO_NUMBER


def _number(text: str) -> float | None:
    """A reward or a component; None if there is none. Raises ValueError if it is not in [0, 1]."""
    if _is_nothing(text):
        return None
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(f"{text} is not between 0 and 1")
    return value


def _outcome(row: Row, known: dict[str, float | None]) -> str:
    """What became of the attempt, in the words that the reader of a figure knows."""
    status = row.get("outcome") or ("ran" if known["compile_score"] else "compile_error")
    if status != "ran":
        return status.replace("_", " ")
    if row.get("solved") == "1":
        return "solved"
    return "tests pass" if known["test_ratio"] == 1 else "tests fail"


def _level_of(task_id: str) -> str:
    level = task_id.partition("-")[0]
    return level if level in LEVELS else OTHER
